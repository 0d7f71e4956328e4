// SPDX-License-Identifier: MIT
#ifndef PITH_RUN_OP_DEQUANTIZE_HPP
#define PITH_RUN_OP_DEQUANTIZE_HPP
/// Uint8 codes as real numbers.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "../../kernel/eltwise/portable.hpp"
#include "../op.hpp"
#include "rows.hpp"

namespace pith::run::op {

struct dequantize : with_kernel<kernel::dequantize_args>, without_weights {
    static constexpr std::uint8_t kind = 7;
    static constexpr std::string_view name = "dequantize";
    using record = op_record;
    static constexpr std::size_t axis_words = 0;
    static constexpr second_operand second = second_operand::none;
    static constexpr in_place replaces = in_place::nothing;

    [[nodiscard]] static bool check(const op_checker&, op_view, const tensor_record& in,
                                    const tensor_record& out) noexcept {
        return is_codes(in) && is_real(out) && same_dims(in, out);
    }

    static void run(const execution& x, op_view op, const kernels& k) noexcept {
        detail::run_rows<kernel::dequantize_args, std::uint8_t, float>(
            x, op.head(), k.best,
            [](kernel::dequantize_args& a, const tensor_record& in, const tensor_record&) {
                a.from = run::detail::affine_of(in);
            });
    }
};

} // namespace pith::run::op

#endif
