// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_MATMUL_PORTABLE_HPP
#define PITH_KERNEL_MATMUL_PORTABLE_HPP
/// Batched matrix products in plain C++.

#include <cstddef>
#include <cstdint>

#include "../axes.hpp"
#include "../entry.hpp"
#include "args.hpp"

namespace pith::kernel::portable {

namespace detail {

/// One product, rows of b streamed.
inline void multiply(const matmul_f32_args& s, const float* a, const float* b, float* y) noexcept {
    for (std::size_t i = 0; i < s.m; ++i, a += s.k, y += s.n) {
        for (std::size_t j = 0; j < s.n; ++j)
            y[j] = 0.f;
        for (std::size_t k = 0; k < s.k; ++k) {
            const float x = a[k];
            const float* w = b + k * s.n;
            for (std::size_t j = 0; j < s.n; ++j)
                y[j] += x * w[j];
        }
    }
}

} // namespace detail

inline void matmul_f32(const matmul_f32_args& s) noexcept {
    axes<2> batch;
    batch.rank = s.rank;
    for (std::uint32_t i = 0; i < s.rank; ++i) {
        batch.sizes[i] = s.sizes[i];
        batch.strides[0][i] = s.a_strides[i];
        batch.strides[1][i] = s.b_strides[i];
    }
    float* y = s.output;
    for_each_outer(batch, 0, [&](const std::ptrdiff_t(&at)[2]) {
        detail::multiply(s, s.a + at[0], s.b + at[1], y);
        y += s.m * s.n;
    });
}

} // namespace pith::kernel::portable

namespace pith::kernel {

template <>
struct portable_entry<matmul_f32_args> : portable_function<matmul_f32_args, &portable::matmul_f32> {};

} // namespace pith::kernel

#endif
