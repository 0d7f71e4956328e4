// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_POOL_X86_AVX2_HPP
#define PITH_KERNEL_POOL_X86_AVX2_HPP
/// Pooling, 8 channels at a time (32 for maxima of codes).

#include <cstddef>
#include <cstdint>

#include "../../arch/target.hpp"
#include "../../base/config.hpp"
#include "../vectors/x86_avx2_codes.hpp"
#include "../vectors/x86_avx2_f32.hpp"
#include "args.hpp"
#include "clipped.hpp"

#if PITH_X86
PITH_TARGET_BEGIN("avx2,fma")
namespace pith::kernel::x86_avx2 {

namespace pool_body {
using namespace f32;
using namespace codes;
#include "body.inl"
} // namespace pool_body

template <class = on_use>
inline void max_pool_u8(const max_pool_u8_args& a) noexcept {
    pool_body::max_codes(a);
}

template <class = on_use>
inline void max_pool_f32(const max_pool_f32_args& a) noexcept {
    pool_body::max_reals(a);
}

template <class = on_use>
inline void average_pool_f32(const average_pool_f32_args& a) noexcept {
    pool_body::average_reals(a);
}

template <class = on_use>
inline void average_pool_u8(const average_pool_u8_args& a) noexcept {
    pool_body::average_codes(a);
}

template <class = on_use>
inline void global_average_u8(const global_average_u8_args& a) noexcept {
    pool_body::global_average(a);
}

} // namespace pith::kernel::x86_avx2
PITH_TARGET_END
#endif

#endif
