// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_GEMM_HPP
#define PITH_GRAPH_GEMM_HPP
/// The matrix products of the host half.

#include <cstddef>

#include "../arch/detect.hpp"
#include "../arch/isa.hpp"
#include "../arch/target.hpp"
#include "../format/tile.hpp"
#include "../simd/entry.hpp"
#include "gemm/job.hpp"
#include "gemm/portable.hpp"
#include "gemm/x86_avx2.hpp"

namespace pith {

/// Sizes and row strides of c [m, n] = a [m, k] times b, all row-major.
struct gemm_shape {
    std::size_t m = 0;
    std::size_t n = 0;
    std::size_t k = 0;
    std::size_t a_stride = 0;
    std::size_t b_stride = 0;
    std::size_t c_stride = 0;
};

namespace gemm {

/// Every kernel of evaluation's matrix product, best first.
template <class T>
inline constexpr simd::entry<job<T>> list[] = {
    {"x86_avx2", arch::isa::avx2, format::any_tile, PITH_X86_KERNEL(x86_avx2::multiply<T>)},
    {"portable", arch::isa::none, format::any_tile, &portable::multiply<T>},
};

/// What this processor has; asked once, since asking is slow on virtual machines.
[[nodiscard]] inline arch::isa_set available() {
    static const arch::isa_set have = arch::detect();
    return have;
}

/// @param have instruction sets it may use; the bits of c do not depend on them
template <class T>
void run(const job<T>& j, arch::isa_set have = available()) {
    simd::best_for(list<T>, have).run(j);
}

} // namespace gemm

/// c = a * transpose(b), b [n, k].
template <class T>
void gemm_nt(const gemm_shape& s, const T* a, const T* b, T* c) {
    gemm::run<T>({s.m, s.n, s.k, a, s.a_stride, b, 1, s.b_stride, c, s.c_stride});
}

/// c = a * b, b [k, n].
template <class T>
void gemm_nn(const gemm_shape& s, const T* a, const T* b, T* c) {
    gemm::run<T>({s.m, s.n, s.k, a, s.a_stride, b, s.b_stride, 1, c, s.c_stride});
}

} // namespace pith

#endif
