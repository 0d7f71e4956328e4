// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_LAYER_REDUCE_HPP
#define PITH_GRAPH_LAYER_REDUCE_HPP
/// Reductions over axes.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

#include "../../format/ops.hpp"
#include "../layer_traits.hpp"
#include "../strides.hpp"
#include "../value_info.hpp"

namespace pith {

using reduce_op = format::reduce_op;

/// inputs: x; output x without `axes` (or with size 1 there). Axes are sorted and not negative; none means
/// all. The places of extreme elements (arg_max and its kin) are int64 and take exactly one axis.
struct reduce {
    reduce_op op = reduce_op::mean;
    std::vector<std::uint8_t> axes;
    bool keep_dims = true;
};

template <>
struct layer_traits<reduce> : no_products, only_in_reals {
    static constexpr layer_role role = layer_role::combines;
    [[nodiscard]] static std::string_view kind(const reduce&) noexcept;
    [[nodiscard]] static result<value_infos> infer(const reduce&, std::span<const value_info> in);
    template <class T>
    [[nodiscard]] static result<any_tensors<T>> forward(const reduce&, tensor_inputs<T> in);
    [[nodiscard]] static channel_sources channels(const reduce&, std::span<const shape> in,
                                                  std::size_t output, std::int64_t channel);
};

inline std::string_view layer_traits<reduce>::kind(const reduce& layer) noexcept {
    constexpr std::string_view names[] = {
        "reduce_mean", "reduce_sum", "reduce_max",        "reduce_min",     "reduce_prod",
        "reduce_l1",   "reduce_l2",  "reduce_sum_square", "reduce_log_sum", "reduce_log_sum_exp",
        "arg_max",     "arg_min",    "arg_max",           "arg_min"};
    return names[static_cast<std::size_t>(layer.op)];
}

namespace detail {

[[nodiscard]] inline bool reduces(const reduce& layer, std::size_t axis) {
    return layer.axes.empty() || std::find(layer.axes.begin(), layer.axes.end(), axis) != layer.axes.end();
}

[[nodiscard]] inline shape reduced(const reduce& layer, const shape& from, bool keep) {
    shape dims;
    for (std::size_t i = 0; i < from.rank(); ++i) {
        if (!reduces(layer, i))
            dims.push_back(from[i]);
        else if (keep)
            dims.push_back(1);
    }
    return dims;
}

} // namespace detail

inline result<value_infos> layer_traits<reduce>::infer(const reduce& layer, std::span<const value_info> in) {
    PITH_TRY(detail::expect_inputs(in, 1, 1));
    for (const auto axis : layer.axes)
        if (axis >= in[0].dims.rank())
            return fault{errc::bad_shape, "an axis to reduce is beyond the input's rank"};
    PITH_TRY(detail::expect_computed(in));
    if (format::gives_place(layer.op)) {
        if (layer.axes.size() != 1 || in[0].dims[layer.axes[0]] == 0)
            return fault{errc::bad_shape, "the place of an extreme element needs one axis that is not empty"};
        return detail::one(detail::reduced(layer, in[0].dims, layer.keep_dims), format::dtype::i64);
    }
    const bool needs_reals =
        layer.op == reduce_op::l2 || layer.op == reduce_op::log_sum || layer.op == reduce_op::log_sum_exp;
    if (needs_reals)
        PITH_TRY(detail::expect_real(in));
    return detail::one(detail::reduced(layer, in[0].dims, layer.keep_dims), in[0].type);
}

namespace detail {

// Whole numbers wrap around.
[[nodiscard]] constexpr double plus(double a, double b) noexcept {
    return a + b;
}
[[nodiscard]] constexpr std::int64_t plus(std::int64_t a, std::int64_t b) noexcept {
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}
[[nodiscard]] constexpr double times(double a, double b) noexcept {
    return a * b;
}
[[nodiscard]] constexpr std::int64_t times(std::int64_t a, std::int64_t b) noexcept {
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) * static_cast<std::uint64_t>(b));
}

/// One reduction under way. Reals are summed in double.
template <class E>
struct reduction {
    using wide = std::conditional_t<std::is_floating_point_v<E>, double, std::int64_t>;

    [[nodiscard]] static wide start(reduce_op op) noexcept {
        using limits = std::numeric_limits<wide>;
        switch (op) {
        case reduce_op::max:
        case reduce_op::log_sum_exp:
            return limits::has_infinity ? -limits::infinity() : limits::lowest();
        case reduce_op::min:
            return limits::has_infinity ? limits::infinity() : limits::max();
        case reduce_op::prod:
            return 1;
        default:
            return 0;
        }
    }

    [[nodiscard]] static wide step(reduce_op op, wide sum, wide v) noexcept {
        switch (op) {
        case reduce_op::max:
            return sum < v || v != v ? v : sum;
        case reduce_op::min:
            return v < sum || v != v ? v : sum;
        case reduce_op::prod:
            return times(sum, v);
        case reduce_op::l1:
            return plus(sum, v < 0 ? times(v, -1) : v);
        case reduce_op::l2:
        case reduce_op::sum_square:
            return plus(sum, times(v, v));
        case reduce_op::log_sum_exp:
            if constexpr (std::is_floating_point_v<wide>) {
                const wide most = std::max(sum, v);
                if (std::isinf(most))
                    return most;
                return most + std::log(std::exp(sum - most) + std::exp(v - most));
            } else {
                return sum;
            }
        default:
            return plus(sum, v);
        }
    }

