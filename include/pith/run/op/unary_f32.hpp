// SPDX-License-Identifier: MIT
#ifndef PITH_RUN_OP_UNARY_F32_HPP
#define PITH_RUN_OP_UNARY_F32_HPP
/// Functions of one real number.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "../../format/ops.hpp"
#include "../../kernel/eltwise/unary.hpp"
#include "../op.hpp"
#include "rows.hpp"

namespace pith::run::op {

struct unary_f32 : with_kernel<kernel::unary_f32_args>, without_weights {
    static constexpr std::uint8_t kind = 20;
    static constexpr std::string_view name = "unary_f32";
    struct record {
        op_record op;
        std::uint8_t function; ///< format::unary_op
        std::uint8_t reserved[3];
        float alpha;
        float beta;
    };
    static constexpr std::size_t axis_words = 0;
    static constexpr second_operand second = second_operand::none;
    static constexpr in_place replaces = in_place::any;

    [[nodiscard]] static bool check(const op_checker&, op_view op, const tensor_record& in,
                                    const tensor_record& out) noexcept {
        return is_real(in) && is_real(out) && same_dims(in, out) &&
               op.as<record>().function <= static_cast<std::uint8_t>(format::unary_op::cos);
    }

    static void run(const execution& x, op_view op, const kernels& k) noexcept {
        const auto r = op.as<record>();
        detail::run_rows<kernel::unary_f32_args, float, float>(
            x, r.op, k.best, [&](kernel::unary_f32_args& a, const tensor_record&, const tensor_record&) {
                a.op = static_cast<format::unary_op>(r.function);
                a.alpha = r.alpha;
                a.beta = r.beta;
            });
    }
};

} // namespace pith::run::op

#endif
