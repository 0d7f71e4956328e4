// SPDX-License-Identifier: MIT
#ifndef PITH_RUN_OP_ADD_U8_HPP
#define PITH_RUN_OP_ADD_U8_HPP
/// Sums of uint8 codes.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "../../kernel/eltwise/portable.hpp"
#include "binary_u8.hpp"

namespace pith::run::op {

struct add_u8 : with_kernel<kernel::add_u8_args>, without_weights {
    static constexpr std::uint8_t kind = 9;
    static constexpr std::string_view name = "add_u8";
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
        detail::run_binary(
            x, r, k.best,
            [&](kernel::add_u8_args& a, const tensor_record&, const tensor_record&, const tensor_record&) {
                a.factors = {r.factors[0], r.factors[1], r.factors[2]};
            });
    }
};

} // namespace pith::run::op

#endif
