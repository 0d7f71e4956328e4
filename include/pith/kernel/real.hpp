// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_REAL_HPP
#define PITH_KERNEL_REAL_HPP
/// float_epilogue, one accumulator at a time.

#include <cstddef>
#include <cstdint>

#include "epilogue.hpp"

namespace pith::kernel {

/// Residual elements of an output pixel, or null.
[[nodiscard]] constexpr const float* residual_at(const float_epilogue& e, std::uint32_t row,
                                                 std::uint32_t column) noexcept {
    if (e.residual == nullptr)
        return nullptr;
    return e.residual + static_cast<std::ptrdiff_t>(row) * e.residual_strides.row_stride +
           static_cast<std::ptrdiff_t>(column) * e.residual_strides.column_stride;
}

/// @param residual elements of the pixel, or null
[[nodiscard]] constexpr float finish(const float_epilogue& e, float sum, std::uint32_t channel,
                                     const float* residual) noexcept {
    float v = sum + e.bias[channel];
    v = v > e.low ? v : e.low;
    v = v < e.high ? v : e.high;
    if (residual == nullptr)
        return v;
    v += residual[channel];
    v = v > e.add_low ? v : e.add_low;
    return v < e.add_high ? v : e.add_high;
}

} // namespace pith::kernel

#endif
