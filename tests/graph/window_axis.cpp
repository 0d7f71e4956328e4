// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cstdint>

#include <doctest/doctest.h>

#include <pith/graph/window_axis.hpp>

using namespace pith;

TEST_CASE("outputs of a window, counted one by one") {
    for (std::int64_t size = 1; size < 9; ++size)
        for (std::int64_t kernel = 1; kernel < 4; ++kernel)
            for (std::int64_t stride = 1; stride < 4; ++stride)
                for (std::int64_t dilation = 1; dilation < 3; ++dilation)
                    for (std::int64_t before = 0; before < 3; ++before)
                        for (std::int64_t after = 0; after < 3; ++after) {
                            std::int64_t whole = 0;
                            std::int64_t with_partial = 0;
                            const std::int64_t reach = (kernel - 1) * dilation;
                            for (std::int64_t at = -before; at < size; at += stride) {
                                whole += at + reach < size + after ? 1 : 0;
                                with_partial +=
                                    at == -before || at - stride + reach < size + after - 1 ? 1 : 0;
                            }
                            for (std::int64_t at = -before; at + reach < size + after; at += stride)
                                whole += at >= size ? 1 : 0; // whole windows in the padding behind
                            const window_axis w{size, kernel, stride, before, after, dilation};
                            const auto floor = outputs_of(w);
                            REQUIRE(floor.has_value() == (whole > 0));
                            if (!floor)
                                continue;
                            CHECK(*floor == whole);
                            const auto ceil = outputs_of(w, true);
                            CHECK(*ceil == std::max(whole, with_partial));
                        }
}

TEST_CASE("impossible windows are refused") {
    CHECK_FALSE(outputs_of({.input = 4, .kernel = 0}).has_value());
    CHECK_FALSE(outputs_of({.input = 4, .stride = 0}).has_value());
    CHECK_FALSE(outputs_of({.input = 4, .dilation = 0}).has_value());
    CHECK_FALSE(outputs_of({.input = 4, .kernel = 5}).has_value());
    CHECK_FALSE(outputs_of({.input = 4, .before = std::int64_t{1} << 40}).has_value());
}

TEST_CASE("taps before a place, counted one by one") {
    for (std::int64_t kernel = 1; kernel < 6; ++kernel)
        for (std::int64_t dilation = 1; dilation < 4; ++dilation)
            for (std::int64_t start = -4; start < 5; ++start)
                for (std::int64_t end = -5; end < 12; ++end) {
                    std::int64_t taps = 0;
                    for (std::int64_t i = 0; i < kernel; ++i)
                        taps += start + i * dilation < end ? 1 : 0;
                    CHECK(taps_before({.kernel = kernel, .dilation = dilation}, start, end) == taps);
                }
}
