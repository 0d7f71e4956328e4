// SPDX-License-Identifier: MIT
#ifndef PITH_TESTS_QUANTIZE_FEW_BITS_CHECK_HPP
#define PITH_TESTS_QUANTIZE_FEW_BITS_CHECK_HPP
/// A small network in few bits, and how far it is from the float one.

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <variant>

#include "net.hpp"
#include "support/compiled.hpp"

namespace pith::test {

/// Mean squared difference between a quantised network and what it was made from, on new samples.
inline double error_of(const graph<float>& q, const graph<float>& real) {
    double sum = 0;
    for (std::uint64_t i = 0; i < 40; ++i) {
        const auto x = sample(real, 5000 + i);
        const auto a = simulate(q, x);
        const auto b = evaluate(real, x);
        REQUIRE(a);
        REQUIRE(b);
        const auto& p = std::get<0>((*a)[0]);
        const auto& r = std::get<0>((*b)[0]);
        for (std::size_t k = 0; k < p.size(); ++k)
            sum += static_cast<double>((p[k] - r[k]) * (p[k] - r[k]));
    }
    return sum;
}

/// residual_net without its softmax, which hides errors.
inline graph<float> to_logits() {
    auto g = residual_net();
    g.nodes.pop_back();
    g.outputs = {g.nodes.back().outputs[0]};
    return g;
}

inline quantize::post_training few_bits(const graph<float>& g, std::uint8_t bits) {
    return {.calibration = samples_for(g), .samples = 16, .weights = {.bits = bits}, .first_last_bits = 0};
}

} // namespace pith::test

#endif
