// SPDX-License-Identifier: MIT
#ifndef PITH_TRAIN_KERNEL_BEST_HPP
#define PITH_TRAIN_KERNEL_BEST_HPP
/// Which kernels train a network of scalar T: every processor's, best first.

#include <type_traits>

#include "../../arch/detect.hpp"
#include "../../arch/isa.hpp"
#include "../../arch/target.hpp"
#include "../../base/on_use.hpp"
#include "../../format/tile.hpp"
#include "../../simd/entry.hpp"
#include "portable.hpp"
#include "x86_avx2.hpp"
#include "x86_avx512.hpp"

namespace pith::train::kernel {

template <class T>
using entry = simd::entry_of<const table<T>*>;

template <class T, class Use = on_use>
struct lists {
    static_assert(std::is_same_v<T, double>, "networks train in float or double");
    static constexpr entry<double> all[] = {
        {"portable", arch::isa::none, format::any_tile, &portable::f64::functions<Use>},
    };
};
template <class Use>
struct lists<float, Use> {
    static constexpr entry<float> all[] = {
        {"x86_avx512", arch::isa::avx2 | arch::isa::avx512, format::any_tile,
         PITH_X86_KERNEL(x86_avx512::functions<Use>)},
        {"x86_avx2", arch::isa::avx2, format::any_tile, PITH_X86_KERNEL(x86_avx2::functions<Use>)},
        {"portable", arch::isa::none, format::any_tile, &portable::f32::functions<Use>},
    };
};

/// Kernels are pinned by handing in fewer instruction sets than the processor has.
template <class T>
[[nodiscard]] const entry<T>& best(arch::isa_set have = arch::detect()) noexcept {
    return simd::best_for(lists<T>::all, have);
}

} // namespace pith::train::kernel

#endif
