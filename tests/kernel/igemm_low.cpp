// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <vector>

#include <pith/arch/detect.hpp>
#include <pith/kernel/igemm_low.hpp>

#include "igemm_problem.hpp"

using namespace igemm_problem;

namespace {

/// How weights are stored.
struct coding {
    unsigned bits = 4;
    bool listed = false;
    std::int8_t lowest = 0;
    std::vector<std::int8_t> levels;

    [[nodiscard]] format::low_bit_codes codes() const {
        return {static_cast<std::uint8_t>(bits), listed ? std::int8_t{0} : lowest,
                listed ? levels.data() : nullptr};
    }
};

/// Affine codes around zero; and with `far`, the greatest there are, which two products of do not fit in 16
/// bits.
coding affine(unsigned bits, bool far = false) {
    const int half = 1 << (bits - 1);
    return {bits, false, static_cast<std::int8_t>(far ? 128 - 2 * half : -half), {}};
}

coding listed(unsigned bits, bool far) {
    coding c{bits, true, 0, {}};
    noise random{bits + 77};
    const int most = far ? 128 : 64;
    for (std::size_t i = 0; i < std::size_t{1} << bits; ++i)
        c.levels.push_back(static_cast<std::int8_t>(i == 0 ? -most : random.between(-most, most - 1)));
    return c;
}

std::vector<coding> codings(unsigned bits) {
    return {affine(bits), affine(bits, true), listed(bits, false), listed(bits, true)};
}

/// The weights of `s` become codes of `c`; their indices, packed.
buffer encode(setting& s, const problem& p, const coding& c) {
    std::int8_t table[format::most_levels] = {};
    format::fill_levels(c.codes(), table);
    noise random{p.channels * 13 + p.run_length * 7 + c.bits};
    const kernel::window& over = s.args.over;
    const std::uint32_t mask = (1u << c.bits) - 1;
    const std::size_t elements =
        format::packed_elements(format::low_bit_tile, p.channels, over.runs(), over.run_length);
    std::vector<std::uint32_t> indices(elements);
    for (auto& i : indices)
        i = random() >> 7 & mask; // also where nothing may be read
    for (std::size_t o = 0, i = 0; o < p.channels; ++o)
        for (std::size_t r = 0; r < over.runs(); ++r)
            for (std::size_t k = 0; k < over.run_length; ++k, ++i)
                s.weights[i] = table[indices[format::packed_index(format::low_bit_tile, over.runs(),
                                                                  over.run_length, o, r, k)]];
    buffer packed(format::low_bit_bytes(elements, c.bits));
    for (std::size_t i = 0; i < elements; ++i)
        format::put_index(as<std::uint8_t>(packed) + format::low_bit_bytes(i / 64 * 64, c.bits), c.bits,
                          i % 64, indices[i]);
    return packed;
}

void check(const problem& p, const coding& c) {
    setting s = make(p);
    s.args.weights = nullptr;
    buffer packed = encode(s, p, c);
    const auto outputs = [&](void (*f)(const kernel::igemm_low_args&) noexcept) {
        return run(s, p, [&](const kernel::igemm_args& a) { f({a, as<std::uint8_t>(packed), c.codes()}); });
    };
    const std::string text = p.text() + std::to_string(c.bits) + " bits" + (c.listed ? ", levels" : "");
    const auto reference = outputs(&kernel::portable::igemm_low);
    REQUIRE_MESSAGE((reference == expected(s, p)), text);
    kernel::for_each_supported(kernel::igemm_low_list<>, arch::detect(), [&](const auto& k) {
        CHECK_MESSAGE((outputs(k.run) == reference), k.name << ": " << text);
    });
}

} // namespace

TEST_CASE("igemm_low: every width, affine and listed, one pixel, every depth and channel around the tile") {
    for (unsigned bits = 1; bits <= 7; ++bits)
        for (const coding& c : codings(bits))
            for (const std::uint32_t channels : {1u, 15u, 16u, 17u, 40u})
                for (std::uint32_t length = 1; length <= 37; ++length)
                    check({.channels = channels,
                           .run_length = length,
                           .what = every_store[(length + channels) % 4]},
                          c);
}

TEST_CASE("igemm_low: every width, affine and listed, several pixels") {
    for (unsigned bits = 1; bits <= 7; ++bits)
        for (const coding& c : codings(bits))
            for (std::uint32_t pixels = 2; pixels <= 19; pixels += pixels < 5 ? 1 : 7)
                for (const std::uint32_t channels : {1u, 16u, 33u, 50u})
                    for (const std::uint32_t length : {1u, 2u, 3u, 4u, 7u, 16u, 33u})
                        check({.columns = pixels,
                               .channels = channels,
                               .run_length = length,
                               .what = every_store[(length + pixels) % 4]},
                              c);
}

TEST_CASE("igemm_low: images, windows, strides, gaps") {
    unsigned turn = 0;
    for (const auto& [rows, columns] : {std::pair{1u, 1u}, {7u, 5u}, {8u, 8u}, {3u, 24u}})
        for (const std::uint32_t channels : {3u, 16u, 40u})
            for (const std::uint32_t inputs : {1u, 4u, 6u, 16u})
                for (const std::uint32_t stride : {1u, 2u})
                    for (const bool merged : {false, true})
                        for (const store what : every_store) {
                            const unsigned bits = 1 + turn++ % 7;
                            check({.rows = rows,
                                   .columns = columns,
                                   .channels = channels,
                                   .run_rows = 3,
                                   .run_columns = 3,
                                   .run_length = inputs,
                                   .stride = stride,
                                   .merged = merged,
                                   .halo = stride - 1,
                                   .output_gap = stride == 2 ? 5u : 0u,
                                   .what = what},
                                  codings(bits)[turn / 7 % 4]);
                        }
}

TEST_CASE("igemm_low: panels larger than any scratch a kernel may have") {
    unsigned turn = 0;
    for (const std::uint32_t length : {1201u, 4608u, 4609u, 5003u, 13001u})
        for (const std::uint32_t columns : {1u, 2u, 17u})
            for (const std::uint32_t channels : {9u, 40u}) {
                const unsigned bits = 1 + turn++ % 7;
                check({.columns = columns,
                       .channels = channels,
                       .run_length = length,
                       .output_gap = columns % 3,
                       .what = every_store[turn % 4]},
                      codings(bits)[turn % 4]);
            }
    for (const auto& [rows, columns] : {std::pair{2u, 2u}, {2u, 41u}, {5u, 60u}, {2u, 150u}})
        check({.rows = rows,
               .columns = columns,
               .channels = 40,
               .run_rows = 3,
               .run_columns = 3,
               .run_length = 530,
               .what = store::residual_first},
              listed(3, true));
}

TEST_CASE("igemm_low: the largest products do not saturate and the bias wraps") {
    for (unsigned bits = 1; bits <= 7; ++bits)
        for (const std::int8_t level : {std::int8_t{-128}, std::int8_t{-65}, std::int8_t{-64},
                                        std::int8_t{64}, std::int8_t{65}, std::int8_t{127}})
            for (const std::uint32_t pixels : {1u, 3u, 16u})
                check({.columns = pixels,
                       .channels = 33,
                       .run_rows = 9,
                       .run_length = 130,
                       .what = every_store[pixels % 4],
                       .extreme = true},
                      {bits, true, 0, std::vector<std::int8_t>(std::size_t{1} << bits, level)});
}
