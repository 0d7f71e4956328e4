// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_SGEMM_ARGS_HPP
#define PITH_KERNEL_SGEMM_ARGS_HPP
/// Float convolution and dense layers.

#include <cstdint>

#include "../../base/on_use.hpp"
#include "../../format/tile.hpp"
#include "../epilogue.hpp"
#include "../window.hpp"

namespace pith::kernel {

inline constexpr format::tile sgemm_tile{16, 1}; ///< every vector kernel's

/// As igemm_args, on float32.
struct sgemm_args {
    const float* input = nullptr; ///< first input of pixel (0, 0), run (0, 0)
    window over;
    const float* weights = nullptr; ///< packed by `packed` (format/tile.hpp)
    format::tile packed;
    std::uint32_t channels = 0; ///< output channels

    float* output = nullptr;
    pixel_strides output_strides;
    float_epilogue epilogue;
};

} // namespace pith::kernel

#endif
