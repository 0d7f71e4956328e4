// SPDX-License-Identifier: MIT
#ifndef PITH_RUN_OP_BINARY_F32_HPP
#define PITH_RUN_OP_BINARY_F32_HPP
/// Operations of two real operands that may repeat along any axis.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "../../format/ops.hpp"
#include "../../kernel/eltwise/binary.hpp"
#include "../op.hpp"

namespace pith::run::op {

struct binary_f32 : with_kernel<kernel::binary_f32_args>, without_weights {
    static constexpr std::uint8_t kind = 21;
    static constexpr std::string_view name = "binary_f32";
    /// Followed by sizes, strides of a, of b and of the output, `rank` words each.
    struct record {
        op_record op;
        std::uint8_t function; ///< format::binary_op
        std::uint8_t rank;
        std::uint16_t reserved;
        float low;
        float high;
    };
    static constexpr std::size_t axis_words = 4;
    static constexpr second_operand second = second_operand::needed;
    static constexpr in_place replaces = in_place::any;

    [[nodiscard]] static bool check(const op_checker& c, op_view op, const tensor_record& in,
                                    const tensor_record& out) noexcept {
        const auto r = op.as<record>();
        const tensor_record b = c.tensor(r.op.second);
        reach reaches[3];
        bool as_out[2] = {true, true}; // an operand is walked as the output is
        for (std::size_t i = 0; i < r.rank; ++i)
            for (std::size_t k = 0; k < 3; ++k) {
                const std::int32_t stride = op.step<record>((k + 1) * r.rank + i);
                reaches[k].add(op.word<record>(i), stride);
                if (k < 2 && op.word<record>(i) != 1 &&
                    stride != op.step<record>(std::size_t{3} * r.rank + i))
                    as_out[k] = false;
            }
        return is_real(in) && is_real(b) && is_real(out) && reaches[0].stays(0, in) &&
               reaches[1].stays(0, b) && reaches[2].stays(0, out) && reaches[2].visits_once() &&
               (as_out[0] || run::detail::apart(in, out)) && (as_out[1] || run::detail::apart(b, out)) &&
               r.function <= static_cast<std::uint8_t>(format::binary_op::keep);
    }

    static void run(const execution& x, op_view op, const kernels& k) noexcept {
        const auto r = op.as<record>();
        kernel::binary_f32_args a;
        a.op = static_cast<format::binary_op>(r.function);
        a.a = x.read<float>(x.program.tensor(r.op.input));
        a.b = x.read<float>(x.program.tensor(r.op.second));
        a.output = x.write<float>(x.program.tensor(r.op.output));
        a.rank = r.rank;
        for (std::size_t i = 0; i < r.rank; ++i) {
            a.sizes[i] = op.word<record>(i);
            a.a_strides[i] = op.step<record>(r.rank + i);
            a.b_strides[i] = op.step<record>(2 * std::size_t{r.rank} + i);
            a.output_strides[i] = op.step<record>(3 * std::size_t{r.rank} + i);
        }
        a.low = r.low;
        a.high = r.high;
        k.best.run(a);
    }
};

} // namespace pith::run::op

#endif
