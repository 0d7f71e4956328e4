// SPDX-License-Identifier: MIT
#ifndef PITH_IO_ONNX_NAME_TABLE_HPP
#define PITH_IO_ONNX_NAME_TABLE_HPP
/// Names of a model to what they stand for.

#include <string_view>
#include <unordered_map>

namespace pith::io::onnx {

/// Names are views into bytes that outlive the table.
template <class V>
using name_table = std::unordered_map<std::string_view, V>;

/// What the name stands for, or null.
template <class V>
[[nodiscard]] const V* find_name(const name_table<V>& names, std::string_view name) {
    const auto at = names.find(name);
    return at == names.end() ? nullptr : &at->second;
}

} // namespace pith::io::onnx

#endif
