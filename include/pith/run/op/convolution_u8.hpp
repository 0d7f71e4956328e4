// SPDX-License-Identifier: MIT
#ifndef PITH_RUN_OP_CONVOLUTION_U8_HPP
#define PITH_RUN_OP_CONVOLUTION_U8_HPP
/// Convolutions and dense layers of uint8 codes with int8 weights.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "../../kernel/igemm/portable.hpp"
#include "quantized_convolution.hpp"

namespace pith::run::op {

struct convolution_u8 : with_tiled_kernel<kernel::igemm_args, quantized_convolution_record> {
    static constexpr std::uint8_t kind = 1;
    static constexpr std::string_view name = "convolution_u8";
    static constexpr std::size_t axis_words = 0;
    static constexpr second_operand second = second_operand::optional;
    static constexpr in_place replaces = in_place::second;

    [[nodiscard]] static bool check(const op_checker& c, op_view op, const tensor_record& in,
                                    const tensor_record& out) noexcept {
        const auto r = op.as<record>();
        return is_codes(in) && detail::window_fits(r.window, in, out) && detail::has_int8_weights(r) &&
               detail::constants_fit(c, r, detail::panel_size(r.window, r.groups, in, out)) &&
               detail::ends(r.window, in.dims[3] / r.groups, out) &&
               detail::filled_with_zeros(c, r.window, r.groups, in, out, r.weights) &&
               detail::output_fits(c, r, out);
    }

    static void run(const execution& x, op_view op, const kernels& k) noexcept {
        const auto r = op.as<record>();
        const auto& best = kernel_of(op, k);
        detail::for_each_group<kernel::igemm_args>(x, r, [&](kernel::igemm_args& a, std::size_t first) {
            a.weights = x.constant<std::int8_t>(r.weights) + first;
            best.run(a);
        });
    }

    [[nodiscard]] static op_cost cost(const program_data& p, op_view op) noexcept {
        const auto r = op.as<record>();
        const auto packed =
            detail::panel_size(r.window, r.groups, p.tensor(r.op.input), p.tensor(r.op.output));
        return detail::cost_of(r.op, r.window, p, r.groups, packed, 8, detail::quantized_lane_bytes);
    }
};

} // namespace pith::run::op

#endif
