// SPDX-License-Identifier: MIT
#ifndef PITH_SIMD_X86_AVX_VNNI_DOT_HPP
#define PITH_SIMD_X86_AVX_VNNI_DOT_HPP
/// The dot product of four u8 and four s8 in each 32-bit lane with AVX-VNNI.

#include "../../arch/target.hpp"
#include "../../base/config.hpp"
#include "../words.hpp"
#include "../x86_avx2/dot_words.hpp"

#if PITH_X86
PITH_TARGET_BEGIN("avxvnni,avx2,fma,f16c,bmi,bmi2,popcnt")
namespace pith::simd::x86_avx_vnni {

struct dot : x86_avx2::dot_words {
    using weights = __m256i;
    using inputs = __m256i;
    static constexpr int wanted_chains = 10; ///< independent sums that hide the latency
    static constexpr int most_chains = 12;   ///< sums that fit in registers
    static constexpr int unroll = 2;

    PITH_ALWAYS_INLINE static weights as_weights(vec w) noexcept { return w; }
    PITH_ALWAYS_INLINE static inputs as_inputs(vec x) noexcept { return x; }
    PITH_ALWAYS_INLINE static vec add_dot(vec acc, inputs x, weights w) noexcept {
        return _mm256_dpbusd_avx_epi32(acc, x, w);
    }
};

} // namespace pith::simd::x86_avx_vnni
PITH_TARGET_END
static_assert(pith::simd::checked_zipped_dot<pith::simd::x86_avx_vnni::dot>::complete);
#endif

#endif
