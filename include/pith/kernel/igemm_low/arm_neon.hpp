// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_IGEMM_LOW_ARM_NEON_HPP
#define PITH_KERNEL_IGEMM_LOW_ARM_NEON_HPP
/// Low-bit integer convolution with NEON.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <utility>

#include "../../arch/target.hpp"
#include "../../base/config.hpp"
#include "../dot_neon.hpp"
#include "../igemm/arm_neon.hpp"
#include "../low_bits_neon.hpp"
#include "args.hpp"

#if PITH_AARCH64
namespace pith::kernel::arm_neon {
namespace igemm_low_detail {

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
#include "decoder_body.hpp"

#include "decode_body.hpp"

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

} // namespace pith::kernel::arm_neon
#endif

#endif
