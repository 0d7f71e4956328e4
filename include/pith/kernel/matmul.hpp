// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_MATMUL_HPP
#define PITH_KERNEL_MATMUL_HPP
/// Batched matrix products of activations: every kernel, best first.

#include "entry.hpp"
#include "matmul/args.hpp"
#include "matmul/portable.hpp"

namespace pith::kernel {

inline constexpr entry<matmul_f32_args> matmul_f32_list[] = {
    portable_entry<matmul_f32_args>::value,
};
template <>
struct entries<matmul_f32_args> {
    template <class>
    [[nodiscard]] static constexpr const auto& list() noexcept {
        return matmul_f32_list;
    }
};

} // namespace pith::kernel

#endif
