// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_SPARSE_IGEMM_PORTABLE_HPP
#define PITH_KERNEL_SPARSE_IGEMM_PORTABLE_HPP
/// Sparse integer convolution in plain C++: every other kernel's equal, bit for bit.

#include <cstddef>
#include <cstdint>

#include "../codes.hpp"
#include "../entry.hpp"
#include "args.hpp"

namespace pith::kernel::portable {

namespace detail {

/// The sums of panel `p` for one pixel.
inline void sparse_igemm_sums(const sparse_igemm_args& a, std::uint32_t p, const std::uint8_t* input,
                              std::uint32_t (&sums)[igemm_vector_tile.outputs]) noexcept {
    constexpr std::size_t group = std::size_t{igemm_vector_tile.outputs} * igemm_vector_tile.depth;
    const std::int8_t* w = a.weights + a.starts[p] * group;
    for (std::uint32_t k = a.starts[p]; k < a.starts[p + 1]; ++k, w += group) {
        const std::uint8_t* x = input + a.columns[k];
        for (std::uint32_t lane = 0; lane < igemm_vector_tile.outputs; ++lane)
            sums[lane] += static_cast<std::uint32_t>(x[0] * w[4 * lane] + x[1] * w[4 * lane + 1] +
                                                     x[2] * w[4 * lane + 2] + x[3] * w[4 * lane + 3]);
    }
}

/// All channels of one output pixel, `out` elements into the output.
inline void sparse_igemm_pixel(const sparse_igemm_args& a, const std::uint8_t* input, std::ptrdiff_t out,
                               const std::uint8_t* residual) noexcept {
    constexpr std::uint32_t outputs = igemm_vector_tile.outputs;
    for (std::uint32_t first = 0; first < a.channels; first += outputs) {
        std::uint32_t sums[outputs] = {}; // they wrap like every kernel's
        sparse_igemm_sums(a, first / outputs, input, sums);
        for (std::uint32_t c = first; c < a.channels && c < first + outputs; ++c) {
            const auto sum = static_cast<std::int32_t>(sums[c - first]);
            const std::ptrdiff_t at = out + static_cast<std::ptrdiff_t>(c);
            if (a.real_output != nullptr)
                a.real_output[at] = to_real(a.epilogue, sum, c);
            else
                a.output[at] = to_code(a.epilogue, sum, c, residual);
        }
    }
}

} // namespace detail

inline void sparse_igemm(const sparse_igemm_args& a) noexcept {
    for (std::uint32_t row = 0; row < a.over.rows; ++row)
        for (std::uint32_t column = 0; column < a.over.columns; ++column) {
            const auto r = static_cast<std::ptrdiff_t>(row);
            const auto c = static_cast<std::ptrdiff_t>(column);
            detail::sparse_igemm_pixel(a, a.input + r * a.over.row_stride + c * a.over.column_stride,
                                       r * a.output_strides.row_stride + c * a.output_strides.column_stride,
                                       residual_at(a.epilogue, row, column));
        }
}

} // namespace pith::kernel::portable

namespace pith::kernel {

template <>
struct portable_entry<sparse_igemm_args> : portable_function<sparse_igemm_args, &portable::sparse_igemm> {};

} // namespace pith::kernel

#endif
