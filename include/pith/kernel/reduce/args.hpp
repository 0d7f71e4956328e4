// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_REDUCE_ARGS_HPP
#define PITH_KERNEL_REDUCE_ARGS_HPP
/// Reduction of the middle axis of a dense [outer, size, inner] tensor to [outer, inner].

#include <cstddef>
#include <cstdint>

#include "../../format/ops.hpp"

namespace pith::kernel {

/// Axes that are not neighbours are reduced one after the other where the operation allows it, or brought
/// together by a copy first.
struct reduce_f32_args {
    format::reduce_op op = format::reduce_op::mean;
    const float* input = nullptr;
    float* output = nullptr;
    std::size_t outer = 1;
    std::size_t size = 0;
    std::size_t inner = 1;
};

} // namespace pith::kernel

#endif
