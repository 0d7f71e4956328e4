// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_CODES_HPP
#define PITH_KERNEL_CODES_HPP
/// codes_epilogue, one accumulator at a time: what every vector epilogue must equal bit for bit.

#include <cstddef>
#include <cstdint>

#include "epilogue.hpp"

namespace pith::kernel {

/// acc + bias, modulo 2^32.
[[nodiscard]] constexpr std::int32_t add_bias(std::int32_t sum, std::int32_t bias) noexcept {
    return static_cast<std::int32_t>(static_cast<std::uint32_t>(sum) + static_cast<std::uint32_t>(bias));
}

/// Residual codes of an output pixel, or null.
[[nodiscard]] constexpr const std::uint8_t* residual_at(const codes_epilogue& e, std::uint32_t row,
                                                        std::uint32_t column) noexcept {
    if (e.residual == nullptr)
        return nullptr;
    return e.residual + static_cast<std::ptrdiff_t>(row) * e.residual_strides.row_stride +
           static_cast<std::ptrdiff_t>(column) * e.residual_strides.column_stride;
}

/// @param residual codes of the pixel, or null
[[nodiscard]] PITH_ALWAYS_INLINE std::uint8_t to_code(const codes_epilogue& e, std::int32_t sum,
                                                      std::uint32_t channel,
                                                      const std::uint8_t* residual) noexcept {
    std::int32_t code =
        format::requantize(add_bias(sum, e.bias[channel]), e.factor[channel], e.zero, e.lowest, e.highest);
    if (residual != nullptr) {
        const std::int32_t other = residual[channel];
        code = e.residual_is_first ? format::add_codes(other, code, e.add, e.add_lowest, e.add_highest)
                                   : format::add_codes(code, other, e.add, e.add_lowest, e.add_highest);
    }
    return static_cast<std::uint8_t>(code);
}

/// Codes of `count` neighbouring channels of a pixel. @param residual codes of the pixel, or null
/// @param output of channel `first`
PITH_NOINLINE inline void store_codes(const codes_epilogue& e, const std::int32_t* sums, std::uint32_t first,
                                      std::uint32_t count, const std::uint8_t* residual,
                                      std::uint8_t* output) noexcept {
    const codes_epilogue copy = e; // which no store can change
    if (residual == nullptr)
        for (std::uint32_t i = 0; i < count; ++i)
            output[i] = to_code(copy, sums[i], first + i, nullptr);
    else
        for (std::uint32_t i = 0; i < count; ++i)
            output[i] = to_code(copy, sums[i], first + i, residual);
}

[[nodiscard]] inline float to_real(const codes_epilogue& e, std::int32_t sum,
                                   std::uint32_t channel) noexcept {
    return static_cast<float>(add_bias(sum, e.bias[channel])) * e.factor[channel];
}

} // namespace pith::kernel

#endif
