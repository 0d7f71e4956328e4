// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_IGEMM_LOW_X86_AVX512_VBMI_HPP
#define PITH_KERNEL_IGEMM_LOW_X86_AVX512_VBMI_HPP
/// Low-bit integer convolution with AVX-512 VNNI and byte permutations: any code of up to six bits is looked
/// up at once, and what stands above an index in its byte does no harm.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <utility>

#include "../../arch/target.hpp"
#include "../../base/config.hpp"
#include "../../simd/x86_avx512/low_bits.hpp"
#include "../../simd/x86_avx512_vnni/dot.hpp"
#include "../igemm/x86_avx512_vnni.hpp"
#include "args.hpp"

#if PITH_X86
PITH_TARGET_BEGIN("avx512vbmi,avx512vnni,avx512f,avx512bw,avx512vl,avx512dq,avx2,fma,f16c,bmi,bmi2,popcnt")
namespace pith::kernel::x86_avx512_vbmi {
namespace igemm_low_detail {

namespace igemm_detail = x86_avx512_vnni::igemm_detail;
using simd::x86_avx512::planes;
using simd::x86_avx512_vnni::dot;
using x86_avx512_vnni::igemm;

using vec = planes::vec;

template <int Bits>
inline constexpr decode_to affine_codes = decode_to::levels;
inline constexpr decode_to affine_factors = decode_to::levels;
inline constexpr int most_looked_up = 7;

/// As igemm_low/decoder.inl's.
template <int Bits, decode_to>
class decoder {
public:
    PITH_ALWAYS_INLINE explicit decoder(const std::int8_t* table) noexcept {
#pragma GCC unroll 2
        for (int t = 0; t < 1 + odd; ++t)
            table_[t] = repeated(table + (t << even));
    }
    PITH_ALWAYS_INLINE vec operator()(const std::uint8_t* group, int part) const noexcept {
        const vec at = loose_index(group);
        const vec first = even == 0 ? table_[0] : _mm512_permutexvar_epi8(at, table_[0]);
        if constexpr (odd == 0)
            return first;
        else
            return _mm512_mask_permutexvar_epi8(first, planes::singles(group + 8 * even, part), at,
                                                table_[1]);
    }

private:
    static constexpr int even = Bits & 6;
    static constexpr int odd = Bits % 2;

    /// 2^even codes, again and again.
    PITH_ALWAYS_INLINE static vec repeated(const std::int8_t* codes) noexcept {
        if constexpr (even == 0)
            return planes::fill(codes[0]);
        else if constexpr (even == 2)
            return dot::broadcast(reinterpret_cast<const std::uint8_t*>(codes));
        else if constexpr (even == 4)
            return planes::table(codes);
        else
            return dot::load(codes);
    }
    /// The planes of 4 and 2, with anything above them.
    PITH_ALWAYS_INLINE static vec loose_index(const std::uint8_t* group) noexcept {
        if constexpr (even == 0)
            return planes::fill(0);
        else if constexpr (even == 2)
            return planes::loose_pairs(group);
        else if constexpr (even == 4)
            return planes::loose_nibbles(group);
        else {
            const vec pairs = _mm512_rolv_epi64(planes::four_times(group + 32),
                                                _mm512_setr_epi64(4, 4, 2, 2, 0, 0, 62, 62));
            // The lower four bits of one, the upper of the other.
            return _mm512_ternarylogic_epi64(_mm512_set1_epi8(15), planes::loose_nibbles(group), pairs, 0xCA);
        }
    }

    vec table_[1 + odd];
};

#include "decode.inl"

#include "bytes.inl"

} // namespace igemm_low_detail

using igemm_low_detail::igemm_low;

} // namespace pith::kernel::x86_avx512_vbmi
PITH_TARGET_END
#endif

#endif
