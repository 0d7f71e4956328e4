// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_WINDOW_HPP
#define PITH_KERNEL_WINDOW_HPP
/// Convolution as GEMM without copies. The input lies in memory with its padding around it (the plan gives
/// tensors a border of real zeros), so the window of an output pixel is a fixed pattern of contiguous runs:
/// kernel row by kernel row, each kernel_width * channels inputs long. A dense layer is one run on one pixel.

#include <cstddef>
#include <cstdint>

namespace pith::kernel {

/// All strides are in elements. Input element of (row, column, run_row, run_column, k) is
/// row * row_stride + column * column_stride + run_row * run_row_stride + run_column * run_column_stride + k.
struct window {
    std::uint32_t rows = 1;    ///< output rows
    std::uint32_t columns = 1; ///< output columns
    std::ptrdiff_t row_stride = 0;
    std::ptrdiff_t column_stride = 0;
    std::uint32_t run_rows = 1; ///< kernel height
    std::uint32_t run_columns =
        1; ///< 1 where a kernel row is contiguous, else kernel width (dilation, groups)
    std::ptrdiff_t run_row_stride = 0;
    std::ptrdiff_t run_column_stride = 0;
    std::uint32_t run_length = 0; ///< inputs in a run

    [[nodiscard]] constexpr std::uint32_t runs() const noexcept { return run_rows * run_columns; }
};

/// Where output pixels go: element (row, column, channel) at row * row_stride + column * column_stride +
/// channel.
struct pixel_strides {
    std::ptrdiff_t row_stride = 0;
    std::ptrdiff_t column_stride = 0;
};

} // namespace pith::kernel

#endif
