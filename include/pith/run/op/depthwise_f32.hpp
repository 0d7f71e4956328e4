// SPDX-License-Identifier: MIT
#ifndef PITH_RUN_OP_DEPTHWISE_F32_HPP
#define PITH_RUN_OP_DEPTHWISE_F32_HPP
/// Depthwise convolutions in floating point.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "../../kernel/depthwise_f32/portable.hpp"
#include "float_convolution.hpp"

namespace pith::run::op {

struct depthwise_f32 : with_kernel<kernel::depthwise_f32_args> {
    static constexpr std::uint8_t kind = 5;
    static constexpr std::string_view name = "depthwise_f32";
    using record = float_convolution_record;
    static constexpr std::size_t axis_words = 0;
    static constexpr second_operand second = second_operand::optional;
    static constexpr in_place replaces = in_place::second;

    [[nodiscard]] static bool check(const op_checker& c, op_view op, const tensor_record& in,
                                    const tensor_record& out) noexcept {
        const auto r = op.as<record>();
        return detail::check_float(c, r, detail::depthwise_size(r.window, r.groups, in, out), 1, in, out);
    }

    static void run(const execution& x, op_view op, const kernels& k) noexcept {
        const auto r = op.as<record>();
        const tensor_record in = x.program.tensor(r.op.input);
        const tensor_record out = x.program.tensor(r.op.output);
        const bool adds = r.op.second != no_tensor;
        const tensor_record residual = x.program.tensor(adds ? r.op.second : r.op.output);
        const auto g = detail::depthwise_geometry(r.window, in, out, adds ? &residual : nullptr);
        kernel::depthwise_f32_args a;
        a.over = g.over;
        a.weights = x.constant<float>(r.weights);
        a.output_strides = g.output;
        a.epilogue = detail::epilogue_of(x, r);
        a.epilogue.residual_strides = g.residual;
        for (std::uint32_t image = 0; image < g.images; ++image) {
            a.input = x.read<float>(in) + run::detail::image_start(in, image) + g.first;
            a.output = x.write<float>(out) + run::detail::image_start(out, image);
            if (adds)
                a.epilogue.residual = x.read<float>(residual) + run::detail::image_start(residual, image);
            k.best.run(a);
        }
    }

    [[nodiscard]] static op_cost cost(const program_data& p, op_view op) noexcept {
        const auto r = op.as<record>();
        return detail::depthwise_cost(r.op, r.window, p, 32, sizeof(float));
    }
};

} // namespace pith::run::op

#endif