    [[nodiscard]] static wide finish(reduce_op op, wide sum, std::int64_t count) noexcept {
        switch (op) {
        case reduce_op::mean:
            return count == 0 ? sum : sum / static_cast<wide>(count);
        case reduce_op::l2:
            return static_cast<wide>(std::sqrt(static_cast<double>(sum)));
        case reduce_op::log_sum:
            return static_cast<wide>(std::log(static_cast<double>(sum)));
        default:
            return sum;
        }
    }
};

template <class E>
[[nodiscard]] tensor<E> reduce_elements(const reduce& layer, const tensor<E>& x) {
    using run = reduction<E>;
    tensor<E> y(reduced(layer, x.dims(), true));
    strides to = dense_strides(y.dims());
    for (std::size_t i = 0; i < to.size(); ++i)
        to[i] = i < x.dims().rank() && !reduces(layer, i) ? to[i] : 0;
    std::vector<typename run::wide> sums(y.size(), run::start(layer.op));
    const std::size_t rank = x.dims().rank();
    const std::int64_t length = rank == 0 ? 1 : x.dims().back();
    const std::int64_t step = rank == 0 ? 0 : to[rank - 1];
    for_each_row(x.dims(), to, to, [&](std::int64_t from, std::int64_t at, std::int64_t) {
        for (std::int64_t i = 0; i < length; ++i) {
            auto& sum = sums[static_cast<std::size_t>(at + i * step)];
            const auto v = static_cast<typename run::wide>(x[static_cast<std::size_t>(from + i)]);
            sum = run::step(layer.op, sum, v);
        }
    });
    const std::int64_t count = y.empty() ? 0 : x.dims().elements() / y.dims().elements();
    for (std::size_t i = 0; i < sums.size(); ++i)
        y[i] = static_cast<E>(run::finish(layer.op, sums[i], count));
    y.reshape(reduced(layer, x.dims(), layer.keep_dims));
    return y;
}

/// uint64 held as the int64 of their bits, so that these are in their order; done twice, nothing has changed.
[[nodiscard]] inline tensor<std::int64_t> halves_exchanged(tensor<std::int64_t> x) {
    for (auto& v : x.data())
        v ^= std::numeric_limits<std::int64_t>::min();
    return x;
}

/// reduce_elements of uint64.
[[nodiscard]] inline tensor<std::int64_t> reduce_unsigned(const reduce& layer,
                                                          const tensor<std::int64_t>& x) {
    if (layer.op == reduce_op::max || layer.op == reduce_op::min)
        return halves_exchanged(reduce_elements(layer, halves_exchanged(x)));
    reduce wrapping = layer;
    wrapping.op = layer.op == reduce_op::mean || layer.op == reduce_op::l1 ? reduce_op::sum : layer.op;
    auto y = reduce_elements(wrapping, x);
    const std::size_t count = y.empty() ? 0 : x.size() / y.size();
    if (layer.op == reduce_op::mean && count != 0)
        for (auto& v : y.data())
            v = static_cast<std::int64_t>(static_cast<std::uint64_t>(v) / count);
    return y;
}

template <class E>
[[nodiscard]] tensor<std::int64_t> find_places(const reduce& layer, const tensor<E>& x) {
    const std::size_t axis = layer.axes[0];
    const std::int64_t inner = x.dims().product(axis + 1, x.dims().rank());
    const std::int64_t size = x.dims()[axis];
    tensor<std::int64_t> y(reduced(layer, x.dims(), layer.keep_dims));
    for (std::int64_t i = 0; i < static_cast<std::int64_t>(y.size()); ++i) {
        const E* row = x.data().data() + i / inner * size * inner + i % inner;
        std::int64_t& best = y[static_cast<std::size_t>(i)];
        for (std::int64_t k = 1; k < size; ++k)
            if (format::takes_place(layer.op, row[k * inner], row[best * inner]))
                best = k;
    }
    return y;
}

} // namespace detail

template <class T>
result<any_tensors<T>> layer_traits<reduce>::forward(const reduce& layer, tensor_inputs<T> in) {
    const bool large = in[0].type == format::dtype::u64 && in[0].wholes != nullptr;
    if (format::gives_place(layer.op)) {
        if (large)
            return detail::one_tensor<T>(detail::find_places(layer, detail::halves_exchanged(*in[0].wholes)));
        return detail::map_tensor<T>(in, 0, [&](const auto& x) { return detail::find_places(layer, x); });
    }
    if (large)
        return detail::one_tensor<T>(detail::reduce_unsigned(layer, *in[0].wholes));
    return detail::map_tensor<T>(in, 0, [&](const auto& x) { return detail::reduce_elements(layer, x); });
}

inline channel_sources layer_traits<reduce>::channels(const reduce& layer, std::span<const shape> in,
                                                      std::size_t, std::int64_t channel) {
    const std::size_t rank = in[0].rank();
    return rank == 0 || !detail::reduces(layer, rank - 1) ? same_channel(in, channel) : all_channels(in);
}

} // namespace pith

#endif
