// SPDX-License-Identifier: MIT
#ifndef PITH_IO_ONNX_OPS_ATTENTION_HPP
#define PITH_IO_ONNX_OPS_ATTENTION_HPP
/// Attention and rotary embeddings by parts: products, softmax and moves.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "ops_dense.hpp"
#include "ops_logic.hpp"
#include "ops_pick.hpp"
#include "windows.hpp"

namespace pith::io::onnx {

namespace detail {

/// Every `step`-th of `size` elements of one axis from `first` on.
template <class G>
[[nodiscard]] operand cut_axis(call<G>& c, const operand& x, std::size_t axis, std::int64_t first,
                               std::int64_t size, std::int64_t step = 1) {
    return c.stored(cut(c, x.id, stored_axis(x.order, axis), first, size, step), x.order);
}

template <class G>
[[nodiscard]] operand joined_axis(call<G>& c, const std::vector<operand>& parts, std::size_t axis) {
    std::vector<value_id> ids;
    for (const auto& p : parts)
        if (p.dims[axis] > 0)
            ids.push_back(c.make.place(p));
    c.expect(!ids.empty(), errc::bad_shape, "nothing to join");
    return c.plain(ids.size() == 1 ? ids[0]
                                   : c.make.emit(concat{static_cast<std::uint8_t>(axis)}, std::move(ids)));
}

/// [batch, length, heads * size] as [batch, length, heads, size].
template <class G>
[[nodiscard]] operand split_heads(call<G>& c, const operand& x, std::int64_t heads) {
    c.expect(x.dims.rank() == 3 && heads > 0 && x.dims[2] % heads == 0, errc::bad_shape,
             "the last axis cannot be divided into the heads");
    return reshape_to(c, x, {x.dims[0], x.dims[1], heads, x.dims[2] / heads});
}

} // namespace detail

/// Pairs of elements turned by angles that grow with the position (Su et al., RoFormer, 2021).
template <class G>
void import_rotary_embedding(call<G>& c) {
    const operand given = c.in(0);
    const bool rows = given.dims.rank() == 3;
    c.expect(rows || given.dims.rank() == 4, errc::bad_shape, "three or four axes are needed");
    // [batch, length, heads, size]
    const operand x =
        rows ? detail::split_heads(c, given, c.whole("num_heads", 0)) : transpose_to(c, given, {0, 2, 1, 3});
    const std::int64_t size = x.dims[3];
    const std::int64_t asked = c.whole("rotary_embedding_dim", 0);
    const std::int64_t turned = asked == 0 ? size : asked;
    c.expect(turned > 0 && turned <= size && turned % 2 == 0, errc::bad_option,
             "the embedding's size must be even and fit a head");
    const auto angles = [&](std::size_t input) {
        operand t = c.in(input);
        if (c.has(3)) {
            const operand positions = c.in(3);
            c.expect(t.dims.rank() == 2 && positions.dims.rank() == 2, errc::bad_shape,
                     "a table and positions of two axes are needed");
            t = c.plain(c.make.emit(gather{0}, {c.make.place(t), c.make.place(positions)}));
        }
        c.expect(t.dims.rank() == 3 && t.dims[2] >= turned / 2, errc::bad_shape,
                 "angles [batch, length, pairs] are needed");
        t = detail::cut_axis(c, t, 2, 0, turned / 2);
        return reshape_to(c, t, {t.dims[0], t.dims[1], 1, turned / 2});
    };
    const operand cosines = angles(1);
    const operand sines = angles(2);
    const bool interleaved = c.whole("interleaved", 0) != 0;
    const auto half = [&](std::int64_t which) {
        return interleaved ? detail::cut_axis(c, x, 3, which, turned / 2, 2)
                           : detail::cut_axis(c, x, 3, which * turned / 2, turned / 2);
    };
    const auto times = [&](const operand& a, const operand& b) { return combine(c, binary_op::mul, a, b); };
    const operand first = half(0);
    const operand second = half(1);
    operand real = combine(c, binary_op::sub, times(first, cosines), times(second, sines));
    operand imaginary = combine(c, binary_op::add, times(first, sines), times(second, cosines));
    operand y;
    if (interleaved) {
        shape apart = real.dims;
        apart.push_back(1);
        y = detail::joined_axis(c, {reshape_to(c, real, apart), reshape_to(c, imaginary, apart)}, 4);
        y = reshape_to(c, y, {x.dims[0], x.dims[1], x.dims[2], turned});
    } else {
        y = detail::joined_axis(c, {real, imaginary}, 3);
    }
    if (turned < size)
        y = detail::joined_axis(c, {y, detail::cut_axis(c, x, 3, turned, size - turned)}, 3);
    c.out(0, rows ? reshape_to(c, y, given.dims) : transpose_to(c, y, {0, 2, 1, 3}));
}

namespace detail {

/// What is added to the products: nothing, or minus infinity where there must be no attention.
template <class G>
[[nodiscard]] operand attention_bias(call<G>& c, const operand& scores) {
    const std::size_t rank = scores.dims.rank();
    const std::int64_t rows = scores.dims[rank - 2], columns = scores.dims[rank - 1];
    const operand none = c.make.scalar(0);
    const operand never = c.make.scalar(-std::numeric_limits<double>::infinity());
    operand bias = none;
    if (c.whole("is_causal", 0) != 0) {
        const operand seen = whole_table(c, {rows, columns}, format::dtype::boolean,
                                         [&](std::int64_t i) { return i % columns <= i / columns ? 1 : 0; });
        bias = chosen(c, seen, none, never);
    }
    if (!c.has(3))
        return bias;
    const operand mask = c.in(3);
    const operand added = mask.type == format::dtype::boolean ? chosen(c, mask, none, never) : mask;
    return c.whole("is_causal", 0) != 0 ? combine(c, binary_op::add, bias, added) : added;
}

} // namespace detail

/// softmax(scale * Q K' + bias) V over [batch, heads, length, size].
template <class G>
void import_attention(call<G>& c) {
    const std::size_t axes = c.in(0).dims.rank();
    for (const std::size_t i : {0U, 1U, 2U, 4U, 5U})
        if (i < 3 || c.has(i))
            c.expect(c.in(i).dims.rank() == (i < 3 ? axes : 4) && (axes == 3 || axes == 4), errc::bad_shape,
                     "queries, keys and values need three or four axes, past ones four");
    const bool rows = axes == 3;
    const auto heads_of = [&](const operand& x, std::string_view name) {
        return rows ? transpose_to(c, detail::split_heads(c, x, c.whole(name, 0)), {0, 2, 1, 3}) : x;
    };
    const operand q = heads_of(c.in(0), "q_num_heads");
    operand k = heads_of(c.in(1), "kv_num_heads");
    operand v = heads_of(c.in(2), "kv_num_heads");
    const bool past = c.has(4) || c.has(5);
    if (past) {
        k = detail::joined_axis(c, {c.in(4), k}, 2);
        v = detail::joined_axis(c, {c.in(5), v}, 2);
    }
    const bool biased = c.has(3) || c.whole("is_causal", 0) != 0;
    const float cap = c.real("softcap", 0.F);
    const std::int64_t mode = c.whole("qk_matmul_output_mode", 0);
    c.expect(q.dims[1] == k.dims[1] && k.dims[1] == v.dims[1], errc::unsupported,
             "heads of keys and values shared by several of the queries are not supported");
    c.expect(!(past && c.whole("is_causal", 0) != 0) && !c.has(6), errc::unsupported,
             "a causal mask over past keys, and padded keys, are not supported");
    c.expect(cap == 0.F || !biased, errc::unsupported, "softcap beside a mask is not supported");
    c.expect(!c.wants(3) || mode == 0 || mode == 3, errc::unsupported,
             "this qk_matmul_output_mode is not supported");
    const double scale = c.has_attribute("scale") ? static_cast<double>(c.real("scale", 1.F))
                                                  : 1 / std::sqrt(static_cast<double>(q.dims[3]));
    const operand products =
        detail::multiply_matrices(c, combine(c, binary_op::mul, q, scale), transpose_to(c, k, {0, 1, 3, 2}));
    operand scores =
        biased ? combine(c, binary_op::add, products, detail::attention_bias(c, products)) : products;
    if (cap != 0.F)
        scores = combine(c, binary_op::mul,
                         apply(c, {unary_op::tanh}, combine(c, binary_op::div, scores, cap)), cap);
    scores = c.plain(c.make.emit(softmax{3}, {c.make.place(scores)}));
    const operand y = detail::multiply_matrices(c, scores, v);
    c.out(0, rows ? reshape_to(c, transpose_to(c, y, {0, 2, 1, 3}),
                               {y.dims[0], y.dims[2], y.dims[1] * y.dims[3]})
                  : y);
    c.out(1, k);
    c.out(2, v);
    c.out(3, mode == 0 ? products : scores);
}

template <class G>
inline constexpr operator_entry<G> attention_operators[] = {
    {"RotaryEmbedding", &import_rotary_embedding<G>},
    {"Attention", &import_attention<G>},
};

} // namespace pith::io::onnx

#endif
