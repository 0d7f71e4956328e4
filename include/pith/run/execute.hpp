// SPDX-License-Identifier: MIT
#ifndef PITH_RUN_EXECUTE_HPP
#define PITH_RUN_EXECUTE_HPP
/// Runs a program in an arena. No heap, no state: the same program may run in several arenas at once.

#include <cstddef>
#include <cstdint>
#include <span>

#include "../base/assert.hpp"
#include "built_in_kernels.hpp"
#include "execution.hpp"
#include "kernel_set.hpp"
#include "op.hpp"
#include "program.hpp"

namespace pith::run {

/// True when `kernels` leaves out nothing the program needs.
template <class Ops>
[[nodiscard]] bool can_run(const basic_program_view<Ops>& p, const basic_kernel_set<Ops>& kernels) noexcept {
    for (const op_view op : p.ops()) {
        bool filled = false;
        detail::with_op(Ops{}, op.kind(), [&]<class Op>() { filled = kernels.template of<Op>().filled(); });
        if (!filled)
            return false;
    }
    return true;
}

/// Runs every operation, and calls observe(index, op) after each.
/// @pre arena.size() >= p.arena_bytes(), arena aligned to required_alignment, can_run(p, kernels), inputs
/// written
template <class Ops, class Observer>
void execute(const basic_program_view<Ops>& p, std::span<std::byte> arena,
             const basic_kernel_set<Ops>& kernels, const Observer& observe) noexcept {
    PITH_ASSERT(arena.size() >= p.arena_bytes());
    PITH_ASSERT(reinterpret_cast<std::uintptr_t>(arena.data()) % required_alignment == 0);
    const execution x{p, arena.data()};
    std::size_t index = 0;
    for (const op_view op : p.ops()) {
        detail::with_op(Ops{}, op.kind(), [&]<class Op>() { Op::run(x, op, kernels.template of<Op>()); });
        const tensor_record out = p.tensor(op.head().output);
        if (has_border(out))
            fill_border(x.write<std::byte>(out), out,
                        type_of(out) == format::dtype::u8 ? out.zero : std::uint8_t{0});
        observe(index++, op);
    }
}

/// The same, unobserved; without a choice of kernels with those of built_in_kernels.hpp.
template <class Ops>
void execute(const basic_program_view<Ops>& p, std::span<std::byte> arena,
             const basic_kernel_set<Ops>& kernels = built_in_kernels_of<Ops>) noexcept {
    execute(p, arena, kernels, [](std::size_t, op_view) {});
}

} // namespace pith::run

#endif
