// SPDX-License-Identifier: MIT
#ifndef PITH_RUN_OP_MATMUL_F32_HPP
#define PITH_RUN_OP_MATMUL_F32_HPP
/// Products of two computed real matrices, in batches.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "../../kernel/matmul/portable.hpp"
#include "../op.hpp"

namespace pith::run::op {

struct matmul_f32 : with_kernel<kernel::matmul_f32_args> {
    static constexpr std::uint8_t kind = 27;
    static constexpr std::string_view name = "matmul_f32";
    /// Followed by batch sizes, strides of a and of b, `rank` words each.
    struct record {
        op_record op;
        std::uint32_t m;
        std::uint32_t k;
        std::uint32_t n;
        std::uint32_t rank;
    };
    static constexpr std::size_t axis_words = 3;
    static constexpr second_operand second = second_operand::needed;
    static constexpr in_place replaces = in_place::nothing;

    [[nodiscard]] static bool check(const op_checker& c, op_view op, const tensor_record& in,
                                    const tensor_record& out) noexcept {
        const auto r = op.as<record>();
        const tensor_record b = c.tensor(r.op.second);
        constexpr std::uint64_t most = 1u << 28;
        if (!is_real(in) || !is_real(b) || !is_real(out) || !no_borders(in, b) || has_border(out) ||
            r.m == 0 || r.k == 0 || r.n == 0 || r.m > most || r.k > most || r.n > most)
            return false;
        reach from_a, from_b;
        std::uint64_t written = std::uint64_t{r.m} * r.n;
        for (std::size_t i = 0; i < r.rank; ++i) {
            from_a.add(op.word<record>(i), op.step<record>(r.rank + i));
            from_b.add(op.word<record>(i), op.step<record>(2 * std::size_t{r.rank} + i));
            if (!from_a.sane || written > elements_of(out))
                return false;
            written *= op.word<record>(i);
        }
        from_a.highest += static_cast<std::int64_t>(std::uint64_t{r.m} * r.k) - 1;
        from_b.highest += static_cast<std::int64_t>(std::uint64_t{r.k} * r.n) - 1;
        return written == elements_of(out) && from_a.stays(0, in) && from_b.stays(0, b) &&
               written * r.k <= run::detail::most_op_steps;
    }

    static void run(const execution& x, op_view op, const kernels& k) noexcept {
        const auto r = op.as<record>();
        kernel::matmul_f32_args a;
        a.a = x.read<float>(x.program.tensor(r.op.input));
        a.b = x.read<float>(x.program.tensor(r.op.second));
        a.output = x.write<float>(x.program.tensor(r.op.output));
        a.m = r.m;
        a.k = r.k;
        a.n = r.n;
        a.rank = r.rank;
        for (std::size_t i = 0; i < r.rank; ++i) {
            a.sizes[i] = op.word<record>(i);
            a.a_strides[i] = op.step<record>(r.rank + i);
            a.b_strides[i] = op.step<record>(2 * std::size_t{r.rank} + i);
        }
        k.best.run(a);
    }

    [[nodiscard]] static op_cost cost(const program_data& p, op_view op) noexcept {
        const auto r = op.as<record>();
        op_cost c;
        c.macs = elements_of(p.tensor(r.op.output)) * r.k;
        return c;
    }
};

} // namespace pith::run::op

#endif
