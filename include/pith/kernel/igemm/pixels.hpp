// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_IGEMM_PIXELS_HPP
#define PITH_KERNEL_IGEMM_PIXELS_HPP
/// Output pixels of a convolution, handed out some at a time in row-major order.

#include <cstddef>
#include <cstdint>

#include "args.hpp"

namespace pith::kernel {

/// Where the pixels of a tile are.
struct pixel_tile {
    static constexpr int capacity = 16;

    const std::uint8_t* input[capacity];
    std::ptrdiff_t output[capacity];
    std::ptrdiff_t residual[capacity];
};

/// Walks an image; rows that follow each other in memory without a gap are walked as one.
class pixel_walk {
public:
    explicit pixel_walk(const igemm_args& a) noexcept
        : columns_(a.over.columns), left_(a.over.rows * a.over.columns), input_(a.input),
          input_step_(a.over.column_stride), output_step_(a.output_strides.column_stride),
          residual_step_(a.epilogue.residual_strides.column_stride) {
        const auto columns = static_cast<std::ptrdiff_t>(columns_);
        input_gap_ = a.over.row_stride - columns * input_step_;
        output_gap_ = a.output_strides.row_stride - columns * output_step_;
        if (a.epilogue.residual != nullptr)
            residual_gap_ = a.epilogue.residual_strides.row_stride - columns * residual_step_;
        if (input_gap_ == 0 && output_gap_ == 0 && residual_gap_ == 0)
            columns_ = left_;
    }

    [[nodiscard]] std::uint32_t left() const noexcept { return left_; }

    /// True when, in every tile that starts at a multiple of 2 * n pixels, pixels m and m + n lie equally far
    /// apart.
    [[nodiscard]] bool repeats_after(std::uint32_t n) const noexcept {
        return columns_ == left_ || columns_ % n == 0;
    }

    /// @pre count <= left()
    void take(pixel_tile& tile, std::uint32_t count) noexcept {
        left_ -= count;
        for (std::uint32_t m = 0; m < count; ++m) {
            tile.input[m] = input_;
            tile.output[m] = output_;
            tile.residual[m] = residual_;
            input_ += input_step_;
            output_ += output_step_;
            residual_ += residual_step_;
            if (++column_ == columns_) {
                column_ = 0;
                input_ += input_gap_;
                output_ += output_gap_;
                residual_ += residual_gap_;
            }
        }
    }

private:
    std::uint32_t columns_;
    std::uint32_t left_;
    std::uint32_t column_ = 0;
    const std::uint8_t* input_;
    std::ptrdiff_t output_ = 0;
    std::ptrdiff_t residual_ = 0;
    std::ptrdiff_t input_step_;
    std::ptrdiff_t output_step_;
    std::ptrdiff_t residual_step_;
    std::ptrdiff_t input_gap_ = 0;
    std::ptrdiff_t output_gap_ = 0;
    std::ptrdiff_t residual_gap_ = 0;
};

/// Pixels of the next tile: tiles of nearly equal size, none above `most`.
[[nodiscard]] constexpr std::uint32_t even_share(std::uint32_t left, std::uint32_t most) noexcept {
    const std::uint32_t tiles = (left + most - 1) / most;
    return (left + tiles - 1) / tiles;
}

} // namespace pith::kernel

#endif
