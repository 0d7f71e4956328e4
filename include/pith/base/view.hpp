// SPDX-License-Identifier: MIT
#ifndef PITH_BASE_VIEW_HPP
#define PITH_BASE_VIEW_HPP
/// Bytes that somebody else owns.

#include <cstddef>
#include <span>

namespace pith {

using bytes_view = std::span<const std::byte>;

/// Kernels may read, never write, this many bytes beyond the last element of any operand; whoever allocates
/// an arena or a program's bytes keeps them readable.
inline constexpr std::size_t over_read_bytes = 64;

} // namespace pith

#endif
