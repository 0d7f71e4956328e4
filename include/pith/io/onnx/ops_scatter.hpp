// SPDX-License-Identifier: MIT
#ifndef PITH_IO_ONNX_OPS_SCATTER_HPP
#define PITH_IO_ONNX_OPS_SCATTER_HPP
/// Operators that put elements to places by number: where those are constant, each becomes gathers of
/// flattened values.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "ops_pick.hpp"

namespace pith::io::onnx {

namespace detail {

enum class scatter_op : std::uint8_t { set, add, mul, max, min };

template <class G>
[[nodiscard]] scatter_op read_scatter(const call<G>& c) {
    const auto name = c.text("reduction", "none");
    if (name == "none")
        return scatter_op::set;
    if (name == "add")
        return scatter_op::add;
    if (name == "mul")
        return scatter_op::mul;
    c.expect(name == "max" || name == "min", errc::bad_option, "the reduction is unknown");
    return name == "max" ? scatter_op::max : scatter_op::min;
}

/// Which update goes where: `places[j]` is the element of the output that update j meets. Updates of the same
/// element meet it one after the other, in so many rounds; round[j] is that of update j.
struct scatter_rounds {
    std::vector<std::int64_t> round;
    std::int64_t count = 0;
};

[[nodiscard]] inline scatter_rounds rounds_of(const std::vector<std::int64_t>& places, std::int64_t elements,
                                              bool last_only) {
    std::vector<std::int64_t> met(static_cast<std::size_t>(elements), 0);
    scatter_rounds r;
    for (const auto p : places) {
        r.round.push_back(last_only ? 0 : met[static_cast<std::size_t>(p)]++);
        r.count = std::max(r.count, r.round.back() + 1);
    }
    return r;
}

/// x with updates put to, or joined with, the elements at `places`.
template <class G>
[[nodiscard]] operand scattered(call<G>& c, const operand& x, const operand& updates,
                                const std::vector<std::int64_t>& places, scatter_op op) {
    const std::int64_t elements = x.dims.elements();
    c.expect(x.type == updates.type && updates.dims.elements() == static_cast<std::int64_t>(places.size()),
             errc::bad_shape, "the updates do not fit");
    for (const auto p : places)
        c.expect(p >= 0 && p < elements, errc::bad_shape, "an index is beyond the axis that it picks from");
    if (places.empty())
        return x;
    c.make.left().charge((static_cast<std::uint64_t>(elements) + places.size()) * 16, c.make.where());
    const auto rounds = rounds_of(places, elements, op == scatter_op::set);
    c.expect(rounds.count <= 64, errc::unsupported, "more than 64 updates of one element are not supported");
    const bool own = op != scatter_op::add && op != scatter_op::mul;
    const value_id flat = flattened(c, x);
    // What an element that no update meets is joined with: itself, or the neutral one.
    value_id before = flat;
    if (!own) {
        const std::int64_t one = op == scatter_op::mul ? 1 : 0;
        before = is_real(x.type)
                     ? apply_cast(
                           c, c.make.constant(tensor<scalar_of<G>>(shape{1}, static_cast<scalar_of<G>>(one))),
                           x.type)
                           .id
                     : c.make.constant(tensor<std::int64_t>(shape{1}, one), x.type).id;
    }
    const value_id both = c.make.emit(concat{0}, {before, flattened(c, updates)});
    const std::int64_t offset = own ? elements : 1;
    operand y = c.plain(flat);
    for (std::int64_t r = 0; r < rounds.count; ++r) {
        std::vector<std::int64_t> from(static_cast<std::size_t>(elements), 0);
        for (std::size_t i = 0; own && i < from.size(); ++i)
            from[i] = static_cast<std::int64_t>(i);
        for (std::size_t j = 0; j < places.size(); ++j)
            if (rounds.round[j] == r)
                from[static_cast<std::size_t>(places[j])] = offset + static_cast<std::int64_t>(j);
        const operand which = whole_table(c, {elements}, format::dtype::i64,
                                          [&](std::int64_t i) { return from[static_cast<std::size_t>(i)]; });
        const operand met = c.plain(c.make.emit(gather{0}, {both, which.id}));
        constexpr binary_op joins[] = {binary_op::add, binary_op::add, binary_op::mul, binary_op::max,
                                       binary_op::min};
        y = op == scatter_op::set ? met : combine(c, joins[static_cast<std::size_t>(op)], y, met);
    }
    return c.plain(c.make.reshaped(y.id, x.dims));
}

} // namespace detail

template <class G>
void import_scatter_elements(call<G>& c) {
    const operand x = c.in(0);
    const operand indices = c.in(1);
    const std::size_t axis = c.axis(c.whole("axis", 0), x.dims.rank());
    const shape from = indices.dims;
    c.expect(from.rank() == x.dims.rank(), errc::bad_shape, "one index per update is needed");
    for (std::size_t i = 0; i < from.rank(); ++i)
        c.expect(i == axis || from[i] <= x.dims[i], errc::bad_shape, "the indices' shape does not fit");
    auto places = c.constant_wholes(1);
    detail::check_indices(c, indices, x.dims[axis]);
    const strides step = dense_strides(x.dims);
    for (std::size_t j = 0; j < places.size(); ++j) {
        std::int64_t at = (places[j] < 0 ? places[j] + x.dims[axis] : places[j]) * step[axis];
        auto i = static_cast<std::int64_t>(j);
        for (std::size_t k = from.rank(); k-- > 0; i /= from[k])
            at += k == axis ? 0 : i % from[k] * step[k];
        places[j] = at;
    }
    c.out(0, detail::scattered(c, x, c.in(2), places, detail::read_scatter(c)));
}

template <class G>
void import_scatter_nd(call<G>& c) {
    const operand x = c.in(0);
    const shape dims = c.in(1).dims;
    c.expect(dims.rank() > 0 && dims.back() >= 1 && dims.back() <= static_cast<std::int64_t>(x.dims.rank()),
             errc::bad_shape, "the indices' shape does not fit");
    const auto indices = c.constant_wholes(1);
    const auto count = static_cast<std::size_t>(dims.back());
    const std::int64_t rest = x.dims.product(count, x.dims.rank());
    const strides step = dense_strides(x.dims);
    const operand updates = c.in(2);
    c.expect(updates.dims.elements() == dims.product(0, dims.rank() - 1) * rest, errc::bad_shape,
             "the updates do not fit");
    c.make.left().charge(static_cast<std::uint64_t>(updates.dims.elements()) * 8, c.make.where());
    std::vector<std::int64_t> places;
    for (std::size_t i = 0; i < indices.size(); i += count) {
        std::int64_t at = 0;
        for (std::size_t k = 0; k < count; ++k) {
            const std::int64_t v = indices[i + k];
            c.expect(v >= -x.dims[k] && v < x.dims[k], errc::bad_shape,
                     "an index is beyond the axis that it picks from");
            at += (v < 0 ? v + x.dims[k] : v) * step[k];
        }
        for (std::int64_t r = 0; r < rest; ++r)
            places.push_back(at + r);
    }
    c.out(0, detail::scattered(c, x, updates, places, detail::read_scatter(c)));
}

/// The inverse of a MaxPool that gave the places of its maxima; a larger output is padded behind.
template <class G>
void import_max_unpool(call<G>& c) {
    const operand x = c.in(0);
    const auto places = c.constant_wholes(1);
    const std::size_t rank = x.dims.rank();
    c.expect(rank >= 3 && rank <= 5 && is_real(x.type), errc::unsupported,
             "an image with one, two or three spatial axes is needed");
    const auto windows = detail::read_windows(c, x.dims);
    shape to{x.dims[0], x.dims[1]};
    for (std::size_t i = 2; i < rank; ++i) {
        const auto& w = windows[detail::first_spatial(rank) + i - 2];
        const std::int64_t size = (w.input - 1) * w.stride + w.kernel - w.before - w.after;
        push_dim(to, size, c.make.where());
    }
    c.make.left().charge(static_cast<std::uint64_t>(to.elements()) * 8, c.make.where());
    const operand zeros = apply_cast(c, c.make.constant(tensor<scalar_of<G>>(to)), x.type);
    operand y = detail::scattered(c, zeros, x, places, detail::scatter_op::set);
    if (c.has(2)) {
        const auto sizes = c.constant_wholes(2);
        c.expect(sizes.size() == rank, errc::bad_shape, "one size per axis is needed");
        for (std::size_t i = 0; i < rank; ++i) {
            c.expect(sizes[i] >= to[i] && sizes[i] < (1 << 24), errc::bad_shape,
                     "the output is smaller than its parts");
            y = c.plain(detail::padded(c, y.id, i, 0, sizes[i] - to[i]));
        }
    }
    c.out(0, y);
}

template <class G>
inline constexpr operator_entry<G> scatter_operators[] = {
    {"ScatterElements", &import_scatter_elements<G>},
    {"Scatter", &import_scatter_elements<G>},
    {"ScatterND", &import_scatter_nd<G>},
    {"MaxUnpool", &import_max_unpool<G>},
};

} // namespace pith::io::onnx

#endif
