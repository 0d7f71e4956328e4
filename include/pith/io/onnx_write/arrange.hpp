// SPDX-License-Identifier: MIT
#ifndef PITH_IO_ONNX_WRITE_ARRANGE_HPP
#define PITH_IO_ONNX_WRITE_ARRANGE_HPP
/// How values lie in the file: the reader's layouts with the roles exchanged. Axis i in the file holds the
/// graph's axis order[i].

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "../../graph/strides.hpp"
#include "../../graph/tensor.hpp"
#include "../onnx/layout.hpp"

namespace pith::io::onnx_write {

using onnx::identity_layout;
using onnx::is_identity;
using onnx::layout;
using onnx::mixed_axis;
using onnx::stored_axis;
using onnx::stored_dims;

/// [n, h, w, c] as [n, c, h, w], and any other rank of at least 3 alike.
[[nodiscard]] inline layout channels_first(std::size_t rank) {
    layout out = identity_layout(rank);
    for (std::size_t i = 1; rank > 2 && i < rank; ++i)
        out[i] = static_cast<std::int8_t>(i == 1 ? rank - 1 : i - 1);
    return out;
}

/// The order of a value with axes put in front, up to `rank`, that stay in front.
[[nodiscard]] inline layout raised_order(const layout& order, std::size_t rank) {
    const std::size_t missing = rank - order.size();
    layout out = identity_layout(missing);
    for (const auto a : order)
        out.push_back(static_cast<std::int8_t>(static_cast<std::size_t>(a) + missing));
    return out;
}

[[nodiscard]] inline shape raised_dims(const shape& dims, std::size_t rank) {
    shape out;
    for (std::size_t i = dims.rank(); i < rank; ++i)
        out.push_back(1);
    for (const auto d : dims)
        out.push_back(d);
    return out;
}

/// What is done to a constant's elements on their way into the file.
struct arrangement {
    layout order;
    std::optional<mixed_axis> mixed{}; ///< the order of the last axis' elements
    bool lowered = false; ///< axes of length 1 are put in front as `order` needs them, then dropped
};

template <class E>
[[nodiscard]] tensor<E> permuted(const tensor<E>& x, const layout& order) {
    if (is_identity(order))
        return x;
    const strides from = dense_strides(x.dims());
    strides step{};
    for (std::size_t i = 0; i < order.size(); ++i)
        step[i] = from[static_cast<std::size_t>(order[i])];
    tensor<E> y(stored_dims(x.dims(), order));
    copy_strided(x.data().data(), step, y.dims(), y.data().data());
    return y;
}

/// The last axis, whose length is that of `mixed` or 1, in the file's order.
template <class E>
[[nodiscard]] tensor<E> mixed_last(tensor<E> x, const mixed_axis& mixed) {
    const shape dims = x.dims();
    if (dims.rank() == 0 || dims.back() == 1)
        return x;
    shape split{dims.product(0, dims.rank() - 1)};
    layout order{0};
    for (const auto d : mixed.inner)
        split.push_back(d);
    for (const auto a : mixed.order)
        order.push_back(static_cast<std::int8_t>(a + 1));
    x.reshape(split);
    x = permuted(x, order);
    x.reshape(dims);
    return x;
}

template <class E>
[[nodiscard]] tensor<E> arranged(tensor<E> x, const arrangement& a) {
    if (a.mixed)
        x = mixed_last(std::move(x), *a.mixed);
    if (!a.lowered)
        return permuted(x, a.order);
    if (a.order.size() > x.dims().rank())
        x.reshape(raised_dims(x.dims(), a.order.size()));
    if (!a.mixed)
        x = permuted(x, a.order);
    shape least;
    for (const auto d : x.dims())
        if (d != 1 || least.rank() > 0)
            least.push_back(d);
    x.reshape(least);
    return x;
}

} // namespace pith::io::onnx_write

#endif
