// SPDX-License-Identifier: MIT
#ifndef PITH_SIMD_ENTRY_HPP
#define PITH_SIMD_ENTRY_HPP
/// What is written for several instruction sets is data: one list per operation, best first, what every
/// processor runs last. Programs, evaluation and training all choose from such lists, and tests and
/// benchmarks walk them.

#include <cstddef>

#include "../arch/isa.hpp"
#include "../format/tile.hpp"

namespace pith::simd {

/// @tparam Run pointer to a function, or to a table of functions
template <class Run>
struct entry_of {
    using function = Run;

    const char* name;    ///< e.g. "x86_avx2"; "portable" ends every list
    arch::isa_set needs; ///< instruction sets the function uses
    format::tile reads;  ///< packed weights it reads; any_tile for all, or where there are none
    Run run;             ///< null where this compiler has no such instructions
};

/// A kernel that takes Args.
template <class Args>
using entry = entry_of<void (*)(const Args&) noexcept>;

/// True when `e` runs on a processor with `have`.
template <class Run>
[[nodiscard]] constexpr bool runs(const entry_of<Run>& e, arch::isa_set have) noexcept {
    return e.run != nullptr && arch::covers(have, e.needs);
}

/// True when `e` also reads weights packed for `packed`.
template <class Run>
[[nodiscard]] constexpr bool fits(const entry_of<Run>& e, arch::isa_set have, format::tile packed) noexcept {
    return runs(e, have) && (e.reads == format::any_tile || e.reads == packed);
}

/// The first entry of `list` that runs; the last one always does. Kernels are pinned by handing in fewer
/// instruction sets than the processor has.
template <class Run, std::size_t N>
[[nodiscard]] constexpr const entry_of<Run>& best_for(const entry_of<Run> (&list)[N],
                                                      arch::isa_set have) noexcept {
    for (const auto& e : list)
        if (runs(e, have))
            return e;
    return list[N - 1];
}

/// The first entry of `list` that fits, or the last one.
template <class Run, std::size_t N>
[[nodiscard]] constexpr const entry_of<Run>& best_for(const entry_of<Run> (&list)[N], arch::isa_set have,
                                                      format::tile packed) noexcept {
    for (const auto& e : list)
        if (fits(e, have, packed))
            return e;
    return list[N - 1];
}

/// Calls f(entry) for every entry of `list` this processor (`have`) can run.
template <class Run, std::size_t N, class F>
void for_each_supported(const entry_of<Run> (&list)[N], arch::isa_set have, F&& f) {
    for (const auto& e : list)
        if (runs(e, have))
            f(e);
}

} // namespace pith::simd

#endif
