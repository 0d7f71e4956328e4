// SPDX-License-Identifier: MIT
#ifndef PITH_RUN_BUILT_IN_KERNELS_HPP
#define PITH_RUN_BUILT_IN_KERNELS_HPP
/// The kernels that a program is run with when nobody chooses: the best of a Cortex-M, whose instruction sets
/// the compiler knows, and plain C++ elsewhere.

#include "kernel_set.hpp"

#if PITH_ARM_DSP
#include "native_kernels.hpp"
#endif

namespace pith::run {

/// Lies in flash, and keeps no other kernels.
template <class Ops>
inline constexpr basic_kernel_set<Ops> built_in_kernels_of =
#if PITH_ARM_DSP
    detail::best_set<on_use>(Ops{}, arch::isa::arm_dsp);
#else
    portable_kernels_of<Ops>;
#endif

} // namespace pith::run

#endif
