// SPDX-License-Identifier: MIT
#ifndef PITH_IO_ONNX_OPS_PICK_HPP
#define PITH_IO_ONNX_OPS_PICK_HPP
/// Operators that pick elements by number, or find them: gathers of flattened values, comparisons with a
/// range.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "ops_logic.hpp"
#include "windows.hpp"

namespace pith::io::onnx {

namespace detail {

/// Indices as int64, negative ones counted from the end. @param sizes of the axis that each picks from
template <class G>
[[nodiscard]] operand wrapped_indices(call<G>& c, const operand& indices, const operand& sizes) {
    const operand x = apply_cast(c, indices, format::dtype::i64);
    const operand zero = c.make.constant(tensor<std::int64_t>(shape{}, 0), format::dtype::i64);
    const operand behind = combine(c, binary_op::min, apply(c, {unary_op::sign}, x), zero);
    return combine(c, binary_op::sub, x, combine(c, binary_op::mul, behind, sizes));
}

template <class G>
[[nodiscard]] operand whole_scalar(call<G>& c, std::int64_t v) {
    return c.make.constant(tensor<std::int64_t>(shape{}, v), format::dtype::i64);
}

template <class G>
[[nodiscard]] value_id flattened(call<G>& c, const operand& x) {
    return c.make.reshaped(c.make.place(x), {x.dims.elements()});
}

/// Refuses constant indices that are out of range.
template <class G>
void check_indices(const call<G>& c, const operand& indices, std::int64_t size) {
    if (const auto* t = c.make.net[indices.id].wholes())
        for (const auto i : t->data())
            c.expect(i >= -size && i < size, errc::bad_shape,
                     "an index is beyond the axis that it picks from");
}

} // namespace detail

template <class G>
void import_gather_elements(call<G>& c) {
    const operand x = c.in(0);
    const operand indices = c.in(1);
    const std::size_t axis = c.axis(c.whole("axis", 0), x.dims.rank());
    const shape to = indices.dims;
    c.expect(to.rank() == x.dims.rank() && !is_real(indices.type), errc::bad_shape,
             "one whole index per element is needed");
    detail::check_indices(c, indices, x.dims[axis]);
    const strides step = dense_strides(x.dims);
    for (std::size_t i = 0; i < to.rank(); ++i)
        c.expect(i == axis || to[i] <= x.dims[i], errc::bad_shape, "the indices' shape does not fit");
    const operand base = detail::whole_table(c, to, format::dtype::i64, [&](std::int64_t i) {
        std::int64_t at = 0;
        for (std::size_t k = to.rank(); k-- > 0; i /= to[k])
            at += k == axis ? 0 : i % to[k] * step[k];
        return at;
    });
    const operand along = detail::wrapped_indices(c, indices, detail::whole_scalar(c, x.dims[axis]));
    const operand scaled = combine(c, binary_op::mul, along, detail::whole_scalar(c, step[axis]));
    const operand at = combine(c, binary_op::add, scaled, base);
    c.out(0, c.plain(c.make.emit(gather{0}, {detail::flattened(c, x), c.make.place(at)})));
}

template <class G>
void import_gather_nd(call<G>& c) {
    const operand x = c.in(0);
    const operand indices = c.in(1);
    const auto batch = static_cast<std::size_t>(c.small(c.whole("batch_dims", 0)));
    c.expect(indices.dims.rank() > batch && x.dims.rank() > batch && !is_real(indices.type), errc::bad_shape,
             "the indices' shape does not fit");
    const auto count = static_cast<std::size_t>(indices.dims.back());
    c.expect(count >= 1 && batch + count <= x.dims.rank(), errc::bad_shape,
             "the indices' shape does not fit");
    const strides step = dense_strides(x.dims);
    const std::int64_t rest = x.dims.product(batch + count, x.dims.rank());
    const auto row = [&](const auto& at) {
        return detail::whole_table(c, {indices.dims.back()}, format::dtype::i64,
                                   [&](std::int64_t i) { return at(batch + static_cast<std::size_t>(i)); });
    };
    const operand sizes = row([&](std::size_t i) { return x.dims[i]; });
    const operand steps = row([&](std::size_t i) { return rest == 0 ? 0 : step[i] / rest; });
    operand at = combine(c, binary_op::mul, detail::wrapped_indices(c, indices, sizes), steps);
    at = reduce_over(c, reduce_op::sum, at, {indices.dims.rank() - 1}, false);
    shape images; // one base for each batch
    for (std::size_t i = 0; i < at.dims.rank(); ++i)
        images.push_back(i < batch ? x.dims[i] : 1);
    if (batch > 0) {
        const std::int64_t picked = x.dims.product(batch, batch + count);
        at = combine(
            c, binary_op::add, at,
            detail::whole_table(c, images, format::dtype::i64, [&](std::int64_t i) { return i * picked; }));
    }
    shape rows{x.dims.product(0, batch + count)};
    for (std::size_t i = batch + count; i < x.dims.rank(); ++i)
        rows.push_back(x.dims[i]);
    c.expect(at.dims.rank() + rows.rank() - 1 <= max_rank, errc::unsupported,
             "tensors have at most 8 dimensions here");
    const value_id from = c.make.reshaped(c.make.place(x), rows);
    c.out(0, c.plain(c.make.emit(gather{0}, {from, c.make.place(at)})));
}

template <class G>
void import_compress(call<G>& c) {
    const auto taken = c.constant_wholes(1);
    operand x = c.in(0);
    if (!c.has_attribute("axis"))
        x = c.plain(detail::flattened(c, x));
    const std::size_t axis = c.axis(c.whole("axis", 0), x.dims.rank());
    std::vector<std::int64_t> which;
    for (std::size_t i = 0; i < taken.size(); ++i)
        if (taken[i] != 0)
            which.push_back(static_cast<std::int64_t>(i));
    c.expect(which.empty() || which.back() < x.dims[axis], errc::bad_shape,
             "an index is beyond the axis that it picks from");
    const operand indices =
        detail::whole_table(c, {static_cast<std::int64_t>(which.size())}, format::dtype::i64,
                            [&](std::int64_t i) { return which[static_cast<std::size_t>(i)]; });
    c.out(0, c.stored(c.make.emit(gather{stored_axis(x.order, axis)}, {x.id, indices.id}), x.order));
}

/// The first elements of each sequence the other way round.
template <class G>
void import_reverse_sequence(call<G>& c) {
    const operand x = c.in(0);
    const std::size_t time = c.axis(c.whole("time_axis", 0), x.dims.rank());
    const std::size_t batch = c.axis(c.whole("batch_axis", 1), x.dims.rank());
    const auto lengths = c.constant_wholes(1);
    c.expect(time + batch == 1 && x.dims.rank() >= 2, errc::bad_shape,
             "the time and batch axes must be the first two");
    c.expect(static_cast<std::int64_t>(lengths.size()) == x.dims[batch], errc::bad_shape,
             "one length per sequence is needed");
    for (const auto n : lengths)
        c.expect(n >= 0 && n <= x.dims[time], errc::bad_shape, "a sequence is longer than its axis");
    const std::int64_t columns = x.dims[1];
    const operand which =
        detail::whole_table(c, {x.dims[0] * columns}, format::dtype::i64, [&](std::int64_t i) {
            const std::int64_t at[2] = {i / columns, i % columns};
            const std::int64_t n = lengths[static_cast<std::size_t>(at[batch])];
            const std::int64_t from = at[time] < n ? n - 1 - at[time] : at[time];
            return time == 0 ? from * columns + at[1] : at[0] * columns + from;
        });
    shape rows{x.dims[0] * columns};
    for (std::size_t i = 2; i < x.dims.rank(); ++i)
        rows.push_back(x.dims[i]);
    const value_id flat = c.make.reshaped(c.make.place(x), rows);
    c.out(0, c.plain(c.make.reshaped(c.make.emit(gather{0}, {flat, which.id}), x.dims)));
}

namespace detail {

/// Whether a number along `axis` of rank `rank` equals x, of size 1 there: one true in each row.
template <class G>
[[nodiscard]] operand one_of(call<G>& c, const operand& x, std::int64_t size, std::size_t axis,
                             std::size_t rank) {
    shape row;
    for (std::size_t i = axis; i < rank; ++i)
        row.push_back(i == axis ? size : 1);
    return combine(c, binary_op::equal, x,
                   whole_table(c, row, format::dtype::i64, [](std::int64_t i) { return i; }));
}

} // namespace detail

template <class G>
void import_one_hot(call<G>& c) {
    const operand indices = c.in(0);
    const auto& given = c.make.net[c.make.place(c.raw(1))];
    c.expect(given.is_constant() && given.dims.elements() == 1, errc::unsupported,
             "the depth must be one constant number");
    const std::int64_t depth =
        given.reals() != nullptr ? pith::detail::truncate((*given.reals())[0]) : (*given.wholes())[0];
    const std::size_t rank = indices.dims.rank() + 1;
    const std::size_t axis = c.axis(c.whole("axis", -1), rank);
    c.expect(depth >= 1 && depth <= max_elements && rank <= max_rank, errc::bad_option,
             "the depth is out of range");
    const operand values = c.in(2);
    c.expect(values.dims == shape{2}, errc::bad_shape, "a value for each of on and off is needed");
    shape apart;
    for (std::size_t i = 0; i < rank; ++i)
        apart.push_back(i == axis ? 1 : indices.dims[i < axis ? i : i - 1]);
    const operand x = detail::wrapped_indices(c, indices, detail::whole_scalar(c, depth));
    const operand is = detail::one_of(c, reshape_to(c, x, apart), depth, axis, rank);
    const auto value_at = [&](std::int64_t i) {
        return c.plain(c.make.reshaped(detail::cut(c, c.make.place(values), 0, i, 1), {}));
    };
    c.out(0, detail::chosen(c, is, value_at(1), value_at(0)));
}

/// One at the first greatest element, zero elsewhere.
template <class G>
void import_hardmax(call<G>& c) {
    operand x = c.in(0);
    const shape whole = x.dims;
    const std::size_t rank = whole.rank();
    std::size_t axis = c.axis(c.whole("axis", c.opset < 13 ? 1 : -1), rank);
    if (c.opset < 13) { // all axes from `axis` on are one
        x = c.make.unmixed(reshape_to(c, x, {whole.product(0, axis), whole.product(axis, rank)}));
        axis = 1;
    }
    const operand most = reduce_over(c, reduce_op::arg_max, x, {axis}, true);
    const operand is = detail::one_of(c, most, x.dims[axis], axis, x.dims.rank());
    c.out(0, reshape_to(c, apply_cast(c, is, x.type), whole));
}

template <class G>
void import_eye_like(call<G>& c) {
    const operand& x = c.raw(0);
    c.expect(x.dims.rank() == 2, errc::bad_shape, "a matrix is needed");
    const format::dtype type =
        c.has_attribute("dtype") ? element_type(c.whole("dtype", 1), c.make.where()) : x.type;
    const std::int64_t k = c.whole("k", 0);
    const std::int64_t columns = x.dims[1];
    const operand y = detail::whole_table(c, x.dims, format::dtype::i64, [&](std::int64_t i) {
        return i % columns - i / columns == k ? 1 : 0;
    });
    c.out(0, apply_cast(c, y, type));
}

template <class G>
void import_triangle(call<G>& c) {
    const operand x = c.in(0);
    const std::size_t rank = x.dims.rank();
    c.expect(rank >= 2, errc::bad_shape, "a matrix is needed");
    const bool upper = c.whole("upper", 1) != 0;
    std::int64_t k = 0;
    if (c.has(1)) {
        const auto given = c.constant_wholes(1);
        c.expect(given.size() == 1, errc::bad_shape, "the diagonal must be one number");
        k = given[0];
    }
    const std::int64_t columns = x.dims[rank - 1];
    const operand kept =
        detail::whole_table(c, {x.dims[rank - 2], columns}, format::dtype::boolean, [&](std::int64_t i) {
            const std::int64_t ahead = i % columns - i / columns;
            return (upper ? ahead >= k : ahead <= k) ? 1 : 0;
        });
    c.out(0, combine(c, binary_op::keep, x, kept));
}

/// A product with a triangular matrix of ones, along any axis.
template <class G>
void import_running_sum(call<G>& c) {
    const operand x = c.in(0);
    const auto given = c.constant_wholes(1);
    c.expect(given.size() == 1, errc::bad_shape, "the axis must be one number");
    const std::size_t axis = c.axis(given[0], x.dims.rank());
    const std::int64_t size = x.dims[axis];
    const bool exclusive = c.whole("exclusive", 0) != 0;
    const bool reverse = c.whole("reverse", 0) != 0;
    c.expect(size > 0 && size <= max_elements / size, errc::bad_shape, "the axis is empty or too long");
    const operand by = detail::whole_table(c, {size, size}, format::dtype::i64, [&](std::int64_t i) {
        const std::int64_t back = reverse ? i % size - i / size : i / size - i % size;
        return back > 0 || (back == 0 && !exclusive) ? 1 : 0;
    });
    const value_id matrix = apply_cast(c, by, x.type).id;
    c.out(0, c.stored(detail::multiply_axis(c, matrix, x.id, stored_axis(x.order, axis)), x.order));
}

template <class G>
inline constexpr operator_entry<G> pick_operators[] = {
    {"GatherElements", &import_gather_elements<G>},
    {"GatherND", &import_gather_nd<G>},
    {"Compress", &import_compress<G>},
    {"ReverseSequence", &import_reverse_sequence<G>},
    {"OneHot", &import_one_hot<G>},
    {"Hardmax", &import_hardmax<G>},
    {"EyeLike", &import_eye_like<G>},
    {"Trilu", &import_triangle<G>},
    {"CumSum", &import_running_sum<G>},
};

} // namespace pith::io::onnx

#endif
