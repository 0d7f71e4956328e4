// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_LAYER_SLICE_HPP
#define PITH_GRAPH_LAYER_SLICE_HPP
/// A strided part of a value.

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "../../base/on_use.hpp"
#include "../strides.hpp"
#include "../value_info.hpp"

namespace pith {

/// inputs: x; output [sizes...]: element i along an axis is begins + i * steps. One entry per axis; steps may
/// be negative. A size of -1 takes all that is left in the direction of the step (so a batch stays free).
struct slice {
    std::vector<std::int64_t> begins;
    std::vector<std::int64_t> sizes;
    std::vector<std::int64_t> steps;
};

[[nodiscard]] constexpr std::string_view kind_of(const slice&) noexcept {
    return "slice";
}

namespace detail {

/// Elements taken along an axis of size `axis`.
template <class = on_use>
[[nodiscard]] inline result<std::int64_t> slice_size(std::int64_t axis, std::int64_t begin, std::int64_t size,
                                                     std::int64_t step) {
    if (step == 0)
        return fault{errc::bad_shape, "the step of a slice is zero"};
    const auto outside = fault{errc::bad_shape, "a slice reaches beyond its input"};
    if (size == 0 || (size < 0 && axis == 0))
        return std::int64_t{0};
    if (begin < 0 || begin >= axis)
        return outside;
    const std::int64_t last = axis - 1;
    const std::int64_t most = step > 0            ? (last - begin) / step + 1
                              : step == INT64_MIN ? 1
                                                  : begin / -step + 1;
    if (size < 0)
        return most;
    if (size > most)
        return outside;
    return size;
}

} // namespace detail

template <class = on_use>
[[nodiscard]] inline result<value_infos> infer(const slice& layer, view<const value_info> in) {
    PITH_TRY(detail::expect_inputs(in, 1, 1));
    shape dims = in[0].dims;
    if (layer.begins.size() != dims.rank() || layer.sizes.size() != dims.rank() ||
        layer.steps.size() != dims.rank())
        return fault{errc::bad_shape, "a slice needs a begin, a size and a step for every axis"};
    for (std::size_t i = 0; i < dims.rank(); ++i) {
        const auto size = detail::slice_size(dims[i], layer.begins[i], layer.sizes[i], layer.steps[i]);
        if (!size)
            return size.error();
        dims[i] = *size;
    }
    return detail::one(dims, in[0].type);
}

template <class E>
[[nodiscard]] std::vector<tensor<E>> move_elements(const slice& layer, view<const tensor<E>* const> in) {
    shape dims = in[0]->dims();
    strides step = dense_strides(dims);
    std::int64_t base = 0;
    for (std::size_t i = 0; i < dims.rank(); ++i) {
        dims[i] = *detail::slice_size(dims[i], layer.begins[i], layer.sizes[i], layer.steps[i]);
        base += dims[i] == 0 ? 0 : layer.begins[i] * step[i];
        step[i] *= dims[i] <= 1 ? 1 : layer.steps[i];
    }
    std::vector<tensor<E>> out;
    out.emplace_back(dims);
    copy_strided(in[0]->data().data() + base, step, dims, out[0].data().data());
    return out;
}

template <class T>
[[nodiscard]] result<any_tensors<T>> forward(const slice& layer, tensor_inputs<T> in) {
    return detail::move_any<T>(layer, in);
}

} // namespace pith

#endif
