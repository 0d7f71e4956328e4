// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_IGEMM_HPP
#define PITH_KERNEL_IGEMM_HPP
/// Integer convolution and dense layers, u8 x s8 -> codes or float: every kernel, best first.

#include "entry.hpp"
#include "igemm/args.hpp"
#include "igemm/arm_dotprod.hpp"
#include "igemm/arm_i8mm.hpp"
#include "igemm/arm_neon.hpp"
#include "igemm/portable.hpp"
#include "igemm/x86_avx2.hpp"
#include "igemm/x86_avx512.hpp"
#include "igemm/x86_avx512_vnni.hpp"
#include "igemm/x86_avx_vnni.hpp"

namespace pith::kernel {

inline constexpr format::tile igemm_vector_tile{16, 4}; ///< every vector kernel's

template <class Use = on_use>
inline constexpr entry<igemm_args> igemm_list[] = {
#if PITH_X86
    {"x86_avx512_vnni", arch::isa::avx2 | arch::isa::avx512 | arch::isa::avx512_vnni, igemm_vector_tile,
     &x86_avx512_vnni::igemm<Use>},
    {"x86_avx_vnni", arch::isa::avx2 | arch::isa::avx_vnni, igemm_vector_tile, &x86_avx_vnni::igemm<Use>},
    {"x86_avx512", arch::isa::avx2 | arch::isa::avx512, igemm_vector_tile, &x86_avx512::igemm<Use>},
    {"x86_avx2", arch::isa::avx2, igemm_vector_tile, &x86_avx2::igemm<Use>},
#endif
#if PITH_AARCH64
#if !defined(__clang__)
    {"arm_i8mm", arch::isa::neon | arch::isa::dotprod | arch::isa::i8mm, igemm_vector_tile,
     &arm_i8mm::igemm<Use>},
    {"arm_dotprod", arch::isa::neon | arch::isa::dotprod, igemm_vector_tile, &arm_dotprod::igemm<Use>},
#endif
    {"arm_neon", arch::isa::neon, igemm_vector_tile, &arm_neon::igemm<Use>},
#endif
    {"portable", arch::isa::none, format::any_tile, &portable::igemm},
};

} // namespace pith::kernel

#endif
