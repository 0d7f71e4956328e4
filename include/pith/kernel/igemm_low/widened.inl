// SPDX-License-Identifier: MIT
// Behind decode.inl, low-bit convolutions where igemm widens operands. Needs igemm_detail with
// igemm/widened.inl in it, and igemm_one and suits_one (one.inl).

inline constexpr std::size_t scratch_bytes = std::size_t{72} * 1024;
inline constexpr std::size_t block_bytes = scratch_bytes; // igemm widens the inputs whenever it is called
inline constexpr std::size_t least_panels = 1;

#include "scratch.inl"

#include "deep.inl"

#include "any.inl"
