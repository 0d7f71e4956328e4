// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_DEPTHWISE_U8_ARM_NEON_HPP
#define PITH_KERNEL_DEPTHWISE_U8_ARM_NEON_HPP
/// Depthwise convolution of codes with NEON: eight channels at a time, inputs and weights widened to 16 bits.

#include <cstddef>
#include <cstdint>

#include "../../base/bits.hpp"
#include "../../base/config.hpp"
#include "../epilogue/arm_neon.hpp"
#include "args.hpp"

#if PITH_AARCH64
#include <arm_neon.h>

namespace pith::kernel::arm_neon {
namespace depthwise_detail {

inline constexpr std::uint32_t block = 8; ///< channels computed together

PITH_ALWAYS_INLINE int16x8_t load_inputs(const std::uint8_t* p) noexcept {
    return vreinterpretq_s16_u16(vmovl_u8(vld1_u8(p)));
}
PITH_ALWAYS_INLINE int16x8_t load_weights(const std::int8_t* p) noexcept {
    return vmovl_s8(vld1_s8(p));
}

/// The sums of an output's channels.
struct sums {
    int32x4_t low, high;

    PITH_ALWAYS_INLINE void add(int16x8_t x, int16x8_t w) noexcept {
        low = vmlal_s16(low, vget_low_s16(x), vget_low_s16(w));
        high = vmlal_high_s16(high, x, w);
    }
};

/// A block of channels.
struct channels {
    sums bias;
    float32x4_t factor[2];
    std::uint32_t first, count;
    const std::int8_t* weights; ///< of the first tap
    std::ptrdiff_t next_tap;

    channels(const depthwise_u8_args& a, std::uint32_t channel) noexcept
        : bias{vld1q_s32(a.epilogue.bias + channel), vld1q_s32(a.epilogue.bias + channel + 4)},
          factor{vld1q_f32(a.epilogue.factor + channel), vld1q_f32(a.epilogue.factor + channel + 4)},
          first(channel), count(a.over.run_length - channel < block ? a.over.run_length - channel : block),
          weights(a.weights + channel),
          next_tap(static_cast<std::ptrdiff_t>(round_up(a.over.run_length, std::uint32_t{16}))) {}

