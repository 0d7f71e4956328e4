// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_SOFTMAX_ARGS_HPP
#define PITH_KERNEL_SOFTMAX_ARGS_HPP
/// Softmax along the middle axis of a dense [outer, size, inner] tensor.

#include <cstddef>
#include <cstdint>

namespace pith::kernel {

/// exp(x - max) / sum, or with `log` its logarithm. The output may be the input.
struct softmax_f32_args {
    const float* input = nullptr;
    float* output = nullptr;
    std::size_t outer = 1;
    std::size_t size = 0;
    std::size_t inner = 1;
    bool log = false;
};

/// y = clip(round(table[x + 255 - max] * levels / sum) + zero), sum of the table's values in order.
struct softmax_u8_args {
    const std::uint8_t* input = nullptr;
    std::uint8_t* output = nullptr;
    std::size_t outer = 1;
    std::size_t size = 0;
    std::size_t inner = 1;
    const float* table = nullptr; ///< 256 exponentials by format::make_softmax_table
    float levels = 0.f;           ///< format::softmax_levels(output_scale)
    std::int32_t zero = 0;
    std::int32_t lowest = 0;
    std::int32_t highest = 255;
};

} // namespace pith::kernel

#endif
