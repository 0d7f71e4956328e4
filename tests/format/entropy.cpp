// SPDX-License-Identifier: MIT
#include "pith/format/entropy.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "pith/base/random.hpp"
#include "pith/plan/store.hpp"

namespace {

using pith::format::symbol_coding;

/// `bytes` coded with `how`, and decoded again.
struct round_trip {
    std::vector<std::byte> stream;
    std::vector<std::byte> decoded;
    double expected_bits = 0;
    symbol_coding header;

    round_trip(symbol_coding how, std::vector<std::byte> bytes) {
        how.bytes = static_cast<std::uint32_t>(bytes.size());
        expected_bits = pith::plan::detail::cost_of(how, bytes);
        pith::plan::range_encoder encoder;
        pith::format::symbol_model model;
        symbol_coding written = how;
        pith::format::code_header(encoder, written);
        pith::format::code_symbols(encoder, how, bytes, model);
        stream = encoder.finish();
        std::size_t at = 0;
        auto next = [&] { return at < stream.size() ? stream[at++] : std::byte{0}; };
        pith::format::range_decoder decoder(next);
        pith::format::code_header(decoder, header);
        decoded.resize(bytes.size());
        model = {};
        pith::format::code_symbols(decoder, how, decoded, model);
    }
};

/// Bytes of which the given share is not 0.
[[nodiscard]] std::vector<std::byte> sparse_bytes(std::size_t n, double kept, std::uint64_t seed) {
    pith::random_bits random(seed);
    std::vector<std::byte> bytes(n);
    for (auto& b : bytes)
        if (random.unit() < kept)
            b = static_cast<std::byte>(random.below(256));
    return bytes;
}

} // namespace

TEST_CASE("range coding: what is decoded is what was encoded, for every cut into symbols") {
    for (const unsigned bits : {0u, 2u, 4u, 8u})
        for (const unsigned distance : {1u, 7u, 64u, 255u})
            for (const unsigned lanes : {1u, 4u})
                for (const std::size_t n : {1u, 2u, 65u, 1000u}) {
                    const auto bytes = sparse_bytes(n, 0.4, n);
                    const symbol_coding how{.bits = static_cast<std::uint8_t>(bits),
                                            .lanes = static_cast<std::uint8_t>(lanes),
                                            .common = 3,
                                            .distance = static_cast<std::uint8_t>(distance)};
                    const round_trip r(how, bytes);
                    CHECK(r.decoded == bytes);
                    CHECK(r.header.bits == bits);
                    CHECK(r.header.bytes == n);
                }
}

TEST_CASE("range coding: carries run through bytes that are full") {
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        pith::random_bits random(seed);
        std::vector<std::byte> bytes(300, std::byte{0xFF}); // likely bits at the upper end of every range
        bytes[random.below(300)] = std::byte{1};
        CHECK(round_trip({.bits = 8}, bytes).decoded == bytes);
    }
}

TEST_CASE("range coding: a sparse tensor takes the entropy of its distribution") {
    const double kept = 0.08;
    const std::size_t n = 100000;
    const round_trip r({.bits = 8}, sparse_bytes(n, kept, 5));
    const double p = kept * 255 / 256;
    const double entropy = -p * std::log2(p / 255) - (1 - p) * std::log2(1 - p);
    const double bits = 8.0 * static_cast<double>(r.stream.size()) / n;
    CHECK(bits > entropy * 0.98);
    CHECK(bits < entropy * 1.03);
    CHECK(std::abs(8.0 * static_cast<double>(r.stream.size()) - r.expected_bits) <
          64 + r.expected_bits * 1e-3);
}
