// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_SOFTMAX_HPP
#define PITH_KERNEL_SOFTMAX_HPP
/// Softmax: every kernel, best first.

#include "entry.hpp"
#include "softmax/args.hpp"
#include "softmax/portable.hpp"

namespace pith::kernel {

inline constexpr entry<softmax_f32_args> softmax_f32_list[] = {
    portable_entry<softmax_f32_args>::value,
};
template <>
struct entries<softmax_f32_args> {
    template <class>
    [[nodiscard]] static constexpr const auto& list() noexcept {
        return softmax_f32_list;
    }
};

inline constexpr entry<softmax_u8_args> softmax_u8_list[] = {
    portable_entry<softmax_u8_args>::value,
};
template <>
struct entries<softmax_u8_args> {
    template <class>
    [[nodiscard]] static constexpr const auto& list() noexcept {
        return softmax_u8_list;
    }
};

} // namespace pith::kernel

#endif
