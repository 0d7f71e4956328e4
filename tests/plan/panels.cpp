// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <numeric>
#include <vector>

#include "pith/plan/panels.hpp"

using namespace pith;

TEST_CASE("panels: every weight stands where the tile says, the rest is zero") {
    for (const std::size_t groups : {1u, 2u})
        for (const std::uint64_t length : {1u, 4u, 6u}) {
            const std::size_t out = 10, runs = 3;
            std::vector<std::int16_t> w(out * runs * length);
            std::iota(w.begin(), w.end(), std::int16_t{1});
            const format::tile tile{4, 4};
            const auto p = plan::pack_panels<std::int16_t>(w, tile, out, groups, {3, 1, length});
            const std::size_t per_group = out / groups;
            const std::size_t size = format::packed_elements(tile, per_group, runs, length);
            REQUIRE(p.size() == groups * size);
            std::size_t i = 0;
            for (std::size_t o = 0; o < out; ++o)
                for (std::size_t r = 0; r < runs; ++r)
                    for (std::size_t k = 0; k < length; ++k)
                        CHECK(p[o / per_group * size +
                                format::packed_index(tile, runs, length, o % per_group, r, k)] == w[i++]);
            CHECK(std::accumulate(p.begin(), p.end(), 0) == std::accumulate(w.begin(), w.end(), 0));
        }
}

TEST_CASE("panels: indices group by group, each in its bits") {
    std::vector<std::uint8_t> panels(192);
    for (unsigned bits = 1; bits <= 7; ++bits) {
        for (std::size_t i = 0; i < panels.size(); ++i)
            panels[i] = static_cast<std::uint8_t>((i * 29 + i / 64) & ((1u << bits) - 1));
        const auto packed = plan::pack_indices(panels, bits);
        REQUIRE(packed.size() == 24 * bits);
        for (std::size_t i = 0; i < panels.size(); ++i)
            CHECK(format::index_at(packed.data() + i / 64 * 8 * bits, bits, i % 64) == panels[i]);
    }
}

TEST_CASE("panels: depthwise weights and channel vectors") {
    const std::vector<int> w{1, 2, 3, 4, 5, 6};
    const auto p = plan::pack_depthwise<int>(w, 3, 2);
    REQUIRE(p.size() == 32);
    CHECK(p[0] == 1);
    CHECK(p[1] == 3);
    CHECK(p[16] == 2);
    CHECK(p[18] == 6);
    CHECK(p[3] == 0);
    const auto c = plan::pack_channels<int>(w, 2, 4);
    CHECK(c == std::vector<int>{1, 2, 3, 0, 4, 5, 6, 0});
}

TEST_CASE("panels: the input's zero point goes into the bias, modulo 2^32") {
    const std::vector<std::int8_t> w{1, -2, 127, 127};
    CHECK(plan::fold_zero({10, -5}, w, 3) == std::vector<std::int32_t>{13, -767});
    CHECK(plan::fold_zero({10, -2147483647 - 1}, w, 255)[1] == 2147483647 - 254 * 255 + 1);
}
