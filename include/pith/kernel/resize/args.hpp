// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_RESIZE_ARGS_HPP
#define PITH_KERNEL_RESIZE_ARGS_HPP
/// Resizing of one NHWC image. Each output row (and column) is a weighted sum of a few input rows (columns),
/// named in tables which format::resize_axis makes at pack time: 1 tap for nearest, 2 for linear, 4 for
/// cubic.

#include <cstdint>

#include "../window.hpp"

namespace pith::kernel {

/// One axis: output i reads inputs indices[i * taps + t] with weights[i * taps + t].
struct resize_axis_taps {
    const std::int32_t* indices = nullptr; ///< [outputs][taps], all inside the image
    const float* weights = nullptr;        ///< [outputs][taps]; not read when taps is 1
    std::uint32_t outputs = 0;
};

struct resize_f32_args {
    const float* input = nullptr;
    float* output = nullptr;
    std::uint32_t channels = 0;
    std::uint32_t taps = 1; ///< of both axes: 1, 2 or 4
    resize_axis_taps rows{};
    resize_axis_taps columns{};
    pixel_strides input_strides{};
    pixel_strides output_strides{};
};

/// Nearest only: codes are copied.
struct resize_u8_args {
    const std::uint8_t* input = nullptr;
    std::uint8_t* output = nullptr;
    std::uint32_t channels = 0;
    resize_axis_taps rows{};
    resize_axis_taps columns{};
    pixel_strides input_strides{};
    pixel_strides output_strides{};
};

} // namespace pith::kernel

#endif
