// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_DEPTHWISE_U8_X86_AVX512_VNNI_HPP
#define PITH_KERNEL_DEPTHWISE_U8_X86_AVX512_VNNI_HPP
/// Depthwise convolution of codes with AVX-512 VNNI.

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "../../arch/target.hpp"
#include "../../base/bits.hpp"
#include "../../simd/x86_avx512_vnni/dot.hpp"
#include "../epilogue/x86_avx512.hpp"
#include "args.hpp"
#include "portable.hpp"

#if PITH_X86
PITH_TARGET_BEGIN("avx512vnni,avx512f,avx512bw,avx512vl,avx512dq,avx2,fma,f16c,bmi,bmi2,popcnt")
namespace pith::kernel::x86_avx512_vnni {
namespace depthwise_detail {

using simd::x86_avx512_vnni::dot;
namespace epilogue = x86_avx512::epilogue;
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

#include "x86.inl"

} // namespace depthwise_detail

using depthwise_detail::depthwise_u8;

} // namespace pith::kernel::x86_avx512_vnni
PITH_TARGET_END
#endif

#endif
