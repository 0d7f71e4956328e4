// SPDX-License-Identifier: MIT
#ifndef PITH_RUN_OP_CONVERT_HPP
#define PITH_RUN_OP_CONVERT_HPP
/// Elements of one type as another.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "../../kernel/movement/convert.hpp"
#include "../op.hpp"

namespace pith::run::op {

struct convert : with_kernel<kernel::convert_args>, without_weights {
    static constexpr std::uint8_t kind = 19;
    static constexpr std::string_view name = "convert";
    using record = op_record;
    static constexpr std::size_t axis_words = 0;
    static constexpr second_operand second = second_operand::none;
    static constexpr in_place replaces = in_place::nothing;

    [[nodiscard]] static bool check(const op_checker&, op_view, const tensor_record& in,
                                    const tensor_record& out) noexcept {
        return no_borders(in, out) && elements_of(in) == elements_of(out);
    }

    static void run(const execution& x, op_view op, const kernels& k) noexcept {
        const op_record r = op.head();
        const tensor_record in = x.program.tensor(r.input);
        const tensor_record out = x.program.tensor(r.output);
        kernel::convert_args a;
        a.input = x.read<std::byte>(in);
        a.output = x.write<std::byte>(out);
        a.count = static_cast<std::size_t>(elements_of(in));
        a.from = type_of(in);
        a.to = type_of(out);
        k.best.run(a);
    }
};

} // namespace pith::run::op

#endif
