// SPDX-License-Identifier: MIT
#ifndef PITH_RUN_OP_MAX_POOL_U8_HPP
#define PITH_RUN_OP_MAX_POOL_U8_HPP
/// Maxima over windows of uint8 codes.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "../../kernel/pool/portable.hpp"
#include "pool.hpp"

namespace pith::run::op {

struct max_pool_u8 : with_kernel<kernel::max_pool_u8_args>, without_weights {
    static constexpr std::uint8_t kind = 11;
    static constexpr std::string_view name = "max_pool_u8";
    using record = pool_record;
    static constexpr std::size_t axis_words = 0;
    static constexpr second_operand second = second_operand::none;
    static constexpr in_place replaces = in_place::nothing;

    [[nodiscard]] static bool check(const op_checker&, op_view op, const tensor_record& in,
                                    const tensor_record& out) noexcept {
        return is_codes(in) && detail::check_pool(op.as<record>(), in, out);
    }

    static void run(const execution& x, op_view op, const kernels& k) noexcept {
        detail::run_windows<std::uint8_t>(x, op.as<record>(), k.best,
                                          [](auto&, const tensor_record&, const tensor_record&) {});
    }
};

} // namespace pith::run::op

#endif
