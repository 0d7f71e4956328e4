// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_GEMM_X86_AVX2_HPP
#define PITH_GRAPH_GEMM_X86_AVX2_HPP
/// Matrix products in vectors of 32 bytes. Without fused multiply-adds: the same bits as on any other x86.

#include <cstddef>

#include "../../arch/target.hpp"
#include "../../base/config.hpp"
#include "job.hpp"

#if PITH_X86
PITH_TARGET_BEGIN("avx2")
namespace pith::gemm::x86_avx2 {

inline constexpr std::size_t vector_bytes = 32;

#include "body.inl"

} // namespace pith::gemm::x86_avx2
PITH_TARGET_END
#endif

#endif
