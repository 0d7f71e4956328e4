// SPDX-License-Identifier: MIT
#ifndef PITH_RUN_OP_CONVOLUTION_F32_HPP
#define PITH_RUN_OP_CONVOLUTION_F32_HPP
/// Convolutions and dense layers in floating point.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "../../kernel/sgemm/portable.hpp"
#include "float_convolution.hpp"

namespace pith::run::op {

struct convolution_f32 : with_tiled_kernel<kernel::sgemm_args, float_convolution_record> {
    static constexpr std::uint8_t kind = 4;
    static constexpr std::string_view name = "convolution_f32";
    static constexpr std::size_t axis_words = 0;
    static constexpr second_operand second = second_operand::optional;
    static constexpr in_place replaces = in_place::second;

    [[nodiscard]] static bool check(const op_checker& c, op_view op, const tensor_record& in,
                                    const tensor_record& out) noexcept {
        const auto r = op.as<record>();
        const auto packed = detail::panel_size(r.window, r.groups, in, out);
        return packed.elements != 0 && detail::check_float(c, r, packed, in.dims[3] / r.groups, in, out);
    }

    static void run(const execution& x, op_view op, const kernels& k) noexcept {
        const auto r = op.as<record>();
        const auto& best = kernel_of(op, k);
        const tensor_record in = x.program.tensor(r.op.input);
        const tensor_record out = x.program.tensor(r.op.output);
        const bool adds = r.op.second != no_tensor;
        const tensor_record residual = x.program.tensor(adds ? r.op.second : r.op.output);
        const auto g = detail::geometry_of(r.window, r.groups, in, out, adds ? &residual : nullptr);
        const auto share = detail::share_of(r.window, r.groups, g.over, in, out);
        kernel::sgemm_args a;
        a.over = g.over;
        a.packed = tile_of(r.window);
        a.channels = share.outputs;
        a.output_strides = g.output;
        a.epilogue = detail::epilogue_of(x, r);
        a.epilogue.residual_strides = g.residual;
        for (std::uint32_t image = 0; image < g.images; ++image) {
            const float* input = x.read<float>(in) + run::detail::image_start(in, image) + g.first;
            const std::ptrdiff_t to = run::detail::image_start(out, image);
            for (std::uint32_t group = 0; group < r.groups; ++group) {
                const std::size_t from_output = std::size_t{group} * share.outputs;
                a.input = input + std::size_t{group} * share.inputs;
                a.weights = x.constant<float>(r.weights) + group * share.weights;
                a.epilogue.bias = x.constant<float>(r.bias) + group * share.lanes;
                a.output = x.write<float>(out) + to + from_output;
                if (adds)
                    a.epilogue.residual =
                        x.read<float>(residual) + run::detail::image_start(residual, image) + from_output;
                best.run(a);
            }
        }
    }

    [[nodiscard]] static op_cost cost(const program_data& p, op_view op) noexcept {
        const auto r = op.as<record>();
        const auto packed =
            detail::panel_size(r.window, r.groups, p.tensor(r.op.input), p.tensor(r.op.output));
        return detail::cost_of(r.op, r.window, p, r.groups, packed, 32, sizeof(float));
    }
};

} // namespace pith::run::op

#endif
