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
                              std::int32_t (&sums)[igemm_vector_tile.outputs]) noexcept {
    constexpr std::size_t group = std::size_t{igemm_vector_tile.outputs} * igemm_vector_tile.depth;
    const std::int8_t* w = a.weights + a.starts[p] * group;
    for (std::uint32_t k = a.starts[p]; k < a.starts[p + 1]; ++k, w += group) {
        const std::uint8_t* x = input + a.columns[k];
        for (std::uint32_t lane = 0; lane < igemm_vector_tile.outputs; ++lane)
            sums[lane] = add_wrapped(sums[lane], x[0] * w[4 * lane] + x[1] * w[4 * lane + 1] +
                                                     x[2] * w[4 * lane + 2] + x[3] * w[4 * lane + 3]);
    }
}

} // namespace detail

inline void sparse_igemm(const sparse_igemm_args& a) noexcept {
    constexpr std::uint32_t outputs = igemm_vector_tile.outputs;
    for (std::uint32_t row = 0; row < a.over.rows; ++row)
        for (std::uint32_t column = 0; column < a.over.columns; ++column) {
            const std::uint8_t* input = a.input + static_cast<std::ptrdiff_t>(row) * a.over.row_stride +
                                        static_cast<std::ptrdiff_t>(column) * a.over.column_stride;
            for (std::uint32_t first = 0; first < a.channels; first += outputs) {
                std::int32_t sums[outputs] = {};
                detail::sparse_igemm_sums(a, first / outputs, input, sums);
                store_sums(a, row, column, first, a.channels - first < outputs ? a.channels - first : outputs,
                           sums);
            }
        }
}

} // namespace pith::kernel::portable

namespace pith::kernel {

template <>
struct portable_entry<sparse_igemm_args> : portable_function<sparse_igemm_args, &portable::sparse_igemm> {};

} // namespace pith::kernel

#endif
