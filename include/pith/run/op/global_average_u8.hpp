// SPDX-License-Identifier: MIT
#ifndef PITH_RUN_OP_GLOBAL_AVERAGE_U8_HPP
#define PITH_RUN_OP_GLOBAL_AVERAGE_U8_HPP
/// Averages of whole images of uint8 codes.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "../../kernel/pool/portable.hpp"
#include "../op.hpp"

namespace pith::run::op {

struct global_average_u8 : with_kernel<kernel::global_average_u8_args>, without_weights {
    static constexpr std::uint8_t kind = 13;
    static constexpr std::string_view name = "global_average_u8";
    struct record {
        op_record op;
        std::uint8_t lowest;
        std::uint8_t highest;
        std::uint16_t reserved;
        float factor; ///< of the sum of an image's codes
    };
    static constexpr std::size_t axis_words = 0;
    static constexpr second_operand second = second_operand::none;
    static constexpr in_place replaces = in_place::nothing;

    [[nodiscard]] static bool check(const op_checker&, op_view, const tensor_record& in,
                                    const tensor_record& out) noexcept {
        return is_codes(in) && is_codes(out) && in.dims[0] == out.dims[0] && in.dims[3] == out.dims[3] &&
               out.dims[1] == 1 && out.dims[2] == 1 &&
               std::uint64_t{in.dims[1]} * in.dims[2] <= run::detail::most_mean_codes;
    }

    static void run(const execution& x, op_view op, const kernels& k) noexcept {
        const auto r = op.as<record>();
        const tensor_record in = x.program.tensor(r.op.input);
        const tensor_record out = x.program.tensor(r.op.output);
        kernel::global_average_u8_args a;
        a.rows = in.dims[1];
        a.columns = in.dims[2];
        a.channels = in.dims[3];
        a.input_strides = run::detail::strides_of(in);
        a.input_zero = in.zero;
        a.factor = r.factor;
        a.zero = out.zero;
        a.lowest = r.lowest;
        a.highest = r.highest;
        for (std::uint32_t image = 0; image < out.dims[0]; ++image) {
            a.input = x.read<std::uint8_t>(in) + run::detail::image_start(in, image);
            a.output = x.write<std::uint8_t>(out) + run::detail::image_start(out, image);
            k.best.run(a);
        }
    }
};

} // namespace pith::run::op

#endif
