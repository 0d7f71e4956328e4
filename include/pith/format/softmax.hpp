// SPDX-License-Identifier: MIT
#ifndef PITH_FORMAT_SOFTMAX_HPP
#define PITH_FORMAT_SOFTMAX_HPP
/// Constants of a softmax on codes: a table of exponentials, indexed by the distance to the greatest code.

#include <cmath>
#include <cstddef>
#include <cstdint>

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

} // namespace pith::format

#endif