    PITH_ALWAYS_INLINE void store(const sums& s, const epilogue::codes_constants& c,
                                  std::uint8_t* output) const noexcept {
        epilogue::store_first(output, count,
                              epilogue::packed(epilogue::rounded(s.low, factor[0], c),
                                               epilogue::rounded(s.high, factor[1], c), c));
    }
};

/// A column of three weights.
struct triple {
    int16x8_t w[3];
    PITH_ALWAYS_INLINE triple(const channels& f, int column) noexcept
        : w{load_weights(f.weights + column * f.next_tap),
            load_weights(f.weights + (column + 3) * f.next_tap),
            load_weights(f.weights + (column + 6) * f.next_tap)} {}
};

/// A column of inputs for Rows neighbouring rows of outputs.
template <int Rows>
struct column_of {
    int16x8_t x[Rows + 2];
    PITH_ALWAYS_INLINE column_of(const std::uint8_t* p, std::ptrdiff_t next_row) noexcept {
#pragma GCC unroll 4
        for (int r = 0; r < Rows + 2; ++r)
            x[r] = load_inputs(p + r * next_row);
    }
    /// s + this * t, of output row r
    PITH_ALWAYS_INLINE sums weighted(sums s, int r, const triple& t) const noexcept {
#pragma GCC unroll 3
        for (int y = 0; y < 3; ++y)
            s.add(x[r + y], t.w[y]);
        return s;
    }
};

/// Rows rows of outputs of 3x3 filters, `Step` columns of inputs from output to output: each input is loaded
/// once, for all outputs it takes part in. @param input of the rows' first window
template <int Rows, int Step>
void three_by_three(const depthwise_u8_args& a, const channels& f, const epilogue::codes_constants& c,
                    const std::uint8_t* input, std::uint8_t* output) noexcept {
    using column = column_of<Rows>;
    const triple left(f, 0), centre(f, 1), right(f, 2);
    const std::ptrdiff_t next_row = a.over.run_row_stride;
    const std::ptrdiff_t next_column = a.over.run_column_stride;
    sums oldest[Rows], newer[Rows]; // that lack their last column, and their last two
    const column first(input, next_row);
#pragma GCC unroll 2
    for (int r = 0; r < Rows; ++r)
        newer[r] = first.weighted(f.bias, r, left);
    const auto middle = [&] { // what is between the columns where outputs start and end
        input += next_column;
        const column x(input, next_row);
#pragma GCC unroll 2
        for (int r = 0; r < Rows; ++r) {
            oldest[r] = x.weighted(newer[r], r, centre);
            if constexpr (Step == 1)
                newer[r] = x.weighted(f.bias, r, left);
        }
    };
    middle();
    for (std::uint32_t last = a.over.columns - 1;; --last, output += a.output_strides.column_stride) {
        input += next_column;
        const column x(input, next_row);
#pragma GCC unroll 2
        for (int r = 0; r < Rows; ++r)
            f.store(x.weighted(oldest[r], r, right), c, output + r * a.output_strides.row_stride);
        if (last == 0)
            return;
#pragma GCC unroll 2
        for (int r = 0; r < Rows; ++r) {
            if constexpr (Step == 1)
                oldest[r] = x.weighted(newer[r], r, centre);
            newer[r] = x.weighted(f.bias, r, left);
        }
        if constexpr (Step == 2)
            middle();
    }
}

/// N neighbouring pixels of any filter.
template <int N>
void any_filter(const depthwise_u8_args& a, const channels& f, const epilogue::codes_constants& c,
                const std::uint8_t* input, std::uint8_t* output) noexcept {
    const window& over = a.over;
    sums s[N];
#pragma GCC unroll 4
    for (int n = 0; n < N; ++n)
        s[n] = f.bias;
    const std::int8_t* w = f.weights;
    for (std::uint32_t y = 0; y < over.run_rows; ++y) {
        const std::uint8_t* x = input + static_cast<std::ptrdiff_t>(y) * over.run_row_stride;
        for (std::uint32_t i = 0; i < over.run_columns; ++i, x += over.run_column_stride, w += f.next_tap) {
            const int16x8_t weights = load_weights(w);
#pragma GCC unroll 4
            for (int n = 0; n < N; ++n)
                s[n].add(load_inputs(x + n * over.column_stride), weights);
        }
    }
#pragma GCC unroll 4
    for (int n = 0; n < N; ++n)
        f.store(s[n], c, output + n * a.output_strides.column_stride);
}

/// One row of outputs.
template <class = on_use>
inline void any_row(const depthwise_u8_args& a, const channels& f, const epilogue::codes_constants& c,
                    const std::uint8_t* input, std::uint8_t* output) noexcept {
    std::uint32_t left = a.over.columns;
    for (; left >= 4; left -= 4) {
        any_filter<4>(a, f, c, input, output);
        input += 4 * a.over.column_stride;
        output += 4 * a.output_strides.column_stride;
    }
    for (; left != 0; --left) {
        any_filter<1>(a, f, c, input, output);
        input += a.over.column_stride;
        output += a.output_strides.column_stride;
    }
}

/// What computes one row of outputs, or two.
using rows_function = void (*)(const depthwise_u8_args&, const channels&, const epilogue::codes_constants&,
                               const std::uint8_t*, std::uint8_t*) noexcept;

/// Null where there is nothing for two rows.
template <class = on_use>
[[nodiscard]] inline rows_function pick_rows(const window& over, bool two) noexcept {
    const std::ptrdiff_t column = over.run_column_stride;
    const bool three = over.run_rows == 3 && over.run_columns == 3;
    if (three && over.column_stride == column)
        return two ? &three_by_three<2, 1> : &three_by_three<1, 1>;
    if (two)
        return nullptr;
    return three && over.column_stride == 2 * column ? &three_by_three<1, 2> : &any_row<>;
}

} // namespace depthwise_detail

template <class = on_use>
inline void depthwise_u8(const depthwise_u8_args& a) noexcept {
    using namespace depthwise_detail;
    if (a.over.columns == 0)
        return;
    const epilogue::codes_constants c(a.epilogue);
    const rows_function one = pick_rows(a.over, false);
    const rows_function two = a.over.row_stride == a.over.run_row_stride ? pick_rows(a.over, true) : nullptr;
    for (std::uint32_t first = 0; first < a.over.run_length; first += block) {
        const channels f(a, first);
        for (std::uint32_t row = 0; row < a.over.rows;) {
            const bool pair = two != nullptr && a.over.rows - row >= 2;
            (pair ? two
                  : one)(a, f, c, a.input + static_cast<std::ptrdiff_t>(row) * a.over.row_stride + first,
                         a.output + static_cast<std::ptrdiff_t>(row) * a.output_strides.row_stride + first);
            row += pair ? 2 : 1;
        }
    }
}

} // namespace pith::kernel::arm_neon
#endif

#endif
