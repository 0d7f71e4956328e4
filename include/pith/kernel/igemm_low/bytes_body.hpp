// SPDX-License-Identifier: MIT
// Low-bit convolutions where igemm multiplies bytes as they are, without a guard, behind the decoder
// (decode_body.hpp). It needs `dot`, igemm, and igemm_detail with igemm/vector_body.hpp in it.
#ifdef PITH_TARGET_BODY

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

#include "one_body.hpp"

#include "scratch_body.hpp"

#include "split_body.hpp"

#include "any_body.hpp"

#endif
