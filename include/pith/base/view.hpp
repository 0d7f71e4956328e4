// SPDX-License-Identifier: MIT
#ifndef PITH_BASE_VIEW_HPP
#define PITH_BASE_VIEW_HPP
/// Views: contiguous memory that somebody else owns.

#include <cstddef>
#include <cstdint>
#include <span>

namespace pith {

template <class T>
using view = std::span<T>;

using bytes_view = std::span<const std::byte>;

/// Kernels may read, never write, this many bytes beyond the last element of any operand; whoever allocates
/// an arena or a program's bytes keeps them readable.
inline constexpr std::size_t over_read_bytes = 64;

} // namespace pith

#endif
