// SPDX-License-Identifier: MIT
#ifndef PITH_RUN_OP_SOFTMAX_U8_HPP
#define PITH_RUN_OP_SOFTMAX_U8_HPP
/// Softmax of uint8 codes over the middle of [outer, size, inner].

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "../../kernel/softmax/portable.hpp"
#include "../op.hpp"

namespace pith::run::op {

struct softmax_u8 : with_kernel<kernel::softmax_u8_args>, without_weights {
    static constexpr std::uint8_t kind = 14;
    static constexpr std::string_view name = "softmax_u8";
    struct record {
        op_record op;
        std::uint32_t outer;
        std::uint32_t size;
        std::uint32_t inner;
        std::uint32_t table; ///< 256 exponentials
        float levels;        ///< format::softmax_levels
        std::uint8_t lowest;
        std::uint8_t highest;
        std::uint16_t reserved;
    };
    static constexpr std::size_t axis_words = 0;
    static constexpr second_operand second = second_operand::none;
    static constexpr in_place replaces = in_place::nothing;

    [[nodiscard]] static bool check(const op_checker& c, op_view op, const tensor_record& in,
                                    const tensor_record& out) noexcept {
        const auto r = op.as<record>();
        return is_codes(in) && is_codes(out) && same_dims(in, out) && no_borders(in, out) &&
               cuts(in, r.outer, r.size, r.inner) && c.constant(r.table, 1024);
    }

    static void run(const execution& x, op_view op, const kernels& k) noexcept {
        const auto r = op.as<record>();
        const tensor_record out = x.program.tensor(r.op.output);
        kernel::softmax_u8_args a;
        a.input = x.read<std::uint8_t>(x.program.tensor(r.op.input));
        a.output = x.write<std::uint8_t>(out);
        a.outer = r.outer;
        a.size = r.size;
        a.inner = r.inner;
        a.table = x.constant<float>(r.table);
        a.levels = r.levels;
        a.zero = out.zero;
        a.lowest = r.lowest;
        a.highest = r.highest;
        k.best.run(a);
    }
};

} // namespace pith::run::op

#endif
