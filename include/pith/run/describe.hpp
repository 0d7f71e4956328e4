// SPDX-License-Identifier: MIT
#ifndef PITH_RUN_DESCRIBE_HPP
#define PITH_RUN_DESCRIBE_HPP
/// What the operations of a program are and cost: for reports, not for execution.

#include <string_view>

#include "../base/shape.hpp"
#include "kernel_set.hpp"
#include "layout.hpp"
#include "op.hpp"
#include "program.hpp"

namespace pith::run {

/// The operation's name; empty for kinds that are not in the list.
template <class Ops>
[[nodiscard]] std::string_view name_of(const basic_program_view<Ops>&, op_view op) noexcept {
    std::string_view name = "unknown";
    detail::with_op(Ops{}, op.kind(), [&]<class Op>() { name = Op::name; });
    return name;
}

/// The operation's weights and work.
template <class Ops>
[[nodiscard]] op_cost cost_of(const basic_program_view<Ops>& p, op_view op) noexcept {
    op_cost cost;
    detail::with_op(Ops{}, op.kind(), [&]<class Op>() { cost = Op::cost(p, op); });
    return cost;
}

/// The kernel `set` runs an operation with.
template <class Ops>
[[nodiscard]] std::string_view kernel_name(const basic_program_view<Ops>&, op_view op,
                                           const basic_kernel_set<Ops>& set) noexcept {
    std::string_view name = "none";
    detail::with_op(Ops{}, op.kind(), [&]<class Op>() {
        const auto& entry = Op::kernel_of(op, set.template of<Op>());
        name = entry.run != nullptr ? entry.name : "none";
    });
    return name;
}

/// The shape [n, h, w, c] an operation gives.
[[nodiscard]] inline shape output_shape(const program_data& p, op_view op) noexcept {
    shape s;
    for (const auto d : p.tensor(op.head().output).dims)
        s.push_back(d);
    return s;
}

} // namespace pith::run

#endif
