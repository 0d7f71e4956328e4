// SPDX-License-Identifier: MIT
#ifndef PITH_RUN_OP_RESIZE_HPP
#define PITH_RUN_OP_RESIZE_HPP
/// What resizing of every element type shares.

#include <cstddef>
#include <cstdint>

#include "../../kernel/entry.hpp"
#include "../../kernel/resize/args.hpp"
#include "../op.hpp"

namespace pith::run::op {

/// Offsets of the tables; the tables of indices stand for those of weights when taps is 1.
struct resize_record {
    op_record op;
    std::uint32_t taps;
    std::uint32_t row_indices;
    std::uint32_t row_weights;
    std::uint32_t column_indices;
    std::uint32_t column_weights;
};

namespace detail {

[[nodiscard]] inline bool check_resize(const op_checker& c, const resize_record& r, const tensor_record& in,
                                       const tensor_record& out) noexcept {
    if (in.type != out.type || in.dims[0] != out.dims[0] || in.dims[3] != out.dims[3])
        return false;
    const std::uint64_t rows = std::uint64_t{out.dims[1]} * r.taps;
    const std::uint64_t columns = std::uint64_t{out.dims[2]} * r.taps;
    return c.indices_fit(r.row_indices, rows, in.dims[1]) &&
           c.indices_fit(r.column_indices, columns, in.dims[2]) &&
           (r.taps == 1 ||
            (c.constant(r.row_weights, rows * 4) && c.constant(r.column_weights, columns * 4)));
}

[[nodiscard]] inline kernel::resize_axis_taps taps_of(const execution& x, std::uint32_t indices,
                                                      std::uint32_t weights, std::uint32_t outputs,
                                                      std::uint32_t taps) noexcept {
    kernel::resize_axis_taps table;
    table.indices = x.constant<std::int32_t>(indices);
    table.weights = taps != 1 ? x.constant<float>(weights) : nullptr; // one tap has none
    table.outputs = outputs;
    return table;
}

/// @param set writes Args beyond input, output and geometry
template <class T, class Args, class Set>
void run_resize(const execution& x, const resize_record& r, const kernel::entry<Args>& k,
                const Set& set) noexcept {
    const tensor_record in = x.program.tensor(r.op.input);
    const tensor_record out = x.program.tensor(r.op.output);
    Args a;
    a.channels = in.dims[3];
    a.rows = taps_of(x, r.row_indices, r.row_weights, out.dims[1], r.taps);
    a.columns = taps_of(x, r.column_indices, r.column_weights, out.dims[2], r.taps);
    a.input_strides = run::detail::strides_of(in);
    a.output_strides = run::detail::strides_of(out);
    set(a);
    for (std::uint32_t image = 0; image < out.dims[0]; ++image) {
        a.input = x.read<T>(in) + run::detail::image_start(in, image);
        a.output = x.write<T>(out) + run::detail::image_start(out, image);
        k.run(a);
    }
}

} // namespace detail

} // namespace pith::run::op

#endif
