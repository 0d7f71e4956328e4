// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_REDUCE_HPP
#define PITH_KERNEL_REDUCE_HPP
/// Reductions: every kernel, best first.

#include "entry.hpp"
#include "reduce/args.hpp"
#include "reduce/portable.hpp"

namespace pith::kernel {

inline constexpr entry<reduce_f32_args> reduce_f32_list[] = {
    portable_entry<reduce_f32_args>::value,
};
template <>
struct entries<reduce_f32_args> {
    template <class>
    [[nodiscard]] static constexpr const auto& list() noexcept {
        return reduce_f32_list;
    }
};

} // namespace pith::kernel

#endif
