// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_ENTRY_HPP
#define PITH_KERNEL_ENTRY_HPP
/// Kernels are data: one list per operation, best first, the portable kernel last. Selection, tests and
/// benchmarks walk the lists. Those with vector kernels are templates (`igemm_list<>`), so that only programs
/// which read them pay for the kernels.

#include <cstddef>

#include "../arch/isa.hpp"
#include "../base/on_use.hpp"
#include "../format/tile.hpp"

namespace pith::kernel {

template <class Args>
struct entry {
    using function = void (*)(const Args&) noexcept;

    const char* name;    ///< e.g. "x86_avx2"; "portable" ends every list
    arch::isa_set needs; ///< instruction sets the function uses
    format::tile reads;  ///< packed weights it reads; any_tile for all, or where there are none
    function run;        ///< null where this compiler has no such instructions
};

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

/// True when `e` runs on a processor with `have` and reads weights packed for `packed`.
template <class Args>
[[nodiscard]] constexpr bool fits(const entry<Args>& e, arch::isa_set have, format::tile packed) noexcept {
    return e.run != nullptr && arch::covers(have, e.needs) &&
           (e.reads == format::any_tile || e.reads == packed);
}

/// The first kernel of `list` that fits; the portable kernel at its end always does. Kernels are pinned by
/// handing in fewer instruction sets than the processor has.
template <class Args, std::size_t N>
[[nodiscard]] constexpr const entry<Args>& best_for(const entry<Args> (&list)[N], arch::isa_set have,
                                                    format::tile packed = format::any_tile) noexcept {
    for (const auto& e : list)
        if (fits(e, have, packed))
            return e;
    return list[N - 1];
}

/// Calls f(entry) for every kernel of `list` this processor (`have`) can run.
template <class Args, std::size_t N, class F>
void for_each_supported(const entry<Args> (&list)[N], arch::isa_set have, F&& f) {
    for (const auto& e : list)
        if (e.run != nullptr && arch::covers(have, e.needs))
            f(e);
}

} // namespace pith::kernel

#endif
