// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <vector>

#include <pith/arch/detect.hpp>
#include <pith/format/softmax.hpp>
#include <pith/kernel/softmax.hpp>

#include "support/kernels.hpp"

using namespace pith;
using tests::guarded;
using tests::noise;
using tests::operand;

TEST_CASE("softmax of floats and its logarithm, along any axis, large inputs too") {
    noise random;
    for (const std::size_t size : {1u, 2u, 10u, 33u})
        for (const std::size_t inner : {1u, 3u})
            for (const float spread : {1.F, 500.F})
                for (const bool log : {false, true}) {
                    constexpr std::size_t outer = 2;
                    operand<float> x(outer * size * inner, random);
                    for (std::size_t i = 0; i < outer * size * inner; ++i)
                        x.data()[i] *= spread;
                    kernel::for_each_supported(kernel::softmax_f32_list, arch::detect(), [&](const auto& k) {
                        guarded<float> out(outer * size * inner);
                        k.run({.input = x.data(),
                               .output = out.data(),
                               .outer = outer,
                               .size = size,
                               .inner = inner,
                               .log = log});
                        CHECK(out.margins_intact());
                        for (std::size_t o = 0; o < outer; ++o)
                            for (std::size_t i = 0; i < inner; ++i) {
                                const auto at = [&](std::size_t n) { return (o * size + n) * inner + i; };
                                const auto in = [&](std::size_t n) {
                                    return static_cast<double>(x.data()[at(n)]);
                                };
                                double most = in(0), sum = 0;
                                for (std::size_t n = 0; n < size; ++n)
                                    most = std::fmax(most, in(n));
                                for (std::size_t n = 0; n < size; ++n)
                                    sum += std::exp(in(n)-most);
                                for (std::size_t n = 0; n < size; ++n) {
                                    const double want =
                                        log ? in(n)-most - std::log(sum) : std::exp(in(n)-most) / sum;
                                    CHECK(std::fabs(static_cast<double>(out[at(n)]) - want) <=
                                          2e-6 * (1 + std::fabs(want)));
                                }
                            }
                    });
                }
}

TEST_CASE("softmax of codes is the quantised softmax, also where the scaled table leaves the floats") {
    noise random;
    for (const std::size_t size : {1u, 2u, 3u, 10u, 100u})
        for (const float output_scale : {1.F / 256, 0.0033F, 1.F / 64})
            for (const float input_scale : {0.02F, 0.1F, 1.F})
                for (const std::size_t inner : {1u, 2u}) {
                    const operand<std::uint8_t> x(3 * size * inner, random);
                    float table[256];
                    format::make_softmax_table(table, input_scale, size);
                    kernel::softmax_u8_args a{.input = x.data(), .outer = 3, .size = size, .inner = inner};
                    a.table = table;
                    a.levels = format::softmax_levels(output_scale);
                    a.zero = 3;
                    kernel::for_each_supported(kernel::softmax_u8_list, arch::detect(), [&](const auto& k) {
                        guarded<std::uint8_t> out(3 * size * inner);
                        a.output = out.data();
                        k.run(a);
                        CHECK(out.margins_intact());
                        for (std::size_t row = 0; row < 3 * inner; ++row) {
                            const std::size_t first = row / inner * size * inner + row % inner;
                            double sum = 0;
                            int most = 0;
                            for (std::size_t n = 0; n < size; ++n)
                                most =
                                    x.data()[first + n * inner] > most ? x.data()[first + n * inner] : most;
                            const auto e = [&](std::size_t n) {
                                return std::exp((x.data()[first + n * inner] - most) *
                                                static_cast<double>(input_scale));
                            };
                            for (std::size_t n = 0; n < size; ++n)
                                sum += e(n);
                            for (std::size_t n = 0; n < size; ++n) {
                                const double real = e(n) / sum * static_cast<double>(a.levels);
                                const double want = std::fmin(real + 3, 255);
                                // Half a step of rounding and the floats' error.
                                CHECK(std::fabs(out[first + n * inner] - want) <= 0.5 + 1e-3);
                            }
                        }
                    });
                }
}

TEST_CASE("softmax of codes: the table of a single class at 1/256 gives the whole, not nothing") {
    float table[256];
    format::make_softmax_table(table, 0.1F, 1);
    const std::uint8_t x[1 + over_read_bytes] = {200};
    std::uint8_t y = 0;
    kernel::softmax_u8_args a{.input = x, .output = &y, .size = 1, .table = table};
    a.levels = format::softmax_levels(1.F / 256);
    kernel::portable::softmax_u8(a);
    CHECK(y == 255);
}
