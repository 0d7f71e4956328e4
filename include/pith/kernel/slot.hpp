// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_SLOT_HPP
#define PITH_KERNEL_SLOT_HPP
/// The kernel an operation of a program is run with. Slots hold copies of list entries: a set of slots in
/// flash keeps the functions it names and no others.

#include <string_view>

#include "../arch/isa.hpp"
#include "../base/on_use.hpp"
#include "../format/tile.hpp"
#include "entry.hpp"

namespace pith::kernel {

/// One kernel, for operations whose weights have one layout or that have none.
template <class Args>
struct slot {
    entry<Args> best{};

    [[nodiscard]] static constexpr slot portable() noexcept { return {portable_entry<Args>::value}; }
    /// The first kernel that runs on a processor with these instruction sets.
    template <class Use = on_use>
    [[nodiscard]] static constexpr slot best_of(arch::isa_set have) noexcept {
        return {best_for(entries<Args>::template list<Use>(), have)};
    }
    [[nodiscard]] constexpr bool filled() const noexcept { return best.run != nullptr; }
};

/// Two kernels, for operations whose packed weights have a tile: the best, and the one that reads any tile.
template <class Args>
struct tiled_slot {
    entry<Args> best{};
    entry<Args> any{};

    [[nodiscard]] static constexpr tiled_slot portable() noexcept {
        return {portable_entry<Args>::value, portable_entry<Args>::value};
    }
    /// The first kernel that runs with these instruction sets, whatever tile it reads, and the portable one.
    template <class Use = on_use>
    [[nodiscard]] static constexpr tiled_slot best_of(arch::isa_set have) noexcept {
        return {best_for(entries<Args>::template list<Use>(), have), portable_entry<Args>::value};
    }
    [[nodiscard]] constexpr bool filled() const noexcept { return best.run != nullptr && any.run != nullptr; }
    /// The kernel for weights that are packed like this.
    [[nodiscard]] constexpr const entry<Args>& reading(format::tile packed) const noexcept {
        return best.reads == packed || best.reads == format::any_tile ? best : any;
    }
};

} // namespace pith::kernel

#endif
