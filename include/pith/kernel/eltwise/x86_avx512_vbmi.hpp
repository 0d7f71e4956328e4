// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_ELTWISE_X86_AVX512_VBMI_HPP
#define PITH_KERNEL_ELTWISE_X86_AVX512_VBMI_HPP
/// Table look-up, 64 codes at a time: the table stays in four registers.

#include <cstddef>
#include <cstdint>

#include "../../arch/target.hpp"
#include "../../base/config.hpp"
#include "args.hpp"

#if PITH_X86
#include "../../simd/x86_intrinsics.hpp"

PITH_TARGET_BEGIN("avx512f,avx512bw,avx512vl,avx512vbmi")
namespace pith::kernel::x86_avx512_vbmi {

template <class = on_use>
inline void table_u8(const table_u8_args& a) noexcept {
    const __m512i first = _mm512_loadu_si512(a.table);
    const __m512i second = _mm512_loadu_si512(a.table + 64);
    const __m512i third = _mm512_loadu_si512(a.table + 128);
    const __m512i fourth = _mm512_loadu_si512(a.table + 192);
    for (std::size_t r = 0; r < a.rows; ++r) {
        const std::uint8_t* x = a.input + static_cast<std::ptrdiff_t>(r) * a.input_row_stride;
        std::uint8_t* y = a.output + static_cast<std::ptrdiff_t>(r) * a.output_row_stride;
        for (std::size_t i = 0; i < a.count; i += 64) {
            const std::size_t left = a.count - i;
            const __mmask64 kept = left >= 64 ? ~__mmask64{0} : (__mmask64{1} << left) - 1u;
            const __m512i code = _mm512_maskz_loadu_epi8(kept, x + i);
            const __m512i low = _mm512_permutex2var_epi8(first, code, second);
            const __m512i high = _mm512_permutex2var_epi8(third, code, fourth);
            _mm512_mask_storeu_epi8(y + i, kept,
                                    _mm512_mask_blend_epi8(_mm512_movepi8_mask(code), low, high));
        }
    }
}

} // namespace pith::kernel::x86_avx512_vbmi
PITH_TARGET_END
#endif

#endif
