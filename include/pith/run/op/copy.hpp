// SPDX-License-Identifier: MIT
#ifndef PITH_RUN_OP_COPY_HPP
#define PITH_RUN_OP_COPY_HPP
/// A strided copy of elements of any type.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "../../kernel/movement/portable.hpp"
#include "../op.hpp"

namespace pith::run::op {

struct copy : with_kernel<kernel::copy_args>, without_weights {
    static constexpr std::uint8_t kind = 16;
    static constexpr std::string_view name = "copy";
    /// Followed by sizes, strides of the input and of the output, `rank` words each.
    struct record {
        op_record op;
        std::uint8_t rank;
        std::uint8_t reserved[3];
        std::int32_t input_first;  ///< element copied first
        std::int32_t output_first; ///< where to
    };
    static constexpr std::size_t axis_words = 3;
    static constexpr second_operand second = second_operand::none;
    static constexpr in_place replaces = in_place::nothing;

    [[nodiscard]] static bool check(const op_checker&, op_view op, const tensor_record& in,
                                    const tensor_record& out) noexcept {
        const auto r = op.as<record>();
        reach from, to;
        for (std::size_t i = 0; i < r.rank; ++i) {
            from.add(op.word<record>(i), op.step<record>(r.rank + i));
            to.add(op.word<record>(i), op.step<record>(2 * std::size_t{r.rank} + i));
        }
        return in.type == out.type && from.stays(r.input_first, in) && to.stays(r.output_first, out) &&
               to.visits_once();
    }

    static void run(const execution& x, op_view op, const kernels& k) noexcept {
        const auto r = op.as<record>();
        const tensor_record in = x.program.tensor(r.op.input);
        const tensor_record out = x.program.tensor(r.op.output);
        const auto bytes = static_cast<std::ptrdiff_t>(element_bytes(in));
        kernel::copy_args a;
        a.input = x.read<std::byte>(in) + r.input_first * bytes;
        a.output = x.write<std::byte>(out) + r.output_first * bytes;
        a.element_bytes = static_cast<std::uint32_t>(bytes);
        a.rank = r.rank;
        for (std::size_t i = 0; i < r.rank; ++i) {
            a.sizes[i] = op.word<record>(i);
            a.input_strides[i] = op.step<record>(r.rank + i);
            a.output_strides[i] = op.step<record>(2 * std::size_t{r.rank} + i);
        }
        k.best.run(a);
    }
};

} // namespace pith::run::op

#endif
