// SPDX-License-Identifier: MIT
#ifndef PITH_RUN_OP_GATHER_HPP
#define PITH_RUN_OP_GATHER_HPP
/// Slices of an axis by computed or constant indices.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "../../kernel/movement/portable.hpp"
#include "../op.hpp"

namespace pith::run::op {

struct gather : with_kernel<kernel::gather_args>, without_weights {
    static constexpr std::uint8_t kind = 18;
    static constexpr std::string_view name = "gather";
    /// `second` holds int32 indices.
    struct record {
        op_record op;
        std::uint32_t outer;
        std::uint32_t axis;
        std::uint32_t count;
        std::uint32_t inner_bytes;
    };
    static constexpr std::size_t axis_words = 0;
    static constexpr second_operand second = second_operand::needed;
    static constexpr in_place replaces = in_place::nothing;

    [[nodiscard]] static bool check(const op_checker& c, op_view op, const tensor_record& in,
                                    const tensor_record& out) noexcept {
        const auto r = op.as<record>();
        const tensor_record b = c.tensor(r.op.second);
        const std::uint64_t outer = std::uint64_t{r.outer} * r.inner_bytes;
        return r.axis != 0 && in.type == out.type && is(b, format::dtype::i32) && !has_border(b) &&
               no_borders(in, out) && outer <= (std::uint64_t{1} << 31) && elements_of(b) == r.count &&
               outer * r.axis == elements_of(in) * element_bytes(in) &&
               outer * r.count == elements_of(out) * element_bytes(out);
    }

    static void run(const execution& x, op_view op, const kernels& k) noexcept {
        const auto r = op.as<record>();
        kernel::gather_args a;
        a.input = x.read<std::byte>(x.program.tensor(r.op.input));
        a.indices = x.read<std::int32_t>(x.program.tensor(r.op.second));
        a.output = x.write<std::byte>(x.program.tensor(r.op.output));
        a.outer = r.outer;
        a.axis = r.axis;
        a.count = r.count;
        a.inner_bytes = r.inner_bytes;
        k.best.run(a);
    }
};

} // namespace pith::run::op

#endif
