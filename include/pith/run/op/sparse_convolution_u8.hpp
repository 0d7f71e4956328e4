// SPDX-License-Identifier: MIT
#ifndef PITH_RUN_OP_SPARSE_CONVOLUTION_U8_HPP
#define PITH_RUN_OP_SPARSE_CONVOLUTION_U8_HPP
/// Convolutions and dense layers of uint8 codes with int8 weights that store and multiply only the columns of
/// four inputs a panel of 16 outputs uses.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "../../kernel/sparse_igemm/portable.hpp"
#include "quantized_convolution.hpp"
#include "stored_columns.hpp"

namespace pith::run::op {

struct sparse_convolution_u8 : with_kernel<kernel::sparse_igemm_args> {
    static constexpr std::uint8_t kind = 31;
    static constexpr std::string_view name = "sparse_convolution_u8";
    struct record {
        quantized_convolution_record like; ///< one group, 8 bits; `weights` are [columns.count][16][4]
        stored_columns columns;
    };
    static constexpr std::size_t axis_words = 0;
    static constexpr second_operand second = second_operand::optional;
    static constexpr in_place replaces = in_place::second;
    static constexpr format::tile tile = kernel::igemm_vector_tile;

    [[nodiscard]] static bool check(const op_checker& c, op_view op, const tensor_record& in,
                                    const tensor_record& out) noexcept {
        const auto r = op.as<record>();
        const auto& l = r.like;
        const detail::packed_size packed{std::uint64_t{r.columns.count} * tile.outputs * tile.depth,
                                         detail::sparse_panels(out) * tile.outputs};
        return is_codes(in) && l.groups == 1 && tile_of(l.window) == tile && detail::has_int8_weights(l) &&
               detail::window_fits(l.window, in, out) && detail::constants_lie(c, l, packed) &&
               detail::columns_fit(c, r.columns, l.window, in, out) &&
               detail::zero_behind_window(c, r.columns, l.weights, tile.depth, l.window, in, out) &&
               detail::output_fits(c, l, out);
    }

    static void run(const execution& x, op_view op, const kernels& k) noexcept {
        const auto r = op.as<record>();
        const auto panels = detail::sparse_panels(x.program.tensor(r.like.op.output));
        detail::for_each_group<kernel::sparse_igemm_args>(
            x, r.like, [&](kernel::sparse_igemm_args& a, std::size_t) {
                a.weights = x.constant<std::int8_t>(r.like.weights);
                a.starts = x.constant<std::uint32_t>(r.columns.at);
                a.columns = a.starts + panels + 1;
                k.best.run(a);
            });
    }

    [[nodiscard]] static op_cost cost(const program_data& p, op_view op) noexcept {
        const auto r = op.as<record>();
        return detail::sparse_cost(p, r.like.op, r.columns, tile.depth, 8, detail::quantized_lane_bytes);
    }

private:
    static_assert(detail::sparse_outputs == tile.outputs);
};

} // namespace pith::run::op

#endif
