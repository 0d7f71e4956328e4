// SPDX-License-Identifier: MIT
#ifndef PITH_RUN_OP_SPARSE_CONVOLUTION_F32_HPP
#define PITH_RUN_OP_SPARSE_CONVOLUTION_F32_HPP
/// Convolutions and dense layers in floating point that store and multiply only the inputs a panel of 16
/// outputs uses.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "../../kernel/sparse_sgemm/portable.hpp"
#include "float_convolution.hpp"
#include "stored_columns.hpp"

namespace pith::run::op {

struct sparse_convolution_f32 : with_kernel<kernel::sparse_sgemm_args> {
    static constexpr std::uint8_t kind = 30;
    static constexpr std::string_view name = "sparse_convolution_f32";
    struct record {
        float_convolution_record like; ///< one group; `weights` are [columns.count][16]
        stored_columns columns;
    };
    static constexpr std::size_t axis_words = 0;
    static constexpr second_operand second = second_operand::optional;
    static constexpr in_place replaces = in_place::second;
    static constexpr format::tile tile = kernel::sgemm_tile;

    [[nodiscard]] static bool check(const op_checker& c, op_view op, const tensor_record& in,
                                    const tensor_record& out) noexcept {
        const auto r = op.as<record>();
        const auto& l = r.like;
        return is_real(in) && is_real(out) && l.groups == 1 && l.sparsity == 0 && tile_of(l.window) == tile &&
               detail::window_fits(l.window, in, out) &&
               c.constant(l.weights, std::uint64_t{r.columns.count} * tile.outputs * 4, 16) &&
               c.constant(l.bias, detail::sparse_panels(out) * tile.outputs * 4) &&
               detail::columns_fit(c, r.columns, l.window, in, out) &&
               detail::residual_fits(c, l.op.second, out);
    }

    static void run(const execution& x, op_view op, const kernels& k) noexcept {
        const auto r = op.as<record>();
        const auto panels = detail::sparse_panels(x.program.tensor(r.like.op.output));
        detail::for_each_group<kernel::sparse_sgemm_args>(
            x, r.like, [&](kernel::sparse_sgemm_args& a, std::size_t) {
                a.weights = x.constant<float>(r.like.weights);
                a.starts = x.constant<std::uint32_t>(r.columns.at);
                a.columns = a.starts + panels + 1;
                k.best.run(a);
            });
    }

    [[nodiscard]] static op_cost cost(const program_data& p, op_view op) noexcept {
        const auto r = op.as<record>();
        return detail::sparse_cost(p, r.like.op, r.columns, 1, 32, sizeof(float));
    }

private:
    static_assert(detail::sparse_outputs == tile.outputs);
};

} // namespace pith::run::op

#endif
