// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_EPILOGUE_HPP
#define PITH_KERNEL_EPILOGUE_HPP
/// What GEMM-like kernels do with an accumulator before it is stored: requantise, clamp, add a residual.

#include <cstddef>
#include <cstdint>

#include "../format/requantize.hpp"
#include "window.hpp"

namespace pith::kernel {

/// Integer accumulators to uint8 codes: code = requantize(acc + bias[c], factor[c], zero, lowest, highest);
/// then, if `residual` is set, code = add_codes(code, residual code) (or with the operands exchanged). `bias`
/// and `factor` are readable up to a multiple of the panel's outputs.
struct codes_epilogue {
    const std::int32_t* bias = nullptr; ///< [channels]; holds -input_zero * sum(weights) as well
    const float* factor = nullptr;      ///< [channels]
    std::int32_t zero = 0;
    std::int32_t lowest = 0;
    std::int32_t highest = 255;

    const std::uint8_t* residual = nullptr; ///< laid out by residual_strides; may be the output itself
    pixel_strides residual_strides;
    bool residual_is_first = false; ///< the residual plays `a` in add_codes, the accumulator's code `b`
    format::add_factors add;
    std::int32_t add_lowest = 0;
    std::int32_t add_highest = 255;
};

/// Float accumulators: v = clamp(acc + bias[c], low, high); then, if `residual` is set,
/// v = clamp(v + residual, add_low, add_high). NaN accumulators stay unspecified.
struct float_epilogue {
    const float* bias = nullptr; ///< [channels], readable up to a multiple of the panel's outputs; never null
    float low = -3.402823466e38f;
    float high = 3.402823466e38f;

    const float* residual = nullptr; ///< may be the output itself
    pixel_strides residual_strides;
    float add_low = -3.402823466e38f;
    float add_high = 3.402823466e38f;
};

} // namespace pith::kernel

#endif
