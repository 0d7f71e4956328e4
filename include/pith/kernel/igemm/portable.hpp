// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_IGEMM_PORTABLE_HPP
#define PITH_KERNEL_IGEMM_PORTABLE_HPP
/// Integer convolution in plain C++: the reference of every other kernel, for any tile and any processor.

#include <cstddef>
#include <cstdint>

#include "../../base/bits.hpp"
#include "../codes.hpp"
#include "../entry.hpp"
#include "args.hpp"

namespace pith::kernel::portable {

namespace detail {

/// One output over all runs. @param weights its first weight; `group` elements further lie the next `depth`
/// inputs of the same output.
[[nodiscard]] inline std::int32_t igemm_sum(const window& over, const std::uint8_t* input,
                                            const std::int8_t* weights, std::uint32_t depth,
                                            std::size_t group) noexcept {
    std::uint32_t sum = 0; // wraps like every kernel's
    for (std::uint32_t row = 0; row < over.run_rows; ++row) {
        for (std::uint32_t column = 0; column < over.run_columns; ++column) {
            const std::uint8_t* x = input + static_cast<std::ptrdiff_t>(row) * over.run_row_stride +
                                    static_cast<std::ptrdiff_t>(column) * over.run_column_stride;
            std::uint32_t left = over.run_length;
            if (depth == 4) // the vector kernels' tile, worth a loop without a loop inside
                for (; left >= 4; left -= 4, x += 4, weights += group)
                    sum += static_cast<std::uint32_t>(x[0] * weights[0] + x[1] * weights[1] +
                                                      x[2] * weights[2] + x[3] * weights[3]);
            for (; left >= depth; left -= depth, x += depth, weights += group)
                for (std::uint32_t k = 0; k < depth; ++k)
                    sum += static_cast<std::uint32_t>(x[k] * weights[k]);
            if (left != 0) {
                for (std::uint32_t k = 0; k < left; ++k)
                    sum += static_cast<std::uint32_t>(x[k] * weights[k]);
                weights += group;
            }
        }
    }
    return static_cast<std::int32_t>(sum);
}

} // namespace detail

inline void igemm(const igemm_args& a) noexcept {
    const std::uint32_t outputs = a.packed.outputs;
    const std::uint32_t depth = a.packed.depth;
    const std::size_t group = std::size_t{outputs} * depth;
    const std::size_t panel = a.over.runs() * round_up(a.over.run_length, depth) * std::size_t{outputs};
    for (std::uint32_t row = 0; row < a.over.rows; ++row) {
        for (std::uint32_t column = 0; column < a.over.columns; ++column) {
            const auto r = static_cast<std::ptrdiff_t>(row);
            const auto c = static_cast<std::ptrdiff_t>(column);
            const std::uint8_t* x = a.input + r * a.over.row_stride + c * a.over.column_stride;
            const std::ptrdiff_t out = r * a.output_strides.row_stride + c * a.output_strides.column_stride;
            const std::uint8_t* residual = residual_at(a.epilogue, row, column);
            for (std::uint32_t channel = 0; channel < a.channels; ++channel) {
                const std::int8_t* w = a.weights + channel / outputs * panel + channel % outputs * depth;
                const std::int32_t sum = detail::igemm_sum(a.over, x, w, depth, group);
                if (a.real_output != nullptr)
                    a.real_output[out + static_cast<std::ptrdiff_t>(channel)] =
                        to_real(a.epilogue, sum, channel);
                else
                    a.output[out + static_cast<std::ptrdiff_t>(channel)] =
                        to_code(a.epilogue, sum, channel, residual);
            }
        }
    }
}

} // namespace pith::kernel::portable

namespace pith::kernel {

template <>
struct portable_entry<igemm_args> : portable_function<igemm_args, &portable::igemm> {};

} // namespace pith::kernel

#endif
