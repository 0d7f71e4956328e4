// SPDX-License-Identifier: MIT
#ifndef PITH_RUN_OP_SOFTMAX_F32_HPP
#define PITH_RUN_OP_SOFTMAX_F32_HPP
/// Softmax, or its logarithm, over the middle of [outer, size, inner].

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "../../kernel/softmax/portable.hpp"
#include "../op.hpp"

namespace pith::run::op {

struct softmax_f32 : with_kernel<kernel::softmax_f32_args>, without_weights {
    static constexpr std::uint8_t kind = 24;
    static constexpr std::string_view name = "softmax_f32";
    struct record {
        op_record op;
        std::uint32_t outer;
        std::uint32_t size;
        std::uint32_t inner;
        std::uint8_t log; ///< 1: the logarithm
        std::uint8_t reserved[3];
    };
    static constexpr std::size_t axis_words = 0;
    static constexpr second_operand second = second_operand::none;
    static constexpr in_place replaces = in_place::any;

    [[nodiscard]] static bool check(const op_checker&, op_view op, const tensor_record& in,
                                    const tensor_record& out) noexcept {
        const auto r = op.as<record>();
        return is_real(in) && is_real(out) && same_dims(in, out) && no_borders(in, out) &&
               cuts(in, r.outer, r.size, r.inner);
    }

    static void run(const execution& x, op_view op, const kernels& k) noexcept {
        const auto r = op.as<record>();
        kernel::softmax_f32_args a;
        a.input = x.read<float>(x.program.tensor(r.op.input));
        a.output = x.write<float>(x.program.tensor(r.op.output));
        a.outer = r.outer;
        a.size = r.size;
        a.inner = r.inner;
        a.log = r.log != 0;
        k.best.run(a);
    }
};

} // namespace pith::run::op

#endif
