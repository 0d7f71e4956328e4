// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_CODES_HPP
#define PITH_KERNEL_CODES_HPP
/// codes_epilogue, one accumulator at a time: what every vector epilogue must equal bit for bit.

#include <cstddef>
#include <cstdint>

#include "epilogue.hpp"

namespace pith::kernel {

/// sum + addend, modulo 2^32, as every kernel adds.
[[nodiscard]] constexpr std::int32_t add_wrapped(std::int32_t sum, std::int32_t addend) noexcept {
    return static_cast<std::int32_t>(static_cast<std::uint32_t>(sum) + static_cast<std::uint32_t>(addend));
}

/// Residual codes of an output pixel, or null.
[[nodiscard]] constexpr const std::uint8_t* residual_at(const codes_epilogue& e, std::uint32_t row,
                                                        std::uint32_t column) noexcept {
    if (e.residual == nullptr)
        return nullptr;
    return e.residual + static_cast<std::ptrdiff_t>(row) * e.residual_strides.row_stride +
           static_cast<std::ptrdiff_t>(column) * e.residual_strides.column_stride;
}

/// Codes of `count` neighbouring channels of a pixel. @param residual codes of the pixel, or null
/// @param output of channel `first`
PITH_NOINLINE inline void store_codes(const codes_epilogue& e, const std::int32_t* sums, std::uint32_t first,
                                      std::uint32_t count, const std::uint8_t* residual,
                                      std::uint8_t* output) noexcept {
    const codes_epilogue own = e; // which no store changes
    const auto code = [&](std::uint32_t i) {
        return format::requantize(add_wrapped(sums[i], own.bias[first + i]), own.factor[first + i], own.zero,
                                  own.lowest, own.highest);
    };
    if (residual == nullptr) {
        for (std::uint32_t i = 0; i < count; ++i)
            output[i] = static_cast<std::uint8_t>(code(i));
        return;
    }
    const format::code_adder add(own.add, own.add_lowest, own.add_highest);
    for (std::uint32_t i = 0; i < count; ++i) {
        const std::int32_t other = residual[first + i];
        output[i] =
            static_cast<std::uint8_t>(own.residual_is_first ? add(other, code(i)) : add(code(i), other));
    }
}

/// The code of one channel. @param residual codes of the pixel, or null
[[nodiscard]] inline std::uint8_t to_code(const codes_epilogue& e, std::int32_t sum, std::uint32_t channel,
                                          const std::uint8_t* residual) noexcept {
    std::uint8_t code = 0;
    store_codes(e, &sum, channel, 1, residual, &code);
    return code;
}

[[nodiscard]] inline float to_real(const codes_epilogue& e, std::int32_t sum,
                                   std::uint32_t channel) noexcept {
    return static_cast<float>(add_wrapped(sum, e.bias[channel])) * e.factor[channel];
}

/// Codes, or reals, of `count` neighbouring channels of an output pixel.
/// @tparam Args with output, real_output, output_strides and a codes_epilogue
template <class Args>
void store_sums(const Args& a, std::uint32_t row, std::uint32_t column, std::uint32_t first,
                std::uint32_t count, const std::int32_t* sums) noexcept {
    const std::ptrdiff_t to = static_cast<std::ptrdiff_t>(row) * a.output_strides.row_stride +
                              static_cast<std::ptrdiff_t>(column) * a.output_strides.column_stride +
                              static_cast<std::ptrdiff_t>(first);
    if (a.real_output == nullptr)
        return store_codes(a.epilogue, sums, first, count, residual_at(a.epilogue, row, column),
                           a.output + to);
    for (std::uint32_t i = 0; i < count; ++i)
        a.real_output[to + static_cast<std::ptrdiff_t>(i)] = to_real(a.epilogue, sums[i], first + i);
}

} // namespace pith::kernel

#endif
