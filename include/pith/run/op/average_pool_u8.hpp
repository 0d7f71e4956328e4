// SPDX-License-Identifier: MIT
#ifndef PITH_RUN_OP_AVERAGE_POOL_U8_HPP
#define PITH_RUN_OP_AVERAGE_POOL_U8_HPP
/// Averages over windows of uint8 codes.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "../../kernel/pool/portable.hpp"
#include "pool.hpp"

namespace pith::run::op {

struct average_pool_u8 : with_kernel<kernel::average_pool_u8_args>, without_weights {
    static constexpr std::uint8_t kind = 12;
    static constexpr std::string_view name = "average_pool_u8";
    using record = pool_record;
    static constexpr std::size_t axis_words = 0;
    static constexpr second_operand second = second_operand::none;
    static constexpr in_place replaces = in_place::nothing;

    [[nodiscard]] static bool check(const op_checker&, op_view op, const tensor_record& in,
                                    const tensor_record& out) noexcept {
        return is_codes(in) && detail::check_pool(op.as<record>(), in, out) && detail::adds_up(in) &&
               detail::adds_up(out);
    }

    static void run(const execution& x, op_view op, const kernels& k) noexcept {
        const auto r = op.as<record>();
        detail::run_windows<std::uint8_t>(
            x, r, k.best,
            [&](kernel::average_pool_u8_args& a, const tensor_record& in, const tensor_record& out) {
                a.count_padding = r.count_padding != 0;
                a.from = run::detail::affine_of(in);
                a.to = run::detail::affine_of(out, r.lowest, r.highest);
                a.to.moved = r.int8 != 0 ? 128 : 0;
            });
    }
};

} // namespace pith::run::op

#endif
