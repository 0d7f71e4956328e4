// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_DEPTHWISE_U8_GATHER_AVX2_HPP
#define PITH_KERNEL_DEPTHWISE_U8_GATHER_AVX2_HPP
/// Inputs of several pixels that do not lie next to each other, as one vector.

#include <cstddef>
#include <cstdint>

#include "../../arch/target.hpp"
#include "../../base/config.hpp"

#if PITH_X86
#include "../vectors/x86_intrinsics.hpp"

PITH_TARGET_BEGIN("avx2,fma,f16c,bmi,bmi2,popcnt")
namespace pith::kernel::x86_avx2 {

/// All channels (8 or 16) of as many pixels as fill a vector, every second one of those in memory.
class every_second {
public:
    every_second(std::uint32_t channels, std::uint32_t pixels) noexcept
        : second_((2 * pixels - 1) * channels > 32 ? 32 : 0), // what is not needed is not read
          eight_(channels == 8) {}

    PITH_ALWAYS_INLINE __m256i operator()(const std::uint8_t* p) const noexcept {
        const __m256i a = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
        const __m256i b = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p + second_));
        return eight_ ? _mm256_permute4x64_epi64(_mm256_unpacklo_epi64(a, b), 0xD8)
                      : _mm256_permute2x128_si256(a, b, 0x20);
    }

private:
    std::ptrdiff_t second_;
    bool eight_;
};

/// All channels (8 or 16) of as many pixels as fill a vector, `step` apart; pixels beyond the last repeat it.
class gather {
public:
    gather(std::ptrdiff_t step, std::uint32_t channels, std::uint32_t pixels) noexcept
        : step_(step), channels_(channels), last_(pixels - 1) {}

    PITH_ALWAYS_INLINE __m256i operator()(const std::uint8_t* p) const noexcept {
        return _mm256_inserti128_si256(_mm256_castsi128_si256(sixteen(p, 0)), sixteen(p, 1), 1);
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
        return _mm_loadu_si128(reinterpret_cast<const __m128i*>(pixel(p, i)));
    }

    std::ptrdiff_t step_;
    std::uint32_t channels_;
    std::uint32_t last_;
};

} // namespace pith::kernel::x86_avx2
PITH_TARGET_END
#endif

#endif
