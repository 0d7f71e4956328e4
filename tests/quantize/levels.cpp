// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <pith/quantize/levels.hpp>

#include <span>
#include <vector>

using namespace pith;
using quantize::level_list;

TEST_CASE("levels: spaced, consecutive or not, and the width of an index") {
    CHECK(quantize::spaced_levels(-2, 1) == level_list{-2, -1, 0, 1});
    CHECK(quantize::spaced_levels(-3, 3, 2) == level_list{-3, -1, 1, 3});
    CHECK(quantize::consecutive(quantize::spaced_levels(-127, 127)));
    CHECK(quantize::consecutive(level_list{}));
    CHECK(!quantize::consecutive(level_list{-1, 1}));
    CHECK(quantize::index_bits(level_list{5}) == 0);
    CHECK(quantize::index_bits(quantize::spaced_levels(-1, 1, 2)) == 1);
    CHECK(quantize::index_bits(quantize::spaced_levels(0, 15)) == 4);
    CHECK(quantize::index_bits(quantize::spaced_levels(0, 16)) == 5);
    CHECK(quantize::index_bits(quantize::spaced_levels(-128, 127)) == 8);
}

TEST_CASE("levels: evenly spaced codes count from an offset and are clamped") {
    const std::vector<double> x{-1, 0.9, 1.25, 1.5, 1.75, 2.0, 9};
    std::vector<double> codes(x.size());
    quantize::encode_evenly(x, 1.0, 0.5, 0.0, 2.0, std::span<double>(codes));
    CHECK(codes == std::vector<double>{0, 0, 0, 1, 2, 2, 2});
}

TEST_CASE("levels: a sample is all of a small tensor and a fixed choice of a large one") {
    std::vector<float> x(20000);
    for (std::size_t i = 0; i < x.size(); ++i)
        x[i] = static_cast<float>(i);
    CHECK(quantize::detail::sample<float>(std::span<const float>(x).first(100)).size() == 100);
    const auto few = quantize::detail::sample<float>(x);
    CHECK(few.size() == 8192);
    CHECK(few == quantize::detail::sample<float>(x));
    // No period: every one of 64 interleaved channels is met about as often.
    std::vector<int> met(64);
    for (const float v : few)
        ++met[static_cast<std::size_t>(v) % 64];
    for (const int n : met) {
        CHECK(n > 128 / 2);
        CHECK(n < 128 * 2);
    }
}
