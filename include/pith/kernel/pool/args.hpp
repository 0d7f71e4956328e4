// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_POOL_ARGS_HPP
#define PITH_KERNEL_POOL_ARGS_HPP
/// Pooling of one NHWC image. Windows are clipped at the image: padding is never read, so inputs need no
/// border (and may have one).

#include <cstddef>
#include <cstdint>

#include "../../base/on_use.hpp"
#include "../../format/affine.hpp"
#include "../window.hpp"

namespace pith::kernel {

/// Tap (i, j) of output pixel (r, c) is input pixel (r * strides[0] + i * dilations[0] - pads[0],
/// c * strides[1] + j * dilations[1] - pads[1]); it counts when it is inside the image.
struct pool_geometry {
    std::uint32_t input_rows = 0;
    std::uint32_t input_columns = 0;
    std::uint32_t output_rows = 0;
    std::uint32_t output_columns = 0;
    std::uint32_t channels = 0;
    std::uint32_t kernel[2] = {1, 1};
    std::uint32_t strides[2] = {1, 1};
    std::uint32_t pads[4] = {0, 0, 0, 0}; ///< top, left, bottom, right
    std::uint32_t dilations[2] = {1, 1};
    pixel_strides input_strides{};
    pixel_strides output_strides{};
};

/// Greatest code of each window; codes of the input are codes of the output. An empty window gives 0.
struct max_pool_u8_args {
    const std::uint8_t* input = nullptr;
    std::uint8_t* output = nullptr;
    pool_geometry over{};
};

/// Greatest element of each window. An empty window gives the lowest finite float; NaN stays unspecified.
struct max_pool_f32_args {
    const float* input = nullptr;
    float* output = nullptr;
    pool_geometry over{};
};

/// Mean of each window, summed in window order.
struct average_pool_f32_args {
    const float* input = nullptr;
    float* output = nullptr;
    pool_geometry over{};
    bool count_padding = false; ///< divide by the taps on pads too (but by none beyond them)
};

/// output = format::average_code of the mean, the decoded codes summed in window order in float.
struct average_pool_u8_args {
    const std::uint8_t* input = nullptr;
    std::uint8_t* output = nullptr;
    pool_geometry over{};
    bool count_padding = false;
    format::affine from{};
    format::affine to{};
};

/// Mean of a whole image: output[c] = round(clamp(sum(input - input_zero) * factor)) + zero.
struct global_average_u8_args {
    const std::uint8_t* input = nullptr;
    std::uint8_t* output = nullptr; ///< [channels]
    std::uint32_t rows = 0;
    std::uint32_t columns = 0;
    std::uint32_t channels = 0;
    pixel_strides input_strides{};
    std::int32_t input_zero = 0;
    float factor = 0.f; ///< format::global_average_factor
    std::int32_t zero = 0;
    std::int32_t lowest = 0;
    std::int32_t highest = 255;
};

} // namespace pith::kernel

#endif
