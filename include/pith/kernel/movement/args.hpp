// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_MOVEMENT_ARGS_HPP
#define PITH_KERNEL_MOVEMENT_ARGS_HPP
/// Operations that move elements without looking at them, except to convert their type.

#include <cstddef>
#include <cstdint>

#include "../../format/dtype.hpp"
#include "../../format/ops.hpp"

namespace pith::kernel {

/// output[i0, i1, ...] = input[i0, i1, ...] over up to 8 axes of given strides (in elements): slice,
/// transpose, concat, split, the inside of a pad. Input stride 0 repeats (expand); all of them 0 fills. No
/// overlap.
struct copy_args {
    const void* input = nullptr;
    void* output = nullptr;
    std::uint32_t element_bytes = 1; ///< 1, 2, 4 or 8
    std::uint32_t rank = 0;
    std::size_t sizes[8] = {};
    std::ptrdiff_t input_strides[8] = {};
    std::ptrdiff_t output_strides[8] = {};
};

/// Dense tensors; output axis i has before[i] + sizes[i] + after[i] elements. Negative counts crop.
struct pad_args {
    const void* input = nullptr;
    void* output = nullptr;
    std::uint32_t element_bytes = 1; ///< 1, 2, 4 or 8
    std::uint32_t rank = 0;
    std::size_t sizes[8] = {};
    std::ptrdiff_t before[8] = {};
    std::ptrdiff_t after[8] = {};
    format::pad_mode mode = format::pad_mode::constant;
    const void* fill = nullptr; ///< one element, for pad_mode::constant
};

/// output[o, j, :] = input[o, indices[j], :], blocks of `inner_bytes`. Negative indices count from the end;
/// what is out of range is clamped to the axis.
struct gather_args {
    const void* input = nullptr;
    const std::int32_t* indices = nullptr;
    void* output = nullptr;
    std::size_t outer = 1;
    std::size_t axis = 0;  ///< size of the indexed axis
    std::size_t count = 0; ///< number of indices
    std::size_t inner_bytes = 0;
};

/// Elements of another type. Reals to whole numbers truncate (saturating, NaN gives 0), anything to boolean
/// is x != 0, wider whole numbers wrap into narrower ones.
struct convert_args {
    const void* input = nullptr;
    void* output = nullptr;
    std::size_t count = 0;
    format::dtype from = format::dtype::f32;
    format::dtype to = format::dtype::f32;
};

} // namespace pith::kernel

#endif
