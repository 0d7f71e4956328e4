// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_DEPTHWISE_U8_GATHER_AVX512_HPP
#define PITH_KERNEL_DEPTHWISE_U8_GATHER_AVX512_HPP
/// Inputs of several pixels that do not lie next to each other, as one vector.

#include <cstddef>
#include <cstdint>

#include "../../arch/target.hpp"
#include "../../base/config.hpp"

#if PITH_X86
#include "../vectors/x86_intrinsics.hpp"

PITH_TARGET_BEGIN("avx512f,avx512bw,avx512vl,avx512dq,avx2,fma,f16c,bmi,bmi2,popcnt")
namespace pith::kernel::x86_avx512 {

/// All channels (8, 16 or 32) of as many pixels as fill a vector, every second one of those in memory.
class every_second {
public:
    every_second(std::uint32_t channels, std::uint32_t pixels) noexcept
        : second_((2 * pixels - 1) * channels > 64 ? 64 : 0) { // what is not needed is not read
        alignas(64) long long from[8];                         // in units of eight bytes
        const long long unit = channels / 8;
        for (long long i = 0; i < 8; ++i)
            from[i] = i / unit * 2 * unit + i % unit;
        order_ = _mm512_load_si512(from);
    }

    PITH_ALWAYS_INLINE __m512i operator()(const std::uint8_t* p) const noexcept {
        return _mm512_permutex2var_epi64(_mm512_loadu_si512(p), order_, _mm512_loadu_si512(p + second_));
    }

private:
    __m512i order_;
    std::ptrdiff_t second_;
};

/// All channels (8, 16 or 32) of as many pixels as fill a vector, `step` apart; pixels beyond the last repeat
/// it.
class gather {
public:
    gather(std::ptrdiff_t step, std::uint32_t channels, std::uint32_t pixels) noexcept
        : step_(step), channels_(channels), last_(pixels - 1) {}

    PITH_ALWAYS_INLINE __m512i operator()(const std::uint8_t* p) const noexcept {
        const __m256i low = _mm256_inserti128_si256(_mm256_castsi128_si256(sixteen(p, 0)), sixteen(p, 1), 1);
        const __m256i high = _mm256_inserti128_si256(_mm256_castsi128_si256(sixteen(p, 2)), sixteen(p, 3), 1);
        return _mm512_inserti64x4(_mm512_castsi256_si512(low), high, 1);
    }

private:
    [[nodiscard]] const std::uint8_t* pixel(const std::uint8_t* p, std::uint32_t i) const noexcept {
        return p + static_cast<std::ptrdiff_t>(i < last_ ? i : last_) * step_;
    }
    /// Bytes 16 i to 16 i + 15 of the vector.
    [[nodiscard]] __m128i sixteen(const std::uint8_t* p, std::uint32_t i) const noexcept {
        if (channels_ == 8)
            return _mm_unpacklo_epi64(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(pixel(p, 2 * i))),
                                      _mm_loadl_epi64(reinterpret_cast<const __m128i*>(pixel(p, 2 * i + 1))));
        const std::uint8_t* q = channels_ == 16 ? pixel(p, i) : pixel(p, i / 2) + i % 2 * 16;
        return _mm_loadu_si128(reinterpret_cast<const __m128i*>(q));
    }

    std::ptrdiff_t step_;
    std::uint32_t channels_;
    std::uint32_t last_;
};

} // namespace pith::kernel::x86_avx512
PITH_TARGET_END
#endif

#endif
