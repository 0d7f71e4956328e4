// SPDX-License-Identifier: MIT
#ifndef PITH_RUN_OP_REDUCE_F32_HPP
#define PITH_RUN_OP_REDUCE_F32_HPP
/// Reductions of real numbers over the middle of [outer, size, inner].

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "../../format/ops.hpp"
#include "../../kernel/reduce/portable.hpp"
#include "../op.hpp"

namespace pith::run::op {

struct reduce_f32 : with_kernel<kernel::reduce_f32_args>, without_weights {
    static constexpr std::uint8_t kind = 26;
    static constexpr std::string_view name = "reduce_f32";
    struct record {
        op_record op;
        std::uint32_t outer;
        std::uint32_t size;
        std::uint32_t inner;
        std::uint8_t function; ///< format::reduce_op
        std::uint8_t reserved[3];
    };
    static constexpr std::size_t axis_words = 0;
    static constexpr second_operand second = second_operand::none;
    static constexpr in_place replaces = in_place::nothing;

    [[nodiscard]] static bool check(const op_checker&, op_view op, const tensor_record& in,
                                    const tensor_record& out) noexcept {
        const auto r = op.as<record>();
        return is_real(in) && is_real(out) && no_borders(in, out) && cuts(in, r.outer, r.size, r.inner) &&
               std::uint64_t{r.outer} * r.inner == elements_of(out) &&
               r.function <= static_cast<std::uint8_t>(format::reduce_op::arg_min_last);
    }

    static void run(const execution& x, op_view op, const kernels& k) noexcept {
        const auto r = op.as<record>();
        kernel::reduce_f32_args a;
        a.op = static_cast<format::reduce_op>(r.function);
        a.input = x.read<float>(x.program.tensor(r.op.input));
        a.output = x.write<float>(x.program.tensor(r.op.output));
        a.outer = r.outer;
        a.size = r.size;
        a.inner = r.inner;
        k.best.run(a);
    }
};

} // namespace pith::run::op

#endif
