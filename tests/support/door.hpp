// SPDX-License-Identifier: MIT
#ifndef PITH_TESTS_SUPPORT_DOOR_HPP
#define PITH_TESTS_SUPPORT_DOOR_HPP
/// Values as a file has them, brought through the graph's doors and compared.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <pith/graph/evaluate.hpp>
#include <pith/graph/graph.hpp>
#include <pith/graph/shape_text.hpp>
#include <pith/io/array.hpp>

namespace pith::tests {

template <class E>
[[nodiscard]] tensor<E> permuted(const tensor<E>& x, const std::vector<std::uint8_t>& permutation) {
    if (permutation.empty())
        return x;
    const tensor<E>* in[] = {&x};
    return layer_traits<transpose>::move<E>(transpose{permutation}, std::span<const tensor<E>* const>(in))[0];
}

[[nodiscard]] inline any_tensor<float> permuted(const any_tensor<float>& x,
                                                const std::vector<std::uint8_t>& permutation) {
    return std::visit([&](const auto& t) -> any_tensor<float> { return permuted(t, permutation); }, x);
}

[[nodiscard]] inline std::vector<std::uint8_t> inverse(const std::vector<std::uint8_t>& permutation) {
    std::vector<std::uint8_t> out(permutation.size());
    for (std::size_t i = 0; i < permutation.size(); ++i)
        out[permutation[i]] = static_cast<std::uint8_t>(i);
    return out;
}

/// What compute(graph, inputs) makes of values in the order in which the graph's file has them, likewise.
template <class Compute>
[[nodiscard]] result<any_tensors<float>>
through_doors(const graph<float>& g, std::vector<any_tensor<float>> inputs, const Compute& compute) {
    for (std::size_t i = 0; i < inputs.size() && i < g.inputs.size(); ++i)
        if (dims_of(inputs[i]).rank() == g[g.inputs[i]].dims.rank())
            inputs[i] = permuted(inputs[i], g.input_layouts[i].permutation);
    auto out = compute(g, inputs);
    if (!out)
        return out;
    for (std::size_t i = 0; i < out->size(); ++i)
        (*out)[i] = permuted((*out)[i], inverse(g.output_layouts[i].permutation));
    return out;
}

/// Evaluates a graph on values in the order in which its file has them, and gives its outputs likewise.
[[nodiscard]] inline result<any_tensors<float>> evaluate_as_file(const graph<float>& g,
                                                                 std::vector<any_tensor<float>> inputs) {
    return through_doors(g, std::move(inputs),
                         [](const auto& net, const auto& in) { return evaluate(net, in); });
}

[[nodiscard]] inline bool close(float have, float want, float relative, float absolute) {
    if (std::isnan(want) || std::isinf(want))
        return std::isnan(want) ? std::isnan(have) : have == want;
    return std::fabs(have - want) <= absolute + relative * std::fabs(want);
}

/// Empty if both are equal (whole numbers) or close (real ones), else what differs.
[[nodiscard]] inline std::string difference(const any_tensor<float>& have, const any_tensor<float>& want,
                                            float relative = 1e-3F, float absolute = 1e-5F) {
    if (dims_of(have) != dims_of(want))
        return "shape " + text_of(dims_of(have)) + " instead of " + text_of(dims_of(want));
    if (have.index() != want.index())
        return "another element type";
    for (std::size_t i = 0; i < static_cast<std::size_t>(dims_of(want).elements()); ++i) {
        if (want.index() == 1) {
            const auto a = std::get<1>(have)[i];
            const auto b = std::get<1>(want)[i];
            if (a != b)
                return "element " + std::to_string(i) + ": " + std::to_string(a) + " instead of " +
                       std::to_string(b);
        } else if (!close(std::get<0>(have)[i], std::get<0>(want)[i], relative, absolute)) {
            return "element " + std::to_string(i) + ": " + std::to_string(std::get<0>(have)[i]) +
                   " instead of " + std::to_string(std::get<0>(want)[i]);
        }
    }
    return {};
}

} // namespace pith::tests

#endif
