// SPDX-License-Identifier: MIT
#ifndef PITH_TESTS_FACTORIZE_NETWORKS_HPP
#define PITH_TESTS_FACTORIZE_NETWORKS_HPP
/// Networks whose layers can be cut in two, and what two networks give on the same drawn images.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include <doctest/doctest.h>

#include <pith/factorize/low_rank.hpp>
#include <pith/graph/builder.hpp>
#include <pith/graph/evaluate.hpp>
#include <pith/graph/measure.hpp>
#include <pith/graph/samples.hpp>

#include "support/layers.hpp"

namespace pith::test {

/// Every layer, the first and the last too.
inline factorize::whole_layers none_whole() {
    return {.first_last = false, .names = {}};
}

template <class T>
any_tensors<T> image_of(const graph<T>& g, std::uint64_t seed) {
    random_bits bits(seed);
    auto x = tests::random_tensor<T>(g[g.inputs[0]].dims, bits);
    // Neighbouring channels depend on each other, as those of real images do.
    for (std::size_t i = 1; i < x.size(); ++i)
        x[i] = T(0.7) * x[i - 1] + T(0.3) * x[i];
    return {x};
}

template <class T>
tensor<T> output_of(const graph<T>& g, std::uint64_t seed) {
    const auto y = evaluate(g, image_of(g, seed));
    REQUIRE(y);
    return std::get<0>((*y)[0]);
}

/// Sum of squared differences, on images that none of samples_of gives unless `first` says so.
template <class T>
double error_between(const graph<T>& a, const graph<T>& b, std::uint64_t first = 1000) {
    double sum = 0;
    for (std::uint64_t i = first; i < first + 16; ++i) {
        const auto x = output_of(a, i);
        const auto y = output_of(b, i);
        REQUIRE(x.dims() == y.dims());
        for (std::size_t k = 0; k < x.size(); ++k)
            sum += std::pow(static_cast<double>(x[k]) - static_cast<double>(y[k]), 2);
    }
    return sum;
}

inline sample_source samples_of(const graph<float>& g) {
    return [g](std::size_t i) -> std::optional<any_tensors<float>> { return image_of(g, i); };
}

/// Three convolutions and a dense layer; the middle ones can be cut.
inline graph<float> three_convolutions(std::uint32_t stride = 1) {
    graph_builder<float> b(5);
    auto x = b.input({1, 10, 9, 3});
    x = b.relu(b.conv(x, {.out = 16, .pads = {1, 1, 1, 1}}));
    x = b.relu(b.conv(x, {.out = 16, .strides = {stride, stride}, .pads = {1, 1, 1, 1}}));
    x = b.relu(b.conv(x, {.out = 24, .pads = {1, 0, 0, 2}, .bias = false}));
    auto g = std::move(b).finish({b.fully_connected(b.flatten(b.global_average(x)), 5)});
    REQUIRE(g);
    REQUIRE(infer_shapes(*g));
    return *std::move(g);
}

inline factorize::layer_outcome outcome_of(const std::vector<factorize::layer_outcome>& all,
                                           const std::string& name) {
    for (const auto& o : all)
        if (o.name == name)
            return o;
    FAIL("no outcome of that name");
    return {};
}

} // namespace pith::test

#endif
