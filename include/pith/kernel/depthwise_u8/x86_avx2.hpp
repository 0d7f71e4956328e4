// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_DEPTHWISE_U8_X86_AVX2_HPP
#define PITH_KERNEL_DEPTHWISE_U8_X86_AVX2_HPP
/// Depthwise convolution of codes with AVX2.

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "../../arch/target.hpp"
#include "../../base/bits.hpp"
#include "../codes_avx2.hpp"
#include "../vectors/x86_avx2_f32.hpp"
#include "args.hpp"
#include "portable.hpp"

#if PITH_X86
PITH_TARGET_BEGIN("avx2,fma,f16c,bmi,bmi2,popcnt")
namespace pith::kernel::x86_avx2 {
namespace depthwise_detail {

namespace epilogue = x86_avx2;
using namespace f32;
using vi = __m256i;

/// Eight codes. A vector has one part.
template <int>
PITH_ALWAYS_INLINE vf codes(const std::uint8_t* p, std::ptrdiff_t) noexcept {
    const __m128i eight = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(p));
    return _mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(eight));
}
/// Eight weights.
template <int>
PITH_ALWAYS_INLINE vf small(const std::int8_t* p) noexcept {
    const __m128i eight = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(p));
    return _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(eight));
}
/// Eight elements of four bytes each.
template <int>
PITH_ALWAYS_INLINE vi elements(const void* p) noexcept {
    return _mm256_loadu_si256(static_cast<const vi*>(p));
}
PITH_ALWAYS_INLINE void store_integers(std::int32_t* p, vi v) noexcept {
    _mm256_store_si256(reinterpret_cast<vi*>(p), v);
}
PITH_ALWAYS_INLINE vf as_reals(vi v) noexcept {
    return _mm256_castsi256_ps(v);
}
PITH_ALWAYS_INLINE vf to_reals(vi v) noexcept {
    return _mm256_cvtepi32_ps(v);
}
/// |v| < limit everywhere; NaN is not.
PITH_ALWAYS_INLINE bool all_below(vf v, float limit) noexcept {
    const vf size = _mm256_andnot_ps(_mm256_set1_ps(-0.f), v);
    return _mm256_movemask_ps(_mm256_cmp_ps(size, _mm256_set1_ps(limit), _CMP_LT_OQ)) == 0xFF;
}
PITH_ALWAYS_INLINE vi rounded(vf v) noexcept {
    return _mm256_cvtps_epi32(v);
}
PITH_ALWAYS_INLINE vi plus(vi v, const std::int32_t* p) noexcept {
    return _mm256_add_epi32(v, epilogue::load(p));
}
/// Eight codes each at `out` and at `second`.
PITH_ALWAYS_INLINE void store_eights(std::uint8_t* out, std::uint8_t* second, __m128i codes) noexcept {
    _mm_storel_epi64(reinterpret_cast<__m128i*>(out), codes);
    const double upper = _mm_castsi128_pd(codes)[1];
    std::memcpy(second, &upper, sizeof upper); // _mm_storeh_pd claims an aligned address
}
/// Stores eight or fewer channels of four or fewer pixels.
template <int>
PITH_ALWAYS_INLINE void place(vi lanes, std::uint8_t* out, std::ptrdiff_t step, std::ptrdiff_t,
                              std::uint32_t pixels, std::uint32_t channels) noexcept {
    const vi ordered = _mm256_permutevar8x32_epi32(lanes, _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7));
    if (step == 8 && pixels == 4) {
        _mm256_storeu_si256(reinterpret_cast<vi*>(out), ordered);
        return;
    }
    const __m128i low = _mm256_castsi256_si128(ordered);
    const __m128i high = _mm256_extracti128_si256(ordered, 1);
    if (channels == 8 && pixels == 4) {
        store_eights(out, out + step, low);
        store_eights(out + 2 * step, out + 3 * step, high);
        return;
    }
    const __m128i each[4] = {low, _mm_unpackhi_epi64(low, low), high, _mm_unpackhi_epi64(high, high)};
    for (std::uint32_t i = 0; i < pixels; ++i)
        epilogue::store_first(out + static_cast<std::ptrdiff_t>(i) * step, channels, each[i]);
}

#include "real.inl"

} // namespace depthwise_detail

using depthwise_detail::depthwise_u8;

} // namespace pith::kernel::x86_avx2
PITH_TARGET_END
#endif

#endif
