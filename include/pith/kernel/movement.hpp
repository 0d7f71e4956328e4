// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_MOVEMENT_HPP
#define PITH_KERNEL_MOVEMENT_HPP
/// Copying, padding, gathering and converting: every kernel, best first.

#include "entry.hpp"
#include "movement/args.hpp"
#include "movement/convert.hpp"
#include "movement/portable.hpp"

namespace pith::kernel {

inline constexpr entry<copy_args> copy_list[] = {
    portable_entry<copy_args>::value,
};
template <>
struct entries<copy_args> {
    template <class>
    [[nodiscard]] static constexpr const auto& list() noexcept {
        return copy_list;
    }
};

inline constexpr entry<pad_args> pad_list[] = {
    portable_entry<pad_args>::value,
};
template <>
struct entries<pad_args> {
    template <class>
    [[nodiscard]] static constexpr const auto& list() noexcept {
        return pad_list;
    }
};

inline constexpr entry<gather_args> gather_list[] = {
    portable_entry<gather_args>::value,
};
template <>
struct entries<gather_args> {
    template <class>
    [[nodiscard]] static constexpr const auto& list() noexcept {
        return gather_list;
    }
};

inline constexpr entry<convert_args> convert_list[] = {
    portable_entry<convert_args>::value,
};
template <>
struct entries<convert_args> {
    template <class>
    [[nodiscard]] static constexpr const auto& list() noexcept {
        return convert_list;
    }
};

} // namespace pith::kernel

#endif
