// SPDX-License-Identifier: MIT
#ifndef PITH_RUN_OP_TABLE_U8_HPP
#define PITH_RUN_OP_TABLE_U8_HPP
/// Any function of one uint8 code, as a table of 256.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "../../kernel/eltwise/portable.hpp"
#include "../op.hpp"
#include "rows.hpp"

namespace pith::run::op {

struct table_u8 : with_kernel<kernel::table_u8_args> {
    static constexpr std::uint8_t kind = 8;
    static constexpr std::string_view name = "table_u8";
    struct record {
        op_record op;
        std::uint32_t table; ///< 256 codes
    };
    static constexpr std::size_t axis_words = 0;
    static constexpr second_operand second = second_operand::none;
    static constexpr in_place replaces = in_place::any;

    [[nodiscard]] static bool check(const op_checker& c, op_view op, const tensor_record& in,
                                    const tensor_record& out) noexcept {
        return is_codes(in) && is_codes(out) && same_dims(in, out) && c.constant(op.as<record>().table, 256);
    }

    static void run(const execution& x, op_view op, const kernels& k) noexcept {
        const auto r = op.as<record>();
        detail::run_rows<kernel::table_u8_args, std::uint8_t, std::uint8_t>(
            x, r.op, k.best, [&](kernel::table_u8_args& a, const tensor_record&, const tensor_record&) {
                a.table = x.constant<std::uint8_t>(r.table);
            });
    }

    [[nodiscard]] static op_cost cost(const program_data&, op_view) noexcept {
        op_cost c;
        c.weight_bytes = 256;
        return c;
    }
};

} // namespace pith::run::op

#endif
