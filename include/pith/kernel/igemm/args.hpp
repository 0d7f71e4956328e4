// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_IGEMM_ARGS_HPP
#define PITH_KERNEL_IGEMM_ARGS_HPP
/// Integer convolution and dense layers: uint8 activations, int8 weights, exact int32 sums.

#include <cstdint>

#include "../../base/on_use.hpp"
#include "../../format/tile.hpp"
#include "../epilogue.hpp"
#include "../window.hpp"

namespace pith::kernel {

inline constexpr format::tile igemm_vector_tile{16, 4}; ///< every vector kernel's

/// acc[pixel, c] = sum over runs and k of input * weight, int32 (never saturating in between).
/// The input may be over-read by over_read_bytes; output is written exactly.
struct igemm_args {
    const std::uint8_t* input = nullptr; ///< first input of pixel (0, 0), run (0, 0)
    window over;
    const std::int8_t* weights = nullptr; ///< packed by `packed` (format/tile.hpp), 16-byte aligned
    format::tile packed;
    std::uint32_t channels = 0; ///< output channels

    std::uint8_t* output = nullptr; ///< codes; or
    float* real_output = nullptr;   ///< when set: (float)(acc + bias[c]) * factor[c], no codes
    pixel_strides output_strides;
    codes_epilogue epilogue;
};

} // namespace pith::kernel

#endif
