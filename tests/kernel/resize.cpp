// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <vector>

#include <pith/arch/detect.hpp>
#include <pith/format/resize.hpp>
#include <pith/kernel/resize.hpp>

#include "support/kernels.hpp"

using namespace pith;
using tests::guarded;
using tests::noise;
using tests::operand;

namespace {

struct table {
    std::vector<std::int32_t> indices;
    std::vector<float> weights;
    kernel::resize_axis_taps taps;

    explicit table(const format::resize_axis_rule& r)
        : indices(static_cast<std::size_t>(r.output) * format::resize_taps(r.mode)), weights(indices.size()) {
        format::resize_axis(r, indices.data(), weights.data());
        taps = {indices.data(), weights.data(), static_cast<std::uint32_t>(r.output)};
    }
};

} // namespace

TEST_CASE("resize: weighted sums of rows and columns, pitches on both sides") {
    noise random;
    for (const auto mode :
         {format::resize_mode::nearest, format::resize_mode::linear, format::resize_mode::cubic})
        for (const std::uint32_t channels : {1u, 3u, 16u, 21u})
            for (const std::int32_t to : {3, 5, 10}) {
                constexpr std::int32_t rows = 4, columns = 5;
                const table down({.mode = mode, .input = rows, .output = to, .scale = to / 4.0});
                const table across({.mode = mode, .input = columns, .output = 7, .scale = 7 / 5.0});
                const std::uint32_t taps = format::resize_taps(mode);
                const auto c = static_cast<std::ptrdiff_t>(channels);
                const operand<float> x(static_cast<std::size_t>(rows * (columns + 1) * c), random);
                kernel::resize_f32_args a{.input = x.data(), .channels = channels, .taps = taps};
                a.rows = down.taps;
                a.columns = across.taps;
                a.input_strides = {(columns + 1) * c, c};
                a.output_strides = {7 * c + 3, c};
                const auto outputs = static_cast<std::size_t>((to - 1) * (7 * c + 3) + 7 * c);
                kernel::for_each_supported(kernel::resize_f32_list, arch::detect(), [&](const auto& k) {
                    guarded<float> out(outputs);
                    a.output = out.data();
                    k.run(a);
                    bool right = out.margins_intact();
                    for (std::size_t i = 0; i < static_cast<std::size_t>(to); ++i)
                        for (std::size_t j = 0; j < 7; ++j)
                            for (std::size_t n = 0; n < channels; ++n) {
                                double want = 0;
                                for (std::size_t y = i * taps; y < (i + 1) * taps; ++y)
                                    for (std::size_t z = j * taps; z < (j + 1) * taps; ++z)
                                        want += static_cast<double>(down.weights[y]) *
                                                static_cast<double>(across.weights[z]) *
                                                static_cast<double>(
                                                    x.data()[down.indices[y] * a.input_strides.row_stride +
                                                             across.indices[z] * c +
                                                             static_cast<std::ptrdiff_t>(n)]);
                                const auto at = static_cast<std::ptrdiff_t>(i) * a.output_strides.row_stride +
                                                static_cast<std::ptrdiff_t>(j) * c;
                                right = right &&
                                        std::fabs(static_cast<double>(out[static_cast<std::size_t>(at) + n]) -
                                                  want) < 2e-6;
                            }
                    CHECK_MESSAGE(right, k.name << " taps " << taps << " channels " << channels);
                });
            }
}

TEST_CASE("resize: codes are copied") {
    noise random;
    const table down({.input = 3, .output = 6, .scale = 2});
    const table across({.input = 4, .output = 2, .scale = 0.5});
    const operand<std::uint8_t> x(3 * 4 * 5, random);
    kernel::resize_u8_args a{.input = x.data(), .channels = 5};
    a.rows = down.taps;
    a.columns = across.taps;
    a.input_strides = {20, 5};
    a.output_strides = {10, 5};
    kernel::for_each_supported(kernel::resize_u8_list, arch::detect(), [&](const auto& k) {
        guarded<std::uint8_t> out(60);
        a.output = out.data();
        k.run(a);
        CHECK(out.margins_intact());
        for (std::size_t i = 0; i < 60; ++i) {
            const auto row = static_cast<std::size_t>(down.indices[i / 10]);
            const auto column = static_cast<std::size_t>(across.indices[i / 5 % 2]);
            CHECK(out[i] == x.data()[row * 20 + column * 5 + i % 5]);
        }
    });
}
