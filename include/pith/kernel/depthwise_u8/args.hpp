// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_DEPTHWISE_U8_ARGS_HPP
#define PITH_KERNEL_DEPTHWISE_U8_ARGS_HPP
/// Depthwise convolution of uint8 codes: one filter per channel.

#include <cstdint>

#include "../../base/on_use.hpp"
#include "../epilogue.hpp"
#include "../window.hpp"

namespace pith::kernel {

/// acc[pixel, c] = sum over taps of input[tap, c] * weights[tap][c]. In `over` a run is one tap: run_rows and
/// run_columns are the kernel's size, run_length is the number of channels. No residual.
struct depthwise_u8_args {
    const std::uint8_t* input = nullptr;
    window over;
    const std::int8_t* weights = nullptr; ///< [taps][round_up(channels, 16)], zero filled
    std::uint8_t* output = nullptr;
    pixel_strides output_strides;
    codes_epilogue epilogue;
};

} // namespace pith::kernel

#endif
