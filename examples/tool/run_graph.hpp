// SPDX-License-Identifier: MIT
#ifndef PITH_EXAMPLES_TOOL_RUN_GRAPH_HPP
#define PITH_EXAMPLES_TOOL_RUN_GRAPH_HPP
/// `pith run` of an ONNX model that no program computes as it is: its graph, layer by layer, in the file's
/// own element types.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <pith/io/onnx/decode.hpp>

#include "model.hpp"
#include "tensor_files.hpp"

namespace tool {

/// Whether some value is rounded to less than float32 has.
[[nodiscard]] inline bool rounds_values(const pith::graph<float>& g) {
    return std::any_of(g.values.begin(), g.values.end(), [](const pith::value<float>& v) {
        return !v.is_constant() && pith::is_real(v.type) && pith::format::bits_of(v.type) < 32;
    });
}

/// The model's inputs, in order; none of a file that cannot be read.
[[nodiscard]] inline std::vector<std::string> input_names(pith::bytes_view file) {
    namespace onnx = pith::io::onnx;
    const auto read = [&]() -> pith::result<std::vector<std::string>> {
        onnx::budget left{file.size()};
        const auto model = onnx::decode_model(onnx::as_text(file), left);
        std::vector<std::string> names;
        for (const auto& v : model.graph.inputs)
            if (std::none_of(model.graph.initializers.begin(), model.graph.initializers.end(),
                             [&](const auto& t) { return t.name == v.name; }))
                names.emplace_back(v.name);
        return names;
    };
    auto names = onnx::guarded(read);
    return names ? *std::move(names) : std::vector<std::string>{};
}

/// What decides shapes must be known while loading, so a model that is refused is tried again with all inputs
/// but the first as constants, then with all.
[[nodiscard]] inline pith::result<pith::graph<float>> graph_on(pith::bytes_view file,
                                                               const std::vector<pith::io::array>& inputs) {
    auto g = pith::io::parse_onnx(file);
    for (std::size_t free = std::min<std::size_t>(2, inputs.size()); !g && free-- > 0;) {
        pith::io::onnx_options options;
        options.fixed.assign(inputs.begin() + static_cast<std::ptrdiff_t>(free), inputs.end());
        if (auto again = pith::io::parse_onnx(file, options))
            g = std::move(again);
    }
    return g;
}

[[nodiscard]] inline pith::any_tensor<float> reordered(const pith::any_tensor<float>& x,
                                                       const std::vector<std::uint8_t>& permutation) {
    const auto move = [&](const auto& t) -> pith::any_tensor<float> {
        using held = std::remove_cvref_t<decltype(t)>;
        if (permutation.size() != t.dims().rank())
            return t;
        const held* in[] = {&t};
        return pith::layer_traits<pith::transpose>::move<typename held::value_type>(
            pith::transpose{permutation}, std::span<const held* const>(in))[0];
    };
    return std::visit(move, x);
}

/// The outputs as the file would have them.
[[nodiscard]] inline pith::result<std::vector<pith::io::array>>
evaluate_on(const pith::graph<float>& g, const std::vector<pith::io::array>& inputs) {
    pith::any_tensors<float> in;
    for (std::size_t i = 0; i < std::min(g.inputs.size(), inputs.size()); ++i)
        in.push_back(reordered(inputs[i].data, g.input_layouts[i].permutation));
    auto computed = pith::simulate(g, in);
    if (!computed)
        return computed.error();
    std::vector<pith::io::array> out;
    for (std::size_t i = 0; i < computed->size(); ++i) {
        const auto& permutation = g.output_layouts[i].permutation;
        std::vector<std::uint8_t> back(permutation.size());
        for (std::size_t k = 0; k < permutation.size(); ++k)
            back[permutation[k]] = static_cast<std::uint8_t>(k);
        const auto& v = g[g.outputs[i]];
        out.push_back({v.name, v.type, reordered((*computed)[i], back)});
    }
    return out;
}

[[nodiscard]] inline pith::result<std::vector<pith::io::array>>
outputs_of_graph(const std::string& path, const std::vector<std::string>& files) {
    const auto file = pith::io::read_file(path);
    if (!file)
        return file.error();
    const auto names = input_names(*file);
    std::vector<pith::io::array> inputs;
    for (std::size_t i = 0; i < files.size(); ++i) {
        auto t = load_tensor(files[i]);
        if (!t) { // the model may be to blame, whose inputs are no tensors
            const auto g = pith::io::parse_onnx(*file);
            return g ? t.error() : g.error();
        }
        t->name = i < names.size() ? names[i] : std::string{};
        inputs.push_back(*std::move(t));
    }
    const auto g = graph_on(*file, inputs);
    if (!g)
        return g.error();
    if (inputs.size() != names.size())
        return pith::fault{pith::errc::missing, "give one --input file for each input of the model",
                           std::to_string(names.size()) + " inputs"};
    return evaluate_on(*g, inputs);
}

} // namespace tool

#endif
