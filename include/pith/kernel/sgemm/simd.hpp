// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_SGEMM_SIMD_HPP
#define PITH_KERNEL_SGEMM_SIMD_HPP
/// Float convolution on xsimd's vectors, for the instruction sets the compiler was told about. The vector
/// type is a template argument everywhere, so that two builds with different flags stay different functions.

#include <cstddef>
#include <cstdint>
#include <xsimd/xsimd.hpp>

#include "../../arch/isa.hpp"
#include "../../base/config.hpp"
#include "../real.hpp"
#include "args.hpp"

namespace pith::kernel::by_xsimd {

namespace detail {

inline constexpr std::uint32_t panel_outputs = sgemm_tile.outputs;

/// Pixels whose 16 sums fit the vector registers, with room for weights.
template <class Arch>
inline constexpr std::uint32_t pixels_abreast = xsimd::batch<float, Arch>::size >= 8 ? 4u
                                                : PITH_AARCH64                       ? 4u
                                                                                     : 2u;

/// Sums of `M` pixels for the panel at `weights`, to sums[m][16].
template <class Arch, std::uint32_t M>
void sum_panel(const window& over, const float* const (&pixels)[M], const float* weights,
               float (&sums)[M][panel_outputs]) noexcept {
    using batch = xsimd::batch<float, Arch>;
    constexpr std::uint32_t vectors = panel_outputs / batch::size;
    batch acc[M][vectors];
#pragma GCC unroll 8
    for (std::uint32_t m = 0; m < M; ++m)
#pragma GCC unroll 8
        for (std::uint32_t v = 0; v < vectors; ++v)
            acc[m][v] = batch(0.f);
    for (std::uint32_t row = 0; row < over.run_rows; ++row)
        for (std::uint32_t column = 0; column < over.run_columns; ++column) {
            const std::ptrdiff_t at = static_cast<std::ptrdiff_t>(row) * over.run_row_stride +
                                      static_cast<std::ptrdiff_t>(column) * over.run_column_stride;
            for (std::uint32_t k = 0; k < over.run_length; ++k, weights += panel_outputs) {
                batch w[vectors];
#pragma GCC unroll 8
                for (std::uint32_t v = 0; v < vectors; ++v)
                    w[v] = batch::load_unaligned(weights + v * batch::size);
#pragma GCC unroll 8
                for (std::uint32_t m = 0; m < M; ++m) {
                    const batch x(pixels[m][at + static_cast<std::ptrdiff_t>(k)]);
#pragma GCC unroll 8
                    for (std::uint32_t v = 0; v < vectors; ++v)
                        acc[m][v] = xsimd::fma(x, w[v], acc[m][v]);
                }
            }
        }
#pragma GCC unroll 8
    for (std::uint32_t m = 0; m < M; ++m)
#pragma GCC unroll 8
        for (std::uint32_t v = 0; v < vectors; ++v)
            acc[m][v].store_unaligned(sums[m] + v * batch::size);
}

/// `M` neighbouring pixels of a row, all channels.
template <class Arch, std::uint32_t M>
void run_pixels(const sgemm_args& a, std::uint32_t row, std::uint32_t column) noexcept {
    const float* pixels[M];
    for (std::uint32_t m = 0; m < M; ++m)
        pixels[m] = a.input + static_cast<std::ptrdiff_t>(row) * a.over.row_stride +
                    static_cast<std::ptrdiff_t>(column + m) * a.over.column_stride;
    const std::size_t panel = std::size_t{a.over.runs()} * a.over.run_length * panel_outputs;
    const float* weights = a.weights;
    for (std::uint32_t first = 0; first < a.channels; first += panel_outputs, weights += panel) {
        alignas(64) float sums[M][panel_outputs];
        sum_panel<Arch, M>(a.over, pixels, weights, sums);
        const std::uint32_t count = a.channels - first < panel_outputs ? a.channels - first : panel_outputs;
        for (std::uint32_t m = 0; m < M; ++m) {
            float* y = a.output + static_cast<std::ptrdiff_t>(row) * a.output_strides.row_stride +
                       static_cast<std::ptrdiff_t>(column + m) * a.output_strides.column_stride;
            const float* residual = residual_at(a.epilogue, row, column + m);
            for (std::uint32_t c = 0; c < count; ++c)
                y[first + c] = finish(a.epilogue, sums[m][c], first + c, residual);
        }
    }
}

} // namespace detail

/// What a processor must have for a vector type wider than every processor's.
template <class Arch = xsimd::default_arch>
inline constexpr arch::isa_set needs =
    xsimd::batch<float, Arch>::size >= 16  ? arch::isa::avx2 | arch::isa::avx512
    : xsimd::batch<float, Arch>::size == 8 ? arch::isa::avx2
                                           : arch::isa::none;

/// Reads weights packed as {16, 1}.
template <class Arch = xsimd::default_arch>
void sgemm(const sgemm_args& a) noexcept {
    constexpr std::uint32_t abreast = detail::pixels_abreast<Arch>;
    for (std::uint32_t row = 0; row < a.over.rows; ++row) {
        std::uint32_t column = 0;
        for (; column + abreast <= a.over.columns; column += abreast)
            detail::run_pixels<Arch, abreast>(a, row, column);
        for (; column < a.over.columns; ++column)
            detail::run_pixels<Arch, 1>(a, row, column);
    }
}

} // namespace pith::kernel::by_xsimd

#endif
