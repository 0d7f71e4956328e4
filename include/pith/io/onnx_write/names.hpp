// SPDX-License-Identifier: MIT
#ifndef PITH_IO_ONNX_WRITE_NAMES_HPP
#define PITH_IO_ONNX_WRITE_NAMES_HPP
/// Names of a model's tensors, or of its nodes: none is used twice.

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

namespace pith::io::onnx_write {

class name_table {
public:
    [[nodiscard]] bool taken(const std::string& name) const {
        return std::binary_search(names_.begin(), names_.end(), name);
    }
    /// @pre !taken(name)
    void take(const std::string& name) {
        names_.insert(std::lower_bound(names_.begin(), names_.end(), name), name);
    }
    /// `wished`, or with a number behind it.
    [[nodiscard]] std::string unique(const std::string& wished) {
        std::string name = wished.empty() ? "unnamed" : wished;
        for (std::size_t k = 2; taken(name); ++k)
            name = wished + "_" + std::to_string(k);
        take(name);
        return name;
    }

private:
    std::vector<std::string> names_; ///< sorted
};

} // namespace pith::io::onnx_write

#endif
