// SPDX-License-Identifier: MIT
#ifndef PITH_IO_ONNX_WRITE_MODEL_FILE_HPP
#define PITH_IO_ONNX_WRITE_MODEL_FILE_HPP
/// Nodes and constants of the model under construction, by names that are used once.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "../../base/result.hpp"
#include "../../format/dtype.hpp"
#include "../../graph/tensor.hpp"
#include "../../graph/value_info.hpp"
#include "../elements.hpp"
#include "../onnx/tensor.hpp"
#include "names.hpp"
#include "proto.hpp"

namespace pith::io::onnx_write {

/// After a mistake everything goes on without effect, and failed() gives the fault.
class model_file {
public:
    std::string nodes;                            ///< fields of a GraphProto
    std::string constants;                        ///< likewise
    std::vector<std::string> domains;             ///< of operators, beside ONNX's own
    format::dtype real_type = format::dtype::f32; ///< in which the node under construction computes

    void refuse(errc code, const char* what) {
        if (!fault_)
            fault_ = fault{code, what, where_};
    }
    [[nodiscard]] const std::optional<fault>& failed() const noexcept { return fault_; }

    /// Where faults and names of new tensors come from.
    void enter(const std::string& node, std::string_view kind) {
        node_ = node;
        where_ = "node '" + node + "' (" + std::string(kind) + ")";
        layouts_ = 0;
    }
    [[nodiscard]] const std::string& node_name() const noexcept { return node_; }
    [[nodiscard]] std::string fresh(std::string_view suffix) {
        return names_.unique(node_ + "/" + std::string(suffix));
    }

    /// ONNX Runtime requires that nodes have different names.
    void emit(node_text n) {
        n.name = node_names_.unique(n.name);
        protozero::pbf_writer w{nodes};
        w.add_message(1, node_bytes(n));
    }
    /// The node that carries the layer's name.
    void emit(std::string op, std::vector<std::string> inputs, std::vector<std::string> outputs,
              attribute_list attributes = {}) {
        emit({node_, std::move(op), std::move(inputs), std::move(outputs), std::move(attributes)});
    }
    /// A node beside it, named like its only output.
    [[nodiscard]] std::string step(std::string_view suffix, std::string op, std::vector<std::string> inputs,
                                   attribute_list attributes = {}) {
        std::string y = fresh(suffix);
        emit({y, std::move(op), std::move(inputs), {y}, std::move(attributes)});
        return y;
    }

    /// The name of a constant with these elements: `wished` if that is free or the very same constant.
    std::string initializer(const std::string& wished, const shape& dims, std::int64_t element,
                            std::string_view raw) {
        std::string name = wished.empty() ? node_ + "/constant" : wished;
        for (std::size_t k = 0;; ++k) {
            if (k > 0)
                name = k == 1 ? node_ + "/" + wished : node_ + "/" + wished + "_" + std::to_string(k);
            std::string bytes = tensor_bytes(name, dims, element, raw);
            const auto at = std::lower_bound(written_.begin(), written_.end(), name,
                                             [](const auto& a, const std::string& b) { return a.name < b; });
            if (at != written_.end() && at->name == name) {
                if (constants.compare(at->at, bytes.size(), bytes) == 0 && bytes.size() == at->size)
                    return name;
                continue;
            }
            if (names_.taken(name))
                continue;
            names_.take(name);
            protozero::pbf_writer w{constants};
            w.add_message(5, bytes);
            written_.insert(at, {name, constants.size() - bytes.size(), bytes.size()});
            return name;
        }
    }
    template <class E>
    std::string initializer(const std::string& wished, const tensor<E>& x, std::int64_t element) {
        std::string raw;
        for (const auto v : x.data())
            append_element(raw, v);
        return initializer(wished, x.dims(), element, raw);
    }
    /// A list of whole numbers, named after the node.
    std::string list(std::string_view suffix, const wholes& v) {
        const tensor<std::int64_t> t(shape{static_cast<std::int64_t>(v.size())}, v);
        return initializer(node_ + "/" + std::string(suffix), t, onnx::element::i64);
    }
    /// One number of this type, named after the node.
    std::string number(std::string_view suffix, double v, format::dtype type) {
        const std::string name = node_ + "/" + std::string(suffix);
        std::string raw;
        if (is_real(type)) {
            append_elements(raw, type, std::span<const double>(&v, 1));
        } else {
            const std::int64_t whole = pith::detail::truncate_to(v, type);
            append_elements(raw, type, std::span<const std::int64_t>(&whole, 1));
        }
        return initializer(name, shape{}, onnx::element_number(type), raw);
    }
    /// One real number of the type in which the node computes.
    std::string number(std::string_view suffix, double v) { return number(suffix, v, real_type); }

protected:
    name_table names_;
    [[nodiscard]] std::string next_layout() { return "layout" + std::to_string(++layouts_); }

private:
    struct written {
        std::string name;
        std::size_t at, size; ///< of its bytes among `constants`
    };

    name_table node_names_;
    std::vector<written> written_; ///< by name
    std::string node_;
    std::string where_;
    std::size_t layouts_ = 0;
    std::optional<fault> fault_;
};

} // namespace pith::io::onnx_write

#endif
