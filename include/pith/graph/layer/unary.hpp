// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_LAYER_UNARY_HPP
#define PITH_GRAPH_LAYER_UNARY_HPP
/// Element-wise functions of one value.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

#include "../../format/affine.hpp"
#include "../../format/ops.hpp"
#include "../layer_traits.hpp"
#include "../value_info.hpp"

namespace pith {

using unary_op = format::unary_op;

/// inputs: x; output as x. `alpha`, `beta`: clip low, high; leaky_relu, elu, thresholded_relu alpha;
/// hard_sigmoid alpha x + beta; selu alpha, gamma; silu x * sigmoid(alpha x); gelu alpha 0 exact, 1 tanh
/// approximation.
struct unary {
    unary_op op = unary_op::identity;
    double alpha = 0;
    double beta = 0;
};

template <>
struct layer_traits<unary> : no_products {
    static constexpr layer_role role = layer_role::pointwise;
    [[nodiscard]] static std::string_view kind(const unary&) noexcept;
    [[nodiscard]] static result<value_infos> infer(const unary&, std::span<const value_info> in);
    template <class T>
    [[nodiscard]] static result<any_tensors<T>> forward(const unary&, tensor_inputs<T> in);
    [[nodiscard]] static channel_sources channels(const unary&, std::span<const shape> in, std::size_t,
                                                  std::int64_t channel) {
        return same_channel(in, channel);
    }
    [[nodiscard]] static bool keeps_elements(const unary& layer) { return layer.op == unary_op::identity; }
    [[nodiscard]] static bool is_identity(const unary& layer) { return layer.op == unary_op::identity; }
    [[nodiscard]] static bool runs_quantized(const unary&, const node_codes& c) { return c.all(); }
    template <class T>
    [[nodiscard]] static result<simulated_values<T>> forward_codes(const unary&, const integer_call<T>& c);
};

inline std::string_view layer_traits<unary>::kind(const unary& layer) noexcept {
    constexpr std::string_view names[] = {
        "identity", "relu",  "clip", "leaky_relu", "sigmoid",  "tanh",     "hard_sigmoid", "hard_swish",
        "silu",     "elu",   "selu", "gelu",       "softplus", "softsign", "mish",         "thresholded_relu",
        "exp",      "log",   "sqrt", "reciprocal", "abs",      "neg",      "sign",         "floor",
        "ceil",     "round", "erf",  "sin",        "cos"};
    return names[static_cast<std::size_t>(layer.op)];
}

/// Whether a function only cuts numbers to a range, so that the layer before it can do it as well.
[[nodiscard]] constexpr bool clips(const unary& layer) noexcept {
    return layer.op == unary_op::relu || layer.op == unary_op::clip;
}

namespace detail {

/// Whether whole numbers are mapped to whole numbers.
[[nodiscard]] constexpr bool keeps_wholes(unary_op op) noexcept {
    switch (op) {
    case unary_op::identity:
    case unary_op::relu:
    case unary_op::clip:
    case unary_op::abs:
    case unary_op::neg:
    case unary_op::sign:
    case unary_op::floor:
    case unary_op::ceil:
    case unary_op::round:
        return true;
    default:
        return false;
    }
}

} // namespace detail

inline result<value_infos> layer_traits<unary>::infer(const unary& layer, std::span<const value_info> in) {
    PITH_TRY(detail::expect_inputs(in, 1, 1));
    if (!is_real(in[0].type) && !detail::keeps_wholes(layer.op))
        return fault{errc::unsupported, "the function is only computed on floating point numbers"};
    if (layer.op != unary_op::identity)
        PITH_TRY(detail::expect_computed(in));
    return detail::one(in[0].dims, in[0].type);
}

namespace detail {

template <class T>
[[nodiscard]] T logistic(T x) noexcept {
    if (x >= 0)
        return 1 / (1 + std::exp(-x));
    const T e = std::exp(x);
    return e / (1 + e);
}

template <class T>
[[nodiscard]] T soft_plus(T x) noexcept {
    return (x > 0 ? x : 0) + std::log1p(std::exp(-std::abs(x)));
}

template <class T>
[[nodiscard]] T gaussian_linear(T x, bool approximate) noexcept {
    constexpr T half_root = std::numbers::sqrt2_v<T> / 2;
    if (!approximate)
        return x / 2 * (1 + std::erf(x * half_root));
    constexpr T root = std::numbers::inv_sqrtpi_v<T> * std::numbers::sqrt2_v<T>; // sqrt(2 / pi)
    return x / 2 * (1 + std::tanh(root * (x + static_cast<T>(0.044715) * x * x * x)));
}

} // namespace detail

/// The function at one point.
template <class T>
requires std::is_floating_point_v<T>
[[nodiscard]] T apply(const unary& layer, T x) noexcept {
    const T alpha = static_cast<T>(layer.alpha);
    const T beta = static_cast<T>(layer.beta);
    switch (layer.op) {
    case unary_op::identity:
        return x;
    case unary_op::relu:
        return x < 0 ? 0 : x;
    case unary_op::clip:
        x = x < alpha ? alpha : x;
        return x > beta ? beta : x;
    case unary_op::leaky_relu:
        return x < 0 ? alpha * x : x;
    case unary_op::sigmoid:
        return detail::logistic(x);
    case unary_op::tanh:
        return std::tanh(x);
    case unary_op::hard_sigmoid:
        return std::clamp<T>(alpha * x + beta, 0, 1);
    case unary_op::hard_swish:
        return x * std::clamp<T>(x / 6 + static_cast<T>(0.5), 0, 1);
    case unary_op::silu:
        return x * detail::logistic(alpha * x);
    case unary_op::elu:
        return x < 0 ? alpha * std::expm1(x) : x;
    case unary_op::selu:
        return beta * (x < 0 ? alpha * std::expm1(x) : x);
    case unary_op::gelu:
        return detail::gaussian_linear(x, alpha != 0);
    case unary_op::softplus:
        return detail::soft_plus(x);
    case unary_op::softsign:
        return x / (1 + std::abs(x));
    case unary_op::mish:
        return x * std::tanh(detail::soft_plus(x));
    case unary_op::thresholded_relu:
        return x > alpha ? x : 0;
    case unary_op::exp:
        return std::exp(x);
    case unary_op::log:
        return std::log(x);
    case unary_op::sqrt:
        return std::sqrt(x);
    case unary_op::reciprocal:
        return 1 / x;
    case unary_op::abs:
        return std::abs(x);
    case unary_op::neg:
        return -x;
    case unary_op::sign:
        return x > 0 ? T{1} : x < 0 ? T{-1} : x;
    case unary_op::floor:
        return std::floor(x);
    case unary_op::ceil:
        return std::ceil(x);
    case unary_op::round:
        return std::nearbyint(x);
    case unary_op::erf:
        return std::erf(x);
    case unary_op::sin:
        return std::sin(x);
    case unary_op::cos:
        return std::cos(x);
    }
    return x;
}

/// The same on whole numbers. @pre detail::keeps_wholes(layer.op)
[[nodiscard]] inline std::int64_t apply(const unary& layer, std::int64_t x) noexcept {
    const auto negated = static_cast<std::int64_t>(0 - static_cast<std::uint64_t>(x));
    switch (layer.op) {
    case unary_op::relu:
        return x < 0 ? 0 : x;
    case unary_op::clip:
        x = std::max(x, detail::truncate(layer.alpha));
        return std::min(x, detail::truncate(layer.beta));
    case unary_op::abs:
        return x < 0 ? negated : x;
    case unary_op::neg:
        return negated;
    case unary_op::sign:
        return x > 0 ? 1 : x < 0 ? -1 : 0;
    default:
        return x;
    }
}

/// The same on a uint64, held as the int64 of its bits.
[[nodiscard]] inline std::int64_t apply_unsigned(const unary& layer, std::int64_t x) noexcept {
    const auto bound = [](double v) {
        return v > 0 ? static_cast<std::uint64_t>(detail::truncate_to(v, format::dtype::u64)) : 0;
    };
    switch (layer.op) {
    case unary_op::clip:
        return static_cast<std::int64_t>(
            std::min(std::max(static_cast<std::uint64_t>(x), bound(layer.alpha)), bound(layer.beta)));
    case unary_op::neg:
        return apply(layer, x);
    case unary_op::sign:
        return x != 0 ? 1 : 0;
    default:
        return x;
    }
}

template <class T>
result<any_tensors<T>> layer_traits<unary>::forward(const unary& layer, tensor_inputs<T> in) {
    if (in[0].type == format::dtype::u64 && in[0].wholes != nullptr) {
        auto y = *in[0].wholes;
        for (auto& v : y.data())
            v = apply_unsigned(layer, v);
        return detail::one_tensor<T>(std::move(y));
    }
    return detail::map_tensor<T>(in, 0, [&](const auto& x) {
        auto y = x;
        if (layer.op == unary_op::relu) // the one that is worth a loop of its own
            for (auto& v : y.data())
                v = v < 0 ? 0 : v;
        else
            for (auto& v : y.data())
                v = apply(layer, v);
        return y;
    });
}

/// encode(f(decode(code))) for every code; f is computed in double.
/// @param to its codes are cut to the range of a fused activation where there is one
[[nodiscard]] inline code_table make_table(const unary& f, const format::affine& from, const encoding& to) {
    code_table table{};
    for (std::int32_t code = 0; code < 256; ++code) {
        const double y = apply(f, static_cast<double>(format::decode(from, code)));
        table[static_cast<std::size_t>(code)] =
            static_cast<std::uint8_t>(to.encode(0, static_cast<float>(y)));
    }
    return table;
}

/// One code into another, for a concatenation of values that differ in their codes.
[[nodiscard]] inline code_table make_recoding(const format::affine& from, const format::affine& to) {
    return make_table(unary{}, from, encoding::per_tensor(to));
}

template <class T>
result<simulated_values<T>> layer_traits<unary>::forward_codes(const unary& layer, const integer_call<T>& c) {
    const auto to = c.levels != nullptr ? *c.levels : encoding::per_tensor(*c.to);
    return detail::one_simulated<T>(detail::look_up(make_table(layer, c.from[0], to), *c.in[0]));
}

} // namespace pith

#endif
