// SPDX-License-Identifier: MIT
// codes_epilogue of the x86 kernels, included inside a target region, in a namespace that has `reals` and
// `codes` (simd/words.hpp). Storing stands beside the inclusion: AVX-512 has masks, and an order of its own
// for pixels of eight channels.

static_assert(pith::simd::checked_reals<reals>::complete);
static_assert(pith::simd::checked_packed_codes<codes>::complete);
using vf = reals::vf;
using vi = codes::vi;
using vb = codes::vb;

/// The constants of an epilogue, spread over vectors.
struct codes_constants {
    explicit codes_constants(const codes_epilogue& e) noexcept
        : low(reals::repeat(static_cast<float>(e.lowest - e.zero))),
          high(reals::repeat(static_cast<float>(e.highest - e.zero))),
          unrounder(reals::repeat(rounder - static_cast<float>(e.zero))), ra(reals::repeat(e.add.ra)),
          rb(reals::repeat(e.add.rb)), offset(reals::repeat(e.add.offset)),
          add_high(reals::repeat(static_cast<float>(e.add_highest))),
          zero(codes::repeat_short(e.residual != nullptr ? 0 : e.zero)),
          low_code(codes::repeat_byte(e.residual != nullptr ? e.add_lowest : e.lowest)),
          high_code(codes::repeat_byte(e.residual != nullptr ? e.add_highest : e.highest)) {}

    vf low;
    vf high;      ///< also keeps the conversion to int32 in range
    vf unrounder; ///< takes `rounder` off and puts the zero point on, exactly
    vf ra, rb, offset;
    vf add_high;
    vb zero;     ///< added to rounded values; within the sum where there is a residual
    vb low_code; ///< of the stored code
    vb high_code;
};

PITH_ALWAYS_INLINE vf scaled(vi sums, const float* factor) noexcept {
    return reals::mul(codes::to_real(sums), reals::load(factor));
}

/// Rounded, without zero point, low side unclamped.
PITH_ALWAYS_INLINE vi rounded(vi sums, const float* factor, vf high) noexcept {
    // min(high, NaN) is NaN, which converts to the least integer
    return codes::to_whole(reals::min(high, scaled(sums, factor)));
}

/// Code plus residual, rounded, low side unclamped.
template <residual_as Residual>
PITH_ALWAYS_INLINE vi rounded_with_residual(vi sums, const float* factor, const std::uint8_t* residual,
                                            const codes_constants& c) noexcept {
    vf v = reals::min(reals::max(scaled(sums, factor), c.low), c.high);
    v = reals::sub(reals::add(v, reals::repeat(rounder)), c.unrounder);
    const vf r = codes::to_real(codes::load_whole(residual));
    const vf a = Residual == residual_as::first ? r : v;
    const vf b = Residual == residual_as::first ? v : r;
    const vf sum = reals::fma(a, c.ra, reals::fma(b, c.rb, c.offset));
    return codes::to_whole(reals::min(c.add_high, sum));
}

/// Four vectors of int32 to codes; each 128-bit lane holds the codes of its lane of the four.
PITH_ALWAYS_INLINE vb packed_lanes(const vi (&v)[4], const codes_constants& c) noexcept {
    return codes::min_bytes(codes::max_bytes(codes::narrow_lanes(v, c.zero), c.low_code), c.high_code);
}

/// Four vectors of `pixels` x N panels of sums (laid out [pixel][N][16]) as packed_lanes gives them.
/// @param residual of the first pixel, if there is one; @param step from pixel to pixel
template <int N, residual_as Residual>
PITH_ALWAYS_INLINE vb four_packed(const codes_constants& c, const std::int32_t* sums, int pixels,
                                  const float* factor, const std::uint8_t* residual,
                                  std::ptrdiff_t step) noexcept {
    constexpr int lanes = static_cast<int>(reals::width);
    vi v[4];
#pragma GCC unroll 4
    for (int i = 0; i < 4; ++i) {
        const int pixel = i * lanes / (16 * N);
        const int channel = i * lanes % (16 * N);
        const vi sum = codes::load_sums(sums + i * lanes);
        if constexpr (Residual != residual_as::none) {
            const std::uint8_t* r = residual + (pixel < pixels ? pixel * step : 0);
            v[i] = rounded_with_residual<Residual>(sum, factor + channel, r + channel, c);
        } else {
            v[i] = rounded(sum, factor + channel, c.high);
        }
    }
    return packed_lanes(v, c);
}

/// As store_codes, to floats: (float)sum * factor.
template <int N>
void store_reals(const std::int32_t* sums, int pixels, const float* factor, std::uint32_t last, float* output,
                 std::ptrdiff_t step) noexcept {
    for (int pixel = 0; pixel < pixels; ++pixel, output += step) {
        for (std::uint32_t n = 0; n < N; ++n, sums += 16) {
            const std::uint32_t count = n == N - 1 ? last : 16;
            for (std::uint32_t i = 0; i < count; i += reals::width)
                reals::store_part(output + 16 * n + i,
                                  scaled(codes::load_sums(sums + i), factor + 16 * n + i),
                                  count - i < reals::width ? count - i : reals::width);
        }
    }
}
