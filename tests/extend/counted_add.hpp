// SPDX-License-Identifier: MIT
#ifndef PITH_TESTS_EXTEND_COUNTED_ADD_HPP
#define PITH_TESTS_EXTEND_COUNTED_ADD_HPP
/// A kernel of one's own for an operation of the library: sums of codes that count how often they are asked
/// for.

#include <pith/device.hpp>

namespace mine {

inline int added = 0;

inline void counted_add(const pith::kernel::add_u8_args& a) noexcept {
    ++added;
    pith::kernel::portable::add_u8(a);
}

inline constexpr pith::kernel::entry<pith::kernel::add_u8_args> counted_add_entry{
    "counted", pith::arch::isa::none, pith::format::any_tile, &counted_add};

} // namespace mine

#endif
