// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_RESIZE_HPP
#define PITH_KERNEL_RESIZE_HPP
/// Resizing: every kernel, best first.

#include "entry.hpp"
#include "resize/args.hpp"
#include "resize/portable.hpp"

namespace pith::kernel {

inline constexpr entry<resize_f32_args> resize_f32_list[] = {
    portable_entry<resize_f32_args>::value,
};
template <>
struct entries<resize_f32_args> {
    template <class>
    [[nodiscard]] static constexpr const auto& list() noexcept {
        return resize_f32_list;
    }
};

inline constexpr entry<resize_u8_args> resize_u8_list[] = {
    portable_entry<resize_u8_args>::value,
};
template <>
struct entries<resize_u8_args> {
    template <class>
    [[nodiscard]] static constexpr const auto& list() noexcept {
        return resize_u8_list;
    }
};

} // namespace pith::kernel

#endif
