// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_LAYER_BINARY_HPP
#define PITH_GRAPH_LAYER_BINARY_HPP
/// Element-wise functions of two values, NumPy broadcasting.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>

#include "../../format/ops.hpp"
#include "../layer_traits.hpp"
#include "../strides.hpp"
#include "../value_info.hpp"

namespace pith {

using binary_op = format::binary_op;

/// inputs: a, b; output the broadcast shape. prelu: a where a >= 0, else a * b. keep: a where the boolean b
/// holds, else 0. Comparisons give booleans.
struct binary {
    binary_op op = binary_op::add;
};

template <>
struct layer_traits<binary> : no_products {
    static constexpr layer_role role = layer_role::pointwise;
    [[nodiscard]] static std::string_view kind(const binary&) noexcept;
    [[nodiscard]] static result<value_infos> infer(const binary&, std::span<const value_info> in);
    template <class T>
    [[nodiscard]] static result<any_tensors<T>> forward(const binary&, tensor_inputs<T> in);
    [[nodiscard]] static channel_sources channels(const binary&, std::span<const shape> in, std::size_t,
                                                  std::int64_t channel) {
        return same_channel(in, channel);
    }
    [[nodiscard]] static bool keeps_elements(const binary&) { return false; }
    [[nodiscard]] static bool runs_quantized(const binary& layer, const node_codes& c) {
        return (layer.op == binary_op::add || layer.op == binary_op::mul) && c.all();
    }
    template <class T>
    [[nodiscard]] static result<simulated_values<T>> forward_codes(const binary&, const integer_call<T>& c);
};

inline std::string_view layer_traits<binary>::kind(const binary& layer) noexcept {
    constexpr std::string_view names[] = {"add", "sub",   "mul",  "div",   "min",  "max",
                                          "pow", "prelu", "keep", "equal", "less", "less_equal"};
    return names[static_cast<std::size_t>(layer.op)];
}

inline result<value_infos> layer_traits<binary>::infer(const binary& layer, std::span<const value_info> in) {
    PITH_TRY(detail::expect_inputs(in, 2, 2));
    if (layer.op == binary_op::keep && in[1].type != format::dtype::boolean)
        return fault{errc::unsupported, "what is kept of a value is decided by booleans"};
    const bool mixes = layer.op == binary_op::pow || layer.op == binary_op::keep;
    if (is_real(in[0].type) != is_real(in[1].type) && !mixes)
        return fault{errc::unsupported, "one operand is floating point, the other whole numbers; cast one"};
    PITH_TRY(detail::expect_computed(in));
    const auto dims = broadcast(in[0].dims, in[1].dims);
    if (!dims)
        return dims.error();
    if (layer.op == binary_op::prelu && *dims != in[0].dims)
        return fault{errc::bad_shape, "the slopes do not broadcast to the input's shape"};
    return detail::one(*dims, format::compares(layer.op) ? format::dtype::boolean : in[0].type);
}

namespace detail {

/// Modulo 2^64.
[[nodiscard]] inline std::int64_t power(std::uint64_t base, std::uint64_t exponent) noexcept {
    std::uint64_t product = 1;
    for (; exponent != 0; exponent >>= 1, base *= base)
        product *= (exponent & 1) != 0 ? base : 1;
    return static_cast<std::int64_t>(product);
}

/// Modulo 2^64; division truncates. @pre no division by 0
[[nodiscard]] inline std::int64_t apply(binary_op op, std::int64_t a, std::int64_t b) noexcept {
    const auto x = static_cast<std::uint64_t>(a);
    const auto y = static_cast<std::uint64_t>(b);
    switch (op) {
    case binary_op::add:
        return static_cast<std::int64_t>(x + y);
    case binary_op::sub:
        return static_cast<std::int64_t>(x - y);
    case binary_op::mul:
        return static_cast<std::int64_t>(x * y);
    case binary_op::div:
        return b == -1 ? static_cast<std::int64_t>(0 - x) : a / b;
    case binary_op::min:
        return b < a ? b : a;
    case binary_op::max:
        return a < b ? b : a;
    case binary_op::pow:
        if (b < 0)
            return a == 1 ? 1 : a == -1 ? (b % 2 == 0 ? 1 : -1) : 0;
        return power(x, y);
    case binary_op::prelu:
        return a >= 0 ? a : static_cast<std::int64_t>(x * y);
    case binary_op::keep:
        return b != 0 ? a : 0;
    case binary_op::equal:
        return a == b ? 1 : 0;
    case binary_op::less:
        return a < b ? 1 : 0;
    case binary_op::less_equal:
        return a <= b ? 1 : 0;
    }
    return 0;
}

/// The same on uint64, held as the int64 of their bits; of a power only the exponent need be one.
[[nodiscard]] inline std::int64_t apply_unsigned(binary_op op, std::int64_t a, std::int64_t b) noexcept {
    const auto x = static_cast<std::uint64_t>(a);
    const auto y = static_cast<std::uint64_t>(b);
    switch (op) {
    case binary_op::div:
        return static_cast<std::int64_t>(x / y);
    case binary_op::min:
        return y < x ? b : a;
    case binary_op::max:
        return x < y ? b : a;
    case binary_op::pow:
        return power(x, y);
    case binary_op::prelu:
        return a;
    case binary_op::less:
        return x < y ? 1 : 0;
    case binary_op::less_equal:
        return x <= y ? 1 : 0;
    default:
        return apply(op, a, b);
    }
}

template <class T>
requires std::is_floating_point_v<T>
[[nodiscard]] T apply(binary_op op, T a, T b) noexcept {
    switch (op) {
    case binary_op::add:
        return a + b;
    case binary_op::sub:
        return a - b;
    case binary_op::mul:
        return a * b;
    case binary_op::div:
        return a / b;
    case binary_op::min:
        return b < a || b != b ? b : a;
    case binary_op::max:
        return a < b || b != b ? b : a;
    case binary_op::pow:
        return std::pow(a, b);
    case binary_op::prelu:
        return a >= 0 ? a : a * b;
    case binary_op::keep:
        return b != 0 ? a : 0;
    case binary_op::equal:
        return a == b ? T{1} : T{0};
    case binary_op::less:
        return a < b ? T{1} : T{0};
    case binary_op::less_equal:
        return a <= b ? T{1} : T{0};
    }
    return a;
}

/// y[i] = f(a[i], b[i]) under broadcasting. @pre the shapes broadcast
template <class E, class F>
[[nodiscard]] tensor<E> combine(const tensor<E>& a, const tensor<E>& b, const F& f) {
    tensor<E> y(*broadcast(a.dims(), b.dims()));
    const strides sa = broadcast_strides(a.dims(), y.dims());
    const strides sb = broadcast_strides(b.dims(), y.dims());
    const std::size_t rank = y.dims().rank();
    const std::int64_t length = rank == 0 ? 1 : y.dims().back();
    const std::int64_t step_a = rank == 0 ? 0 : sa[rank - 1];
    const std::int64_t step_b = rank == 0 ? 0 : sb[rank - 1];
    for_each_row(y.dims(), sa, sb, [&](std::int64_t to, std::int64_t from_a, std::int64_t from_b) {
        const E* pa = a.data().data() + from_a;
        const E* pb = b.data().data() + from_b;
        E* py = y.data().data() + to;
        if (step_a == 1 && step_b == 1) {
            for (std::int64_t i = 0; i < length; ++i)
                py[i] = f(pa[i], pb[i]);
        } else {
            for (std::int64_t i = 0; i < length; ++i)
                py[i] = f(pa[i * step_a], pb[i * step_b]);
        }
    });
    return y;
}

template <class E>
[[nodiscard]] tensor<E> combine(binary_op op, const tensor<E>& a, const tensor<E>& b) {
    switch (op) { // the loops that networks spend their time in are compiled with their operation
    case binary_op::add:
        return combine(a, b, [](E x, E y) { return apply(binary_op::add, x, y); });
    case binary_op::mul:
        return combine(a, b, [](E x, E y) { return apply(binary_op::mul, x, y); });
    default:
        return combine(a, b, [op](E x, E y) { return apply(op, x, y); });
    }
}

} // namespace detail

template <class T>
result<any_tensors<T>> layer_traits<binary>::forward(const binary& layer, tensor_inputs<T> in) {
    const bool compares = format::compares(layer.op);
    if (in[0].reals != nullptr && in[1].reals != nullptr && !compares)
        return detail::one_tensor<T>(
            detail::combine(layer.op, detail::reals<T>(in, 0), detail::reals<T>(in, 1)));
    if (in[0].wholes != nullptr && in[1].wholes != nullptr) {
        const auto& b = detail::wholes<T>(in, 1);
        if (layer.op == binary_op::div)
            for (const auto divisor : b.data())
                if (divisor == 0)
                    return fault{errc::unsupported, "whole numbers are divided by zero"};
        const std::size_t deciding = layer.op == binary_op::pow ? 1 : 0;
        if (in[deciding].type == format::dtype::u64)
            return detail::one_tensor<T>(
                detail::combine(detail::wholes<T>(in, 0), b, [&](std::int64_t x, std::int64_t y) {
                    return detail::apply_unsigned(layer.op, x, y);
                }));
        return detail::one_tensor<T>(detail::combine(layer.op, detail::wholes<T>(in, 0), b));
    }
    auto y = detail::combine(layer.op, detail::to_reals<T>(in, 0), detail::to_reals<T>(in, 1));
    if (in[0].reals != nullptr && !compares)
        return detail::one_tensor<T>(std::move(y));
    tensor<std::int64_t> whole(y.dims());
    for (std::size_t i = 0; i < y.size(); ++i)
        whole[i] = detail::truncate(y[i]);
    return detail::one_tensor<T>(std::move(whole));
}

template <class T>
result<simulated_values<T>> layer_traits<binary>::forward_codes(const binary& layer,
                                                                const integer_call<T>& c) {
    const format::affine& to = *c.to;
    const format::affine own = format::moved_back(to);
    if (layer.op == binary_op::mul) {
        const float factor = format::multiplier(c.from[0].scale, c.from[1].scale, to.scale);
        return detail::one_simulated<T>(
            detail::combine(*c.in[0], *c.in[1], [&](std::uint8_t a, std::uint8_t b) {
                return static_cast<std::uint8_t>(format::multiply_codes(a, c.from[0].zero, b, c.from[1].zero,
                                                                        factor, own.zero, own.lowest,
                                                                        own.highest) +
                                                 to.moved);
            }));
    }
    const std::size_t first = add_operands_exchanged(c.in[0]->dims(), c.in[1]->dims()) ? 1 : 0;
    const format::affine& a = c.from[first];
    const format::affine& b = c.from[1 - first];
    const auto factors = add_factors_of(a, b, to);
    return detail::one_simulated<T>(
        detail::combine(*c.in[first], *c.in[1 - first], [&](std::uint8_t x, std::uint8_t y) {
            return static_cast<std::uint8_t>(
                format::add_codes(x - to.moved, y - to.moved, factors, own.lowest, own.highest) + to.moved);
        }));
}

} // namespace pith

#endif
