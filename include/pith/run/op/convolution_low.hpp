// SPDX-License-Identifier: MIT
#ifndef PITH_RUN_OP_CONVOLUTION_LOW_HPP
#define PITH_RUN_OP_CONVOLUTION_LOW_HPP
/// Convolutions and dense layers of uint8 codes with weights of one to seven bits, decoded in registers.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "../../format/low_bit.hpp"
#include "../../kernel/igemm_low/portable.hpp"
#include "quantized_convolution.hpp"

namespace pith::run::op {

struct convolution_low : with_kernel<kernel::igemm_low_args> {
    static constexpr std::uint8_t kind = 2;
    static constexpr std::string_view name = "convolution_low";
    using record = quantized_convolution_record;
    static constexpr std::size_t axis_words = 0;
    static constexpr second_operand second = second_operand::optional;
    static constexpr in_place replaces = in_place::second;

    [[nodiscard]] static bool check(const op_checker& c, op_view op, const tensor_record& in,
                                    const tensor_record& out) noexcept {
        const auto r = op.as<record>();
        return is_codes(in) && detail::window_fits(r.window, in, out) && coding_fits(c, r) &&
               detail::constants_fit(c, r, detail::panel_size(r.window, r.groups, in, out)) &&
               detail::ends(r.window, in.dims[3] / r.groups, out) && detail::output_fits(c, r, out);
    }

    static void run(const execution& x, op_view op, const kernels& k) noexcept {
        const auto r = op.as<record>();
        const format::low_bit_codes coding{r.weight_bits, r.weight_lowest,
                                           r.levels != 0 ? x.constant<std::int8_t>(r.levels) : nullptr};
        detail::for_each_group<kernel::igemm_args>(x, r, [&](const kernel::igemm_args& a, std::size_t first) {
            const std::size_t bytes = format::low_bit_bytes(first, r.weight_bits);
            k.best.run({a, x.constant<std::uint8_t>(r.weights) + bytes, coding});
        });
    }

    [[nodiscard]] static op_cost cost(const program_data& p, op_view op) noexcept {
        const auto r = op.as<record>();
        const auto packed =
            detail::panel_size(r.window, r.groups, p.tensor(r.op.input), p.tensor(r.op.output));
        op_cost c =
            detail::cost_of(r.op, r.window, p, r.groups, packed, r.weight_bits, detail::quantized_lane_bytes);
        c.codebook_levels = r.level_count;
        return c;
    }

private:
    /// The tile of the weights, and what their indices mean.
    [[nodiscard]] static bool coding_fits(const op_checker& c, const record& r) noexcept {
        if (r.sparsity != 0 || r.weight_bits < 1 || r.weight_bits > format::most_low_bits ||
            !(tile_of(r.window) == format::low_bit_tile))
            return false;
        const std::int32_t most = std::int32_t{1} << r.weight_bits;
        if (r.levels == 0)
            return r.level_count == 0 && r.weight_lowest + most - 1 <= 127;
        return r.weight_lowest == 0 && r.level_count >= 1 && r.level_count <= most &&
               c.constant(r.levels, static_cast<std::uint64_t>(most));
    }
};

} // namespace pith::run::op

#endif
