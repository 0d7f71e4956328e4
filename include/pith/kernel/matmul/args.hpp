// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_MATMUL_ARGS_HPP
#define PITH_KERNEL_MATMUL_ARGS_HPP
/// Batched product of two float matrices that are both computed (nothing is packed).

#include <cstddef>
#include <cstdint>

namespace pith::kernel {

/// output[batch][m][n] (dense) = a[batch][m][k] * b[batch][k][n]; matrices are dense, batch axes have strides
/// in elements, 0 where an operand repeats.
struct matmul_f32_args {
    const float* a = nullptr;
    const float* b = nullptr;
    float* output = nullptr;
    std::size_t m = 0;
    std::size_t k = 0;
    std::size_t n = 0;
    std::uint32_t rank = 0; ///< batch axes
    std::size_t sizes[8] = {};
    std::ptrdiff_t a_strides[8] = {};
    std::ptrdiff_t b_strides[8] = {};
};

} // namespace pith::kernel

#endif
