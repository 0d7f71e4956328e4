// SPDX-License-Identifier: MIT
// Behind decode.inl, low-bit convolutions where igemm multiplies bytes as they are. Needs `dot`, igemm, and
// igemm_detail with igemm/vector.inl in it.

static_assert(pith::simd::checked_low_bits<planes>::complete);
using igemm_detail::cut;
using igemm_detail::max_panels;
using igemm_detail::max_pixels;
using igemm_detail::one_row;
using igemm_detail::panel_outputs;
using igemm_detail::panels;
using igemm_detail::pick_sum;
using igemm_detail::row_cut;
using igemm_detail::sum_task;
using igemm_detail::tile_state;
using dot_small = dot;
inline constexpr std::size_t scratch_bytes = std::size_t{40} * 1024;
inline constexpr std::size_t block_bytes = std::size_t{20} * 1024;
inline constexpr std::size_t least_panels = max_panels;

#include "one.inl"

#include "scratch.inl"

#include "split.inl"

#include "any.inl"
