// SPDX-License-Identifier: MIT
#ifndef PITH_RUN_OP_ROWS_HPP
#define PITH_RUN_OP_ROWS_HPP
/// Running kernels row by row over tensors that may have borders.

#include <cstddef>
#include <cstdint>

#include "../../kernel/entry.hpp"
#include "../execution.hpp"
#include "../layout.hpp"

namespace pith::run::op::detail {

/// Tensors of the same dims as rows: one row where all are dense, else the rows of one image.
struct row_walk {
    std::uint32_t images = 1;
    std::size_t rows = 1;
    std::size_t count = 0;

    row_walk(const tensor_record& a, bool all_dense) noexcept {
        if (all_dense) {
            count = static_cast<std::size_t>(elements_of(a));
        } else {
            images = a.dims[0];
            rows = a.dims[1];
            count = std::size_t{a.dims[2]} * a.dims[3];
        }
    }
};

/// Runs an operation of one operand row by row. @param set writes Args beyond input, output and rows
template <class Args, class From, class To, class Set>
void run_rows(const execution& x, const op_record& op, const kernel::entry<Args>& k,
              const Set& set) noexcept {
    const tensor_record in = x.program.tensor(op.input);
    const tensor_record out = x.program.tensor(op.output);
    const row_walk walk(in, !has_border(in) && !has_border(out));
    Args a;
    set(a, in, out);
    a.rows = walk.rows;
    a.count = walk.count;
    a.input_row_stride = static_cast<std::ptrdiff_t>(row_stride(in));
    a.output_row_stride = static_cast<std::ptrdiff_t>(row_stride(out));
    for (std::uint32_t image = 0; image < walk.images; ++image) {
        a.input = x.read<From>(in) + run::detail::image_start(in, image);
        a.output = x.write<To>(out) + run::detail::image_start(out, image);
        k.run(a);
    }
}

} // namespace pith::run::op::detail

#endif
