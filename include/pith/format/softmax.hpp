// SPDX-License-Identifier: MIT
#ifndef PITH_FORMAT_SOFTMAX_HPP
#define PITH_FORMAT_SOFTMAX_HPP
/// Constants of a softmax on codes: a table of exponentials, indexed by the distance to the greatest code.

#include <cmath>
#include <cstddef>
#include <cstdint>

#include "affine.hpp"

namespace pith::format {

/// table[i] = exp((i - 255 + bonus) * input_scale), bonus such that `size` of them still have a finite sum.
inline void make_softmax_table(float (&table)[256], float input_scale, std::size_t size) noexcept {
    const double scale = static_cast<double>(input_scale);
    const double greatest = static_cast<double>(3.402823466e38f) / static_cast<double>(size);
    const double room = std::log(greatest) - 5.0;
    const double bonus = (room > 0 ? room : 0.0) / scale;
    for (std::int32_t i = 0; i < 256; ++i)
        table[i] = static_cast<float>(std::exp((i - 255 + bonus) * scale));
}

/// Steps of the output between 0 and 1.
[[nodiscard]] inline float softmax_levels(float output_scale) noexcept {
    return std::floor(1.f / output_scale);
}

/// Code of one element: its exponential from the table, out of the row's sum of them.
[[nodiscard]] inline std::int32_t softmax_code(float exponential, float sum, float levels,
                                               const affine& to) noexcept {
    const float scaled = exponential * levels;
    // Near the greatest code of a finely scaled output the product leaves the floats.
    const float quotient = scaled <= 3.402823466e38f
                               ? scaled / sum
                               : static_cast<float>(static_cast<double>(exponential) /
                                                    static_cast<double>(sum) * static_cast<double>(levels));
    return round_clamped(quotient, to.lowest - to.zero, to.highest - to.zero) + to.zero;
}

} // namespace pith::format

#endif
