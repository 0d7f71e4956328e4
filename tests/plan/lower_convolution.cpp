// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <cstdint>
#include <vector>

#include "pith/graph/graph.hpp"
#include "pith/plan/lower_convolution.hpp"

using namespace pith;

namespace {

constexpr format::tile wide{16, 4};

/// A 1 x 1 convolution of two inputs to three outputs.
plan::detail::weighted_layer layer() {
    plan::detail::weighted_layer l;
    l.inputs = 2;
    l.outputs = 3;
    return l;
}

encoding coded(std::int32_t lowest, std::int32_t highest) {
    return {format::affine_codes{0, lowest, highest}, {1.f}};
}

/// The codes a program reads, as [out, in].
std::vector<int> decoded(const plan::detail::stored_weights& s) {
    std::int8_t table[format::most_levels], group[format::low_bit_group];
    format::fill_levels({s.bits, s.lowest, s.levels.empty() ? nullptr : s.levels.data()}, table);
    format::decode_group(s.packed.weights.data(), s.bits, table, group);
    std::vector<int> codes;
    for (std::size_t o = 0; o < 3; ++o)
        for (std::size_t k = 0; k < 2; ++k)
            codes.push_back(group[format::packed_index(format::low_bit_tile, 1, 2, o, 0, k)]);
    return codes;
}

} // namespace

TEST_CASE("stored weights: affine codes in as many bits as the encoding says") {
    for (std::uint8_t bits = 2; bits <= 7; ++bits) {
        const int low = -(1 << (bits - 1));
        const int high = -low - 1;
        for (const int lowest : {low, low + 1}) { // with and without the code that has no counterpart
            const std::vector<std::int8_t> codes{static_cast<std::int8_t>(lowest), 0, 1, -1,
                                                 static_cast<std::int8_t>(high),   0};
            const auto s = plan::detail::store_weights(layer(), codes, coded(lowest, high), wide);
            CHECK(s.bits == bits);
            CHECK(s.levels.empty());
            CHECK(s.packed.weights.size() == 8u * bits);
            CHECK(decoded(s) == std::vector<int>(codes.begin(), codes.end()));
        }
    }
}

TEST_CASE("stored weights: the greatest codes there are do not wrap") {
    const std::vector<std::int8_t> codes{120, 127, 121, 122, 125, 126};
    const auto s = plan::detail::store_weights(layer(), codes, coded(118, 127), wide);
    CHECK(s.lowest == 112);
    CHECK(decoded(s) == std::vector<int>(codes.begin(), codes.end()));
}

TEST_CASE("stored weights: levels by their index, the table filled up") {
    const std::vector<std::int8_t> codes{-127, 3, 90, -1, 3, -127};
    const encoding listed{format::codebook{{-127, -1, 0, 3, 90}, 5}, {1.f}};
    const auto s = plan::detail::store_weights(layer(), codes, listed, wide);
    CHECK(s.bits == 3);
    CHECK(s.level_count == 5);
    CHECK(s.levels == std::vector<std::int8_t>{-127, -1, 0, 3, 90, 0, 0, 0});
    CHECK(decoded(s) == std::vector<int>(codes.begin(), codes.end()));
    const std::vector<std::int8_t> signs{-1, 1, 1, -1, -1, 1};
    for (const element_format& f :
         {element_format(format::binary{-1}), element_format(format::codebook{{-1, 1}, 2})}) {
        const auto binary = plan::detail::store_weights(layer(), signs, {f, {1.f}}, wide);
        CHECK(binary.bits == 1);
        CHECK(binary.levels == std::vector<std::int8_t>{-1, 1});
        CHECK(binary.packed.weights.size() == 8);
        CHECK(decoded(binary) == std::vector<int>(signs.begin(), signs.end()));
    }
    const std::vector<std::int8_t> ones{0, 1, 1, 0, 0, 1};
    const auto bits = plan::detail::store_weights(layer(), ones, {format::binary{0}, {1.f}}, wide);
    CHECK(bits.bits == 1);
    CHECK(bits.levels.empty());
    CHECK(decoded(bits) == std::vector<int>(ones.begin(), ones.end()));
}

TEST_CASE("stored weights: a byte each where no fewer bits do, or a depthwise layer reads them") {
    const std::vector<std::int8_t> codes{-100, 0, 1, -1, 100, 0};
    const auto s = plan::detail::store_weights(layer(), codes, coded(-127, 127), wide);
    CHECK(s.bits == 8);
    CHECK(s.levels.empty());
    CHECK(s.level_count == 0);
    CHECK(s.lowest == 0);
    CHECK(s.packed.weights.size() == 64);
    CHECK(s.packed.weights[0] == 156); // -100
    auto depthwise = layer();
    depthwise.inputs = 1;
    depthwise.window.groups = 3;
    depthwise.depthwise = true;
    CHECK(plan::detail::store_weights(depthwise, {1, 2, 3}, coded(-8, 7), wide).bits == 8);
}
