// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_DEPTHWISE_U8_X86_AVX_VNNI_HPP
#define PITH_KERNEL_DEPTHWISE_U8_X86_AVX_VNNI_HPP
/// Depthwise convolution of codes with AVX-VNNI.

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "../../arch/target.hpp"
#include "../../base/bits.hpp"
#include "../../simd/x86_avx_vnni/dot.hpp"
#include "../epilogue/x86_avx2.hpp"
#include "args.hpp"
#include "portable.hpp"

#if PITH_X86
PITH_TARGET_BEGIN("avxvnni,avx2,fma,f16c,bmi,bmi2,popcnt")
namespace pith::kernel::x86_avx_vnni {
namespace depthwise_detail {

using simd::x86_avx_vnni::dot;
namespace epilogue = x86_avx2::epilogue;
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

#include "x86.inl"

} // namespace depthwise_detail

using depthwise_detail::depthwise_u8;

} // namespace pith::kernel::x86_avx_vnni
PITH_TARGET_END
#endif

#endif
