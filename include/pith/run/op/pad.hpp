// SPDX-License-Identifier: MIT
#ifndef PITH_RUN_OP_PAD_HPP
#define PITH_RUN_OP_PAD_HPP
/// Elements of any type with more of them around.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "../../format/ops.hpp"
#include "../../kernel/movement/portable.hpp"
#include "../op.hpp"

namespace pith::run::op {

struct pad : with_kernel<kernel::pad_args>, without_weights {
    static constexpr std::uint8_t kind = 17;
    static constexpr std::string_view name = "pad";
    /// Followed by sizes, elements before and after, `rank` words each.
    struct record {
        op_record op;
        std::uint8_t rank;
        std::uint8_t mode; ///< format::pad_mode
        std::uint16_t reserved;
        std::uint32_t fill[2]; ///< one element's bytes
    };
    static constexpr std::size_t axis_words = 3;
    static constexpr second_operand second = second_operand::none;
    static constexpr in_place replaces = in_place::nothing;

    [[nodiscard]] static bool check(const op_checker&, op_view op, const tensor_record& in,
                                    const tensor_record& out) noexcept {
        const auto r = op.as<record>();
        constexpr std::int64_t most = std::int64_t{1} << 28;
        std::uint64_t from = 1, to = 1;
        for (std::size_t i = 0; i < r.rank; ++i) {
            const std::int64_t size = op.word<record>(i);
            const std::int64_t before = op.step<record>(r.rank + i);
            const std::int64_t after = op.step<record>(2 * std::size_t{r.rank} + i);
            const std::int64_t result = before + size + after;
            const std::int64_t limit = most_padding(r.mode, size);
            if (size < 1 || size > most || result < 1 || result > most || before > limit || after > limit ||
                before <= -size || after <= -size)
                return false;
            from *= static_cast<std::uint64_t>(size);
            to *= static_cast<std::uint64_t>(result);
            if (from > elements_of(in) || to > elements_of(out))
                return false;
        }
        return in.type == out.type && no_borders(in, out) && from == elements_of(in) &&
               to == elements_of(out) && r.mode <= static_cast<std::uint8_t>(format::pad_mode::wrap);
    }

    static void run(const execution& x, op_view op, const kernels& k) noexcept {
        const auto r = op.as<record>();
        const tensor_record in = x.program.tensor(r.op.input);
        kernel::pad_args a;
        a.input = x.read<std::byte>(in);
        a.output = x.write<std::byte>(x.program.tensor(r.op.output));
        a.element_bytes = static_cast<std::uint32_t>(element_bytes(in));
        a.rank = r.rank;
        for (std::size_t i = 0; i < r.rank; ++i) {
            a.sizes[i] = op.word<record>(i);
            a.before[i] = op.step<record>(r.rank + i);
            a.after[i] = op.step<record>(2 * std::size_t{r.rank} + i);
        }
        a.mode = static_cast<format::pad_mode>(r.mode);
        a.fill = r.fill;
        k.best.run(a);
    }

private:
    /// Elements a mode can make on one side of an axis.
    [[nodiscard]] static constexpr std::int64_t most_padding(std::uint8_t mode, std::int64_t size) noexcept {
        if (mode == static_cast<std::uint8_t>(format::pad_mode::reflect))
            return size - 1;
        return mode == static_cast<std::uint8_t>(format::pad_mode::wrap) ? size : std::int64_t{1} << 28;
    }
};

} // namespace pith::run::op

#endif
