// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <cstdint>
#include <utility>
#include <vector>

#include <pith/arch/detect.hpp>
#include <pith/kernel/igemm.hpp>

#include "igemm_problem.hpp"

using namespace igemm_problem;

namespace {

void check(const problem& p) {
    const setting s = make(p);
    const auto reference = run(s, p, &kernel::portable::igemm);
    REQUIRE_MESSAGE((reference == expected(s, p)), p.text());
    kernel::for_each_supported(kernel::igemm_list<>, arch::detect(), [&](const auto& k) {
        if (kernel::fits(k, arch::detect(), p.packed))
            CHECK_MESSAGE((run(s, p, k.run) == reference), k.name << ": " << p.text());
    });
}

} // namespace

TEST_CASE("igemm: every number of pixels and channels around the tile") {
    for (std::uint32_t pixels = 1; pixels <= 35; ++pixels)
        for (const std::uint32_t channels : {1u,  2u,  3u,  4u,  5u,  6u,  7u,  8u,  9u,  10u, 11u,
                                             12u, 13u, 14u, 15u, 16u, 17u, 31u, 32u, 33u, 48u, 64u})
            check({.columns = pixels,
                   .channels = channels,
                   .run_length = 5,
                   .what = every_store[(pixels + channels) % 4]});
}

TEST_CASE("igemm: every store of every tile height") {
    for (std::uint32_t pixels = 1; pixels <= 17; ++pixels)
        for (const std::uint32_t channels : {8u, 16u, 21u, 32u})
            for (const store what : every_store)
                check({.columns = pixels,
                       .channels = channels,
                       .run_length = 12,
                       .output_gap = 3,
                       .what = what});
}

TEST_CASE("igemm: every run length and number of runs") {
    for (const std::uint32_t length : {1u, 2u, 3u, 4u, 5u, 6u, 7u, 8u, 9u, 12u, 16u, 20u, 27u, 64u})
        for (std::uint32_t run_rows = 1; run_rows <= 9; run_rows += run_rows < 3 ? 1 : 2)
            for (std::uint32_t run_columns = 1; run_columns <= 3; ++run_columns)
                for (const std::uint32_t pixels : {1u, 2u, 4u, 9u})
                    check({.columns = pixels,
                           .channels = 10 + length,
                           .run_rows = run_rows,
                           .run_columns = run_columns,
                           .run_length = length});
}

TEST_CASE("igemm: images whose rows do not meet the tile, strides, borders, gaps") {
    for (const auto& [rows, columns] :
         {std::pair{7u, 5u}, {8u, 8u}, {3u, 3u}, {3u, 16u}, {5u, 24u}, {16u, 2u}, {9u, 1u}})
        for (const std::uint32_t channels : {3u, 8u, 16u, 40u})
            for (const std::uint32_t stride : {1u, 2u})
                for (const std::uint32_t gap : {0u, 5u})
                    for (const store what : every_store)
                        check({.rows = rows,
                               .columns = columns,
                               .channels = channels,
                               .run_rows = 3,
                               .run_columns = 3,
                               .run_length = 4 + channels % 3,
                               .stride = stride,
                               .halo = gap,
                               .output_gap = gap,
                               .what = what});
}

TEST_CASE("igemm: overlapping windows whose kernel rows are one run") {
    for (const std::uint32_t columns : {5u, 16u, 21u, 32u, 40u})
        for (const std::uint32_t channels : {5u, 16u, 24u, 32u})
            for (const std::uint32_t inputs : {1u, 3u, 4u, 8u, 16u})
                for (std::uint32_t width = 1; width <= 5; ++width)
                    for (const std::uint32_t stride : {1u, 2u})
                        check({.rows = 3,
                               .columns = columns,
                               .channels = channels,
                               .run_rows = 1 + (width + inputs) % 3,
                               .run_columns = width,
                               .run_length = inputs,
                               .stride = stride,
                               .merged = true,
                               .output_gap = columns == 40 ? 1u : 0u,
                               .what = every_store[(width + inputs) % 4]});
}

TEST_CASE("igemm: images and weights larger than any scratch a kernel may have") {
    for (const std::uint32_t channels : {8u, 16u, 40u})
        for (const store what : {store::codes, store::residual_first, store::reals}) {
            for (const std::uint32_t stride : {1u, 2u}) {
                check({.rows = 20, // kernels of one pixel
                       .columns = 41,
                       .channels = channels,
                       .run_length = 64,
                       .stride = stride,
                       .output_gap = stride - 1,
                       .what = what});
                for (const bool merged : {false, true})
                    for (const std::uint32_t inputs : {5u, 64u}) // blocks of rows, and parts of rows
                        check({.rows = inputs == 5 ? 20u : 2u,
                               .columns = 205,
                               .channels = channels,
                               .run_rows = 3,
                               .run_columns = 3,
                               .run_length = inputs,
                               .stride = stride,
                               .merged = merged,
                               .what = what});
            }
            for (const std::uint32_t columns : {2u, 3u, 5u, 41u})
                check({.rows = columns == 5 ? 9u : 1u,
                       .columns = columns,
                       .channels = channels,
                       .run_rows = 2,
                       .run_length = 1701,
                       .output_gap = columns % 3,
                       .what = what});
            for (const std::uint32_t width : {1u, 3u})
                check({.rows = 4,
                       .columns = 7,
                       .channels = channels,
                       .run_columns = width,
                       .run_length = 2,
                       .stride = 40,
                       .what = what});
            check({.channels = channels, .run_length = 13001, .what = what});
        }
}

TEST_CASE("igemm: the largest products do not saturate and the bias wraps") {
    for (const std::uint32_t channels : {4u, 16u, 33u})
        for (const std::uint32_t pixels : {1u, 3u, 16u})
            for (const store what : every_store)
                check({.columns = pixels,
                       .channels = channels,
                       .run_rows = 9,
                       .run_length = 130,
                       .what = what,
                       .extreme = true});
}

TEST_CASE("igemm: portable reads every tile") {
    for (const int outputs : {1, 2, 4, 8, 16, 32})
        for (const int depth : {1, 2, 4, 8, 16})
            for (const std::uint32_t length : {1u, 5u, 16u})
                check({.rows = 2,
                       .columns = 3,
                       .channels = 11,
                       .run_rows = 3,
                       .run_columns = 2,
                       .run_length = length,
                       .packed = {static_cast<std::uint16_t>(outputs), static_cast<std::uint16_t>(depth)}});
}

TEST_CASE("igemm: factors that leave int32, and that are no numbers, saturate as the definition does") {
    for (const float factor : {3e9f, 1e38f, 0.f, -2.5f, -1e30f}) {
        const problem p{.columns = 5, .channels = 20, .run_length = 8};
        setting s = make(p);
        for (float& f : s.factor)
            f = factor;
        const auto reference = run(s, p, &kernel::portable::igemm);
        CHECK((reference == expected(s, p)));
        kernel::for_each_supported(kernel::igemm_list<>, arch::detect(), [&](const auto& k) {
            CHECK_MESSAGE((run(s, p, k.run) == reference), k.name << " factor " << factor);
        });
    }
}
