// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_DEPTHWISE_U8_X86_AVX2_HPP
#define PITH_KERNEL_DEPTHWISE_U8_X86_AVX2_HPP
/// Depthwise convolution of codes with AVX2.

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "../../arch/target.hpp"
#include "../../base/bits.hpp"
#include "../../simd/x86_avx2/codes.hpp"
#include "../../simd/x86_avx2/reals.hpp"
#include "../epilogue/x86_avx2.hpp"
#include "args.hpp"
#include "portable.hpp"
#include "strips.hpp"

#if PITH_X86
PITH_TARGET_BEGIN("avx2,fma,f16c,bmi,bmi2,popcnt")
namespace pith::kernel::x86_avx2 {
namespace depthwise_detail {

using simd::x86_avx2::codes;
using simd::x86_avx2::reals;

/// Eight codes each at `out` and at `second`.
PITH_ALWAYS_INLINE void store_eights(std::uint8_t* out, std::uint8_t* second, __m128i both) noexcept {
    _mm_storel_epi64(reinterpret_cast<__m128i*>(out), both);
    const double upper = _mm_castsi128_pd(both)[1];
    std::memcpy(second, &upper, sizeof upper); // _mm_storeh_pd claims an aligned address
}
/// A strip has one part: eight channels.
struct strips {
    using vf = reals::vf;
    using vi = codes::vi;

    template <int>
    PITH_ALWAYS_INLINE static vf inputs(const std::uint8_t* p, std::ptrdiff_t) noexcept {
        return codes::to_real(codes::load_whole(p));
    }
    template <int>
    PITH_ALWAYS_INLINE static vf weights(const std::int8_t* p) noexcept {
        return codes::to_real(codes::load_small(p));
    }
    template <int>
    PITH_ALWAYS_INLINE static vi sums(const std::int32_t* p) noexcept {
        return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
    }
    template <int>
    PITH_ALWAYS_INLINE static vf factors(const float* p) noexcept {
        return reals::load(p);
    }
    /// Stores eight or fewer channels of four or fewer pixels.
    template <int>
    PITH_ALWAYS_INLINE static void place(vi lanes, std::uint8_t* out, std::ptrdiff_t step, std::ptrdiff_t,
                                         std::uint32_t pixels, std::uint32_t channels) noexcept {
        const vi ordered = epilogue::in_order(lanes);
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
};

#include "real.inl"

} // namespace depthwise_detail

using depthwise_detail::depthwise_u8;

} // namespace pith::kernel::x86_avx2
PITH_TARGET_END
#endif

#endif
