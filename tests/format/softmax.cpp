// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <initializer_list>

#include <pith/format/softmax.hpp>

using namespace pith::format;

TEST_CASE("softmax table: ratios are exponentials, any sum of the greatest stays finite") {
    for (const float scale : {0.01F, 0.1F, 1.F})
        for (const std::size_t size : {1u, 10u, 1000u}) {
            float table[256];
            make_softmax_table(table, scale, size);
            CHECK(std::isfinite(table[255] * static_cast<float>(size)));
            CHECK(table[255] > 1.F);
            for (std::size_t i = 1; i < 256; ++i)
                if (table[i - 1] > 1e-37F)
                    CHECK(static_cast<double>(table[i]) / static_cast<double>(table[i - 1]) ==
                          doctest::Approx(std::exp(static_cast<double>(scale))).epsilon(1e-6));
        }
}

TEST_CASE("softmax levels are whole") {
    CHECK(softmax_levels(1.F / 256) == 256.F);
    CHECK(softmax_levels(1.F / 255) == std::floor(1.F / (1.F / 255)));
}
