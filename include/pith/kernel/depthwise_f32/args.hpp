// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_DEPTHWISE_F32_ARGS_HPP
#define PITH_KERNEL_DEPTHWISE_F32_ARGS_HPP
/// Depthwise convolution of float32: one filter per channel.

#include <cstdint>

#include "../../base/on_use.hpp"
#include "../epilogue.hpp"
#include "../window.hpp"

namespace pith::kernel {

/// As depthwise_u8_args, on float32.
struct depthwise_f32_args {
    const float* input = nullptr;
    window over;
    const float* weights = nullptr; ///< [taps][round_up(channels, 16)], zero filled
    float* output = nullptr;
    pixel_strides output_strides;
    float_epilogue epilogue;
};

} // namespace pith::kernel

#endif
