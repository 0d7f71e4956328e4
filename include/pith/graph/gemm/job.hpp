// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_GEMM_JOB_HPP
#define PITH_GRAPH_GEMM_JOB_HPP
/// A matrix product as the bodies of gemm.hpp take it.

#include <cstddef>

namespace pith::gemm {

/// c [m, n] = a [m, k] times b [k, n]. Rows of a and c are contiguous; b may have any strides.
template <class T>
struct job {
    std::size_t m = 0;
    std::size_t n = 0;
    std::size_t k = 0;
    const T* a = nullptr;
    std::size_t a_stride = 0;
    const T* b = nullptr;
    std::size_t b_down = 0;   ///< from an element of b to the one below it
    std::size_t b_across = 0; ///< and to the one beside it
    T* c = nullptr;
    std::size_t c_stride = 0;
};

} // namespace pith::gemm

#endif
