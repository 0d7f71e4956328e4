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
        detail::for_each_group<kernel::sgemm_args>(x, r, [&](kernel::sgemm_args& a, std::size_t first) {
            a.weights = x.constant<float>(r.weights) + first;
            best.run(a);
        });
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
