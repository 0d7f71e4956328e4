// SPDX-License-Identifier: MIT
#ifndef PITH_RUN_OP_QUANTIZE_HPP
#define PITH_RUN_OP_QUANTIZE_HPP
/// Real numbers as uint8 codes.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "../../kernel/eltwise/portable.hpp"
#include "../op.hpp"
#include "rows.hpp"

namespace pith::run::op {

struct quantize : with_kernel<kernel::quantize_args>, without_weights {
    static constexpr std::uint8_t kind = 6;
    static constexpr std::string_view name = "quantize";
    /// Scale and zero are the output tensor's.
    struct record {
        op_record op;
        std::uint8_t lowest;
        std::uint8_t highest;
        std::uint16_t reserved;
    };
    static constexpr std::size_t axis_words = 0;
    static constexpr second_operand second = second_operand::none;
    static constexpr in_place replaces = in_place::nothing;

    [[nodiscard]] static bool check(const op_checker&, op_view, const tensor_record& in,
                                    const tensor_record& out) noexcept {
        return is_real(in) && is_codes(out) && same_dims(in, out);
    }

    static void run(const execution& x, op_view op, const kernels& k) noexcept {
        const auto r = op.as<record>();
        detail::run_rows<kernel::quantize_args, float, std::uint8_t>(
            x, r.op, k.best, [&](kernel::quantize_args& a, const tensor_record&, const tensor_record& out) {
                a.to = run::detail::affine_of(out, r.lowest, r.highest);
            });
    }
};

} // namespace pith::run::op

#endif
