// SPDX-License-Identifier: MIT
#ifndef PITH_RUN_OP_RESIZE_F32_HPP
#define PITH_RUN_OP_RESIZE_F32_HPP
/// Nearest, linear and cubic resizing of real numbers.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "../../kernel/resize/portable.hpp"
#include "resize.hpp"

namespace pith::run::op {

struct resize_f32 : with_kernel<kernel::resize_f32_args>, without_weights {
    static constexpr std::uint8_t kind = 25;
    static constexpr std::string_view name = "resize_f32";
    using record = resize_record;
    static constexpr std::size_t axis_words = 0;
    static constexpr second_operand second = second_operand::none;
    static constexpr in_place replaces = in_place::nothing;

    [[nodiscard]] static bool check(const op_checker& c, op_view op, const tensor_record& in,
                                    const tensor_record& out) noexcept {
        const auto r = op.as<record>();
        return is_real(in) && (r.taps == 1 || r.taps == 2 || r.taps == 4) &&
               detail::check_resize(c, r, in, out);
    }

    static void run(const execution& x, op_view op, const kernels& k) noexcept {
        const auto r = op.as<record>();
        detail::run_resize<float>(x, r, k.best, [&](kernel::resize_f32_args& a) { a.taps = r.taps; });
    }
};

} // namespace pith::run::op

#endif
