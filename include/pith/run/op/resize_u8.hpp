// SPDX-License-Identifier: MIT
#ifndef PITH_RUN_OP_RESIZE_U8_HPP
#define PITH_RUN_OP_RESIZE_U8_HPP
/// Nearest-neighbour resizing of uint8 codes.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "../../kernel/resize/portable.hpp"
#include "resize.hpp"

namespace pith::run::op {

struct resize_u8 : with_kernel<kernel::resize_u8_args>, without_weights {
    static constexpr std::uint8_t kind = 15;
    static constexpr std::string_view name = "resize_u8";
    using record = resize_record;
    static constexpr std::size_t axis_words = 0;
    static constexpr second_operand second = second_operand::none;
    static constexpr in_place replaces = in_place::nothing;

    [[nodiscard]] static bool check(const op_checker& c, op_view op, const tensor_record& in,
                                    const tensor_record& out) noexcept {
        const auto r = op.as<record>();
        return is_codes(in) && r.taps == 1 && detail::check_resize(c, r, in, out);
    }

    static void run(const execution& x, op_view op, const kernels& k) noexcept {
        detail::run_resize<std::uint8_t>(x, op.as<record>(), k.best, [](kernel::resize_u8_args&) {});
    }
};

} // namespace pith::run::op

#endif
