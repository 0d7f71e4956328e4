// SPDX-License-Identifier: MIT
#ifndef PITH_RUN_OP_DEPTHWISE_U8_HPP
#define PITH_RUN_OP_DEPTHWISE_U8_HPP
/// Depthwise convolutions of uint8 codes with int8 weights.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "../../kernel/depthwise_u8/portable.hpp"
#include "quantized_convolution.hpp"

namespace pith::run::op {

struct depthwise_u8 : with_kernel<kernel::depthwise_u8_args> {
    static constexpr std::uint8_t kind = 3;
    static constexpr std::string_view name = "depthwise_u8";
    using record = quantized_convolution_record;
    static constexpr std::size_t axis_words = 0;
    static constexpr second_operand second = second_operand::none;
    static constexpr in_place replaces = in_place::nothing;

    [[nodiscard]] static bool check(const op_checker& c, op_view op, const tensor_record& in,
                                    const tensor_record& out) noexcept {
        const auto r = op.as<record>();
        return is_codes(in) && is_codes(out) && detail::window_fits(r.window, in, out) &&
               detail::has_int8_weights(r) &&
               detail::constants_fit(c, r, detail::depthwise_size(r.window, r.groups, in, out)) &&
               detail::ends(r.window, 1, out);
    }

    static void run(const execution& x, op_view op, const kernels& k) noexcept {
        const auto r = op.as<record>();
        const tensor_record in = x.program.tensor(r.op.input);
        const tensor_record out = x.program.tensor(r.op.output);
        const auto g = detail::depthwise_geometry(r.window, in, out, nullptr);
        kernel::depthwise_u8_args a;
        a.over = g.over;
        a.weights = x.constant<std::int8_t>(r.weights);
        a.output_strides = g.output;
        a.epilogue = detail::epilogue_of(x, r);
        for (std::uint32_t image = 0; image < g.images; ++image) {
            a.input = x.read<std::uint8_t>(in) + run::detail::image_start(in, image) + g.first;
            a.output = x.write<std::uint8_t>(out) + run::detail::image_start(out, image);
            k.best.run(a);
        }
    }

    [[nodiscard]] static op_cost cost(const program_data& p, op_view op) noexcept {
        const auto r = op.as<record>();
        return detail::depthwise_cost(r.op, r.window, p, 8, detail::quantized_lane_bytes);
    }
};

} // namespace pith::run::op

#endif
