// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_ENTRY_HPP
#define PITH_KERNEL_ENTRY_HPP
/// The lists of kernels that programs run (simd/entry.hpp). Those with vector kernels are templates
/// (`igemm_list<>`), so that only programs which read them pay for the kernels.

#include "../arch/isa.hpp"
#include "../base/on_use.hpp"
#include "../format/tile.hpp"
#include "../simd/entry.hpp"

namespace pith::kernel {

using simd::best_for;
using simd::entry;
using simd::fits;
using simd::for_each_supported;

/// `value`: the entry of the plain C++ kernel that takes Args. Specialised beside the kernel.
template <class Args>
struct portable_entry;

/// `list<Use>()`: the list of all kernels that take Args. Specialised beside the list.
template <class Args>
struct entries;

/// For specialisations of portable_entry. @param Reads the tile of packed weights; any_tile where there are
/// none
template <class Args, typename entry<Args>::function Function, format::tile Reads = format::any_tile>
struct portable_function {
    static constexpr entry<Args> value{"portable", arch::isa::none, Reads, Function};
};

} // namespace pith::kernel

#endif
