// SPDX-License-Identifier: MIT
#ifndef PITH_TRAIN_KERNEL_BEST_HPP
#define PITH_TRAIN_KERNEL_BEST_HPP
/// Which kernels train a network of scalar T on a processor.

#include <type_traits>

#include "../../arch/detect.hpp"
#include "../../arch/isa.hpp"
#include "../../base/config.hpp"
#include "portable.hpp"
#include "x86_avx2.hpp"
#include "x86_avx512.hpp"

namespace pith::train::kernel {

template <class T>
[[nodiscard]] table<T> best([[maybe_unused]] arch::isa_set have = arch::detect()) noexcept {
    static_assert(std::is_same_v<T, float> || std::is_same_v<T, double>, "networks train in float or double");
    if constexpr (std::is_same_v<T, double>) {
        return portable::f64::make_table("portable");
    } else {
#if PITH_X86
        if (arch::covers(have, arch::isa::avx2 | arch::isa::avx512))
            return x86_avx512::make_table("x86_avx512");
        if (arch::covers(have, arch::isa::avx2))
            return x86_avx2::make_table("x86_avx2");
#endif
        return portable::f32::make_table("portable");
    }
}

} // namespace pith::train::kernel

#endif
