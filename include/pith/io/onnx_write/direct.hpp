// SPDX-License-Identifier: MIT
#ifndef PITH_IO_ONNX_WRITE_DIRECT_HPP
#define PITH_IO_ONNX_WRITE_DIRECT_HPP
/// Operators on codes: which layers have one, and what they are told beside their operands. Those that ONNX
/// itself lacks are ONNX Runtime's, of domain com.microsoft.

#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "../../graph/graph.hpp"
#include "writer.hpp"

namespace pith::io::onnx_write {

inline constexpr const char* runtime_domain = "com.microsoft";

/// Operand tensors, each followed by its scale and zero point, then those of the output.
template <class W, class Node>
[[nodiscard]] std::vector<std::string> with_codes(W& w, const Node& n,
                                                  const std::vector<std::string>& operands) {
    std::vector<std::string> inputs;
    const auto add = [&](std::vector<std::string> names) {
        for (auto& name : names)
            inputs.push_back(std::move(name));
    };
    for (std::size_t i = 0; i < operands.size(); ++i) {
        add({operands[i]});
        add(w.code_of(n.inputs[i]));
    }
    if (w.is_coded(n.outputs[0]))
        add(w.code_of(n.outputs[0]));
    return inputs;
}

/// An operator of ONNX Runtime's, which carries the layer's name.
template <class W>
void emit_runtime(W& w, std::string op, std::vector<std::string> inputs, std::string output,
                  attribute_list attributes = {}) {
    w.domains.emplace_back(runtime_domain);
    w.emit({w.node_name(),
            std::move(op),
            std::move(inputs),
            {std::move(output)},
            std::move(attributes),
            runtime_domain});
}

} // namespace pith::io::onnx_write

#endif
