// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_IGEMM_LOW_ARM_I8MM_HPP
#define PITH_KERNEL_IGEMM_LOW_ARM_I8MM_HPP
/// Low-bit integer convolution with the mixed-sign dot product of ARMv8.6.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <utility>

#include "../../arch/target.hpp"
#include "../../base/config.hpp"
#include "../dot_i8mm.hpp"
#include "../igemm/arm_i8mm.hpp"
#include "../low_bits_neon.hpp"
#include "args.hpp"
#include "arm_neon.hpp"

#if PITH_AARCH64 && !defined(__clang__)
PITH_TARGET_BEGIN("arch=armv8.2-a+dotprod+i8mm")
namespace pith::kernel::arm_i8mm {
namespace igemm_low_detail {

using arm_neon::planes;
using arm_neon::igemm_low_detail::affine_factors;
using arm_neon::igemm_low_detail::decode_function;
using arm_neon::igemm_low_detail::decoder;
using arm_neon::igemm_low_detail::most_looked_up;
using arm_neon::igemm_low_detail::pick_decode;
using arm_neon::igemm_low_detail::vec;
using igemm_detail::cut;
using igemm_detail::max_panels;
using igemm_detail::max_pixels;
using igemm_detail::one_row;
using igemm_detail::panels;
using igemm_detail::pick_sum;
using igemm_detail::row_cut;
using igemm_detail::sum_task;
using igemm_detail::tile_state;
using dot_small = dot;
inline constexpr std::size_t scratch_bytes = std::size_t{40} * 1024;
inline constexpr std::size_t block_bytes = std::size_t{20} * 1024;
inline constexpr std::size_t least_panels = max_panels;

#define PITH_TARGET_BODY
#include "one_body.hpp"

#include "scratch_body.hpp"

#include "split_body.hpp"
#undef PITH_TARGET_BODY

} // namespace igemm_low_detail

/// @pre packed by format::low_bit_tile
template <class = on_use>
inline void igemm_low(const igemm_low_args& args) noexcept {
    using namespace igemm_low_detail;
    if (suits_one(args))
        igemm_one(args);
    else if (suits_scratch(args))
        igemm_decoded(args);
    else
        igemm_split(args);
}

} // namespace pith::kernel::arm_i8mm
PITH_TARGET_END
#endif

#endif
