// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_LAYER_SLICE_HPP
#define PITH_GRAPH_LAYER_SLICE_HPP
/// A strided part of a value.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "../layer_traits.hpp"
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

template <>
struct layer_traits<slice> : moving_layer<slice> {
    [[nodiscard]] static std::string_view kind(const slice&) noexcept;
    [[nodiscard]] static result<value_infos> infer(const slice&, std::span<const value_info> in);
    template <class E>
    [[nodiscard]] static std::vector<tensor<E>> move(const slice&, std::span<const tensor<E>* const> in);
    [[nodiscard]] static channel_sources channels(const slice& layer, std::span<const shape>, std::size_t,
                                                  std::int64_t channel) {
        return {{0, layer.begins.empty() ? 0 : layer.begins.back() + channel * layer.steps.back(), 1}};
    }
    [[nodiscard]] static bool is_identity(const slice& layer) {
        return std::all_of(layer.steps.begin(), layer.steps.end(), [](auto step) { return step > 0; });
    }
    static void free_batch(slice& layer, const shape&, std::int64_t batch) {
        if (!layer.sizes.empty() && layer.begins[0] == 0 && layer.steps[0] == 1 && layer.sizes[0] == batch)
            layer.sizes[0] = -1;
    }
};

inline std::string_view layer_traits<slice>::kind(const slice&) noexcept {
    return "slice";
}

namespace detail {

/// Elements taken along an axis of size `axis`.
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

inline result<value_infos> layer_traits<slice>::infer(const slice& layer, std::span<const value_info> in) {
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
std::vector<tensor<E>> layer_traits<slice>::move(const slice& layer, std::span<const tensor<E>* const> in) {
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

} // namespace pith

#endif
