// SPDX-License-Identifier: MIT
#ifndef PITH_RUN_OP_MUL_U8_HPP
#define PITH_RUN_OP_MUL_U8_HPP
/// Products of uint8 codes.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "../../kernel/eltwise/portable.hpp"
#include "binary_u8.hpp"

namespace pith::run::op {

struct mul_u8 : with_kernel<kernel::mul_u8_args>, without_weights {
    static constexpr std::uint8_t kind = 10;
    static constexpr std::string_view name = "mul_u8";
    using record = binary_u8_record;
    static constexpr std::size_t axis_words = 0;
    static constexpr second_operand second = second_operand::needed;
    static constexpr in_place replaces = in_place::any;

    [[nodiscard]] static bool check(const op_checker& c, op_view op, const tensor_record& in,
                                    const tensor_record& out) noexcept {
        return detail::check_binary(c, op.as<record>(), in, out);
    }

    static void run(const execution& x, op_view op, const kernels& k) noexcept {
        const auto r = op.as<record>();
        detail::run_binary(x, r, k.best,
                           [&](kernel::mul_u8_args& args, const tensor_record& a, const tensor_record& b,
                               const tensor_record& out) {
                               args.a_zero = a.zero;
                               args.b_zero = b.zero;
                               args.factor = r.factors[0];
                               args.zero = out.zero;
                           });
    }
};

} // namespace pith::run::op

#endif
