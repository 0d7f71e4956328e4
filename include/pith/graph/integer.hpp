// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_INTEGER_HPP
#define PITH_GRAPH_INTEGER_HPP
/// Layers on codes, with the formulas of format/: what every kernel must equal bit for bit.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "../base/on_use.hpp"
#include "../base/result.hpp"
#include "../format/softmax.hpp"
#include "accumulator_bound.hpp"
#include "codes.hpp"
#include "graph.hpp"

namespace pith {

/// What a value is in a simulation: reals, whole numbers, or the codes of reals.
template <class T>
using simulated = std::variant<tensor<T>, tensor<std::int64_t>, tensor<std::uint8_t>>;

/// A node on codes. @pre execution_of says that it runs in codes
template <class T>
struct integer_call {
    std::vector<const tensor<std::uint8_t>*> in;   ///< null for inputs that are not codes
    std::vector<format::affine> from;              ///< codes of the inputs
    std::optional<format::affine> to;              ///< codes of the outputs, behind a fused activation
    const affine_encoding* levels = nullptr;       ///< of the output, where it does not use all codes
    const value<T>* weights = nullptr;             ///< of conv2d and dense
    const tensor<T>* bias = nullptr;               ///< or null
    const tensor<std::int64_t>* indices = nullptr; ///< of gather
    view<const depth_part> parts{};                ///< node_execution::parts
};

namespace detail {

/// The elements of some input channels, each as `number(element)`.
template <class S, class E, class Number>
[[nodiscard]] std::vector<S> numbers_of(view<const E> elements, std::int64_t channels, const depth_part& part,
                                        const Number& number) {
    const auto rows = static_cast<std::int64_t>(elements.size()) / std::max<std::int64_t>(channels, 1);
    std::vector<S> numbers(static_cast<std::size_t>(rows * (part.last - part.first)));
    auto to = numbers.begin();
    for (std::int64_t row = 0; row < rows; ++row)
        for (std::int64_t c = part.first; c < part.last; ++c)
            *to++ = number(elements[static_cast<std::size_t>(row * channels + c)]);
    return numbers;
}

/// Sum (x - zero) * w of a conv2d or dense layer, in numbers that hold every partial sum exactly, of some
/// input channels: all of them where there are groups.
template <class S, class T, class Layer>
[[nodiscard]] tensor<S> exact_sums(const Layer& layer, const integer_call<T>& c, const depth_part& part) {
    const auto codes = weight_codes(*c.weights);
    const std::int64_t own = c.weights->dims.back();
    const std::int64_t all = c.in[0]->dims().back();
    const bool whole = part.first == 0 && part.last == own;
    shape w_dims = c.weights->dims;
    shape x_dims = c.in[0]->dims();
    w_dims[w_dims.rank() - 1] = part.last - part.first;
    if (!whole)
        x_dims[x_dims.rank() - 1] = part.last - part.first;
    const tensor<S> w(w_dims, numbers_of<S>(view<const std::int8_t>(codes), own, part,
                                            [](std::int8_t e) { return static_cast<S>(e); }));
    const std::int32_t zero = c.from[0].zero;
    const tensor<S> x(x_dims, numbers_of<S>(c.in[0]->data(), all, whole ? depth_part{0, all} : part,
                                            [&](std::uint8_t e) { return static_cast<S>(e - zero); }));
    if constexpr (std::is_same_v<Layer, conv2d>)
        return convolve<S>(layer, x, w, nullptr);
    else
        return multiply_dense<S>(x, w, nullptr);
}

template <class S>
[[nodiscard]] std::int32_t accumulated(S sum, std::int32_t bias) noexcept {
    const auto whole = static_cast<std::uint32_t>(static_cast<std::uint64_t>(static_cast<std::int64_t>(sum)));
    return static_cast<std::int32_t>(whole + static_cast<std::uint32_t>(bias));
}

template <class S, class T, class Layer>
[[nodiscard]] simulated<T> multiply_codes(const Layer& layer, const integer_call<T>& c) {
    const tensor<S> sums = exact_sums<S>(layer, c, {0, c.weights->dims.back()});
    const auto scales = weight_scales(*c.weights);
    const auto bias = bias_codes(c.bias, c.from[0].scale, scales);
    const auto factors = output_factors(c.from[0].scale, scales, c.to);
    const std::size_t channels = scales.size();
    if (!c.to) {
        tensor<T> y(sums.dims());
        for (std::size_t i = 0; i < y.size(); ++i) {
            const float sum = static_cast<float>(accumulated(sums[i], bias[i % channels]));
            y[i] = static_cast<T>(sum * factors[i % channels]);
        }
        return y;
    }
    tensor<std::uint8_t> y(sums.dims());
    for (std::size_t i = 0; i < y.size(); ++i)
        y[i] = static_cast<std::uint8_t>(format::requantize(accumulated(sums[i], bias[i % channels]),
                                                            factors[i % channels], c.to->zero, c.to->lowest,
                                                            c.to->highest));
    return y;
}

/// The greatest magnitude that a sum, or a part of one, can have.
template <class T>
[[nodiscard]] std::int64_t greatest_sum(const integer_call<T>& c) {
    const auto codes = weight_codes(*c.weights);
    const auto depth = static_cast<std::size_t>(c.weights->dims.product(1, c.weights->dims.rank()));
    std::int64_t most = 0;
    for (std::size_t row = 0; row < codes.size(); row += depth) {
        std::int64_t sum = 0;
        for (std::size_t i = row; i < row + depth; ++i)
            sum += codes[i] < 0 ? -codes[i] : codes[i];
        most = std::max(most, sum);
    }
    return most * std::max(c.from[0].zero, 255 - c.from[0].zero);
}

/// The sums of the parts, each scaled, then added up as reals, the bias last.
template <class T, class Layer>
[[nodiscard]] tensor<float> add_parts(const Layer& layer, const integer_call<T>& c) {
    const auto factors = output_factors(c.from[0].scale, weight_scales(*c.weights), std::nullopt);
    const std::size_t channels = factors.size();
    tensor<float> y;
    for (std::size_t p = 0; p < c.parts.size(); ++p) {
        const tensor<double> sums = exact_sums<double>(layer, c, c.parts[p]);
        if (p == 0)
            y = tensor<float>(sums.dims());
        for (std::size_t i = 0; i < y.size(); ++i) {
            // Exact in double, so that it is rounded by itself before it is added.
            const float real = static_cast<float>(static_cast<double>(static_cast<float>(sums[i])) *
                                                  static_cast<double>(factors[i % channels]));
            y[i] = p == 0 ? real : y[i] + real;
        }
    }
    for (std::size_t i = 0; c.bias != nullptr && i < y.size(); ++i)
        y[i] += static_cast<float>((*c.bias)[i % channels]);
    return y;
}

template <class T, class Layer>
[[nodiscard]] simulated<T> multiply_parts(const Layer& layer, const integer_call<T>& c) {
    const tensor<float> reals = add_parts(layer, c);
    if (c.to)
        return encode_tensor(affine_encoding::per_tensor(*c.to), reals);
    tensor<T> y(reals.dims());
    std::copy(reals.data().begin(), reals.data().end(), y.data().begin());
    return y;
}

/// In float where no sum of products can leave its 24 bits, else in double.
template <class T, class Layer>
[[nodiscard]] std::vector<simulated<T>> multiply_exactly(const Layer& layer, const integer_call<T>& c) {
    std::vector<simulated<T>> out;
    if (!c.parts.empty())
        out.push_back(multiply_parts(layer, c));
    else if (greatest_sum(c) < 1 << 24)
        out.push_back(multiply_codes<float>(layer, c));
    else
        out.push_back(multiply_codes<double>(layer, c));
    return out;
}

template <class T, class Layer>
[[nodiscard]] std::vector<simulated<T>> move_codes(const Layer& layer,
                                                   const std::vector<const tensor<std::uint8_t>*>& in) {
    std::vector<simulated<T>> out;
    for (auto& t : move_elements(layer, view<const tensor<std::uint8_t>* const>(in)))
        out.emplace_back(std::move(t));
    return out;
}

template <class T>
[[nodiscard]] std::vector<simulated<T>> one_simulated(tensor<std::uint8_t> t) {
    std::vector<simulated<T>> out;
    out.emplace_back(std::move(t));
    return out;
}

template <class = on_use>
[[nodiscard]] inline tensor<std::uint8_t> look_up(const code_table& table, const tensor<std::uint8_t>& x) {
    tensor<std::uint8_t> y(x.dims());
    for (std::size_t i = 0; i < x.size(); ++i)
        y[i] = table[x[i]];
    return y;
}

template <class = on_use>
[[nodiscard]] inline tensor<std::uint8_t> average_codes(const pool2d& layer, const tensor<std::uint8_t>& x,
                                                        const format::affine& from,
                                                        const format::affine& to) {
    std::array<float, 256> real{};
    for (std::int32_t code = 0; code < 256; ++code)
        real[static_cast<std::size_t>(code)] = format::decode(from, code);
    tensor<std::uint8_t> y(pooled(layer, x.dims()));
    const auto channels = static_cast<std::size_t>(x.dims()[3]);
    std::vector<float> sums(channels);
    for_each_window(layer, x, y.dims(), [&](std::int64_t at, const auto& window) {
        std::fill(sums.begin(), sums.end(), 0.f);
        std::int64_t count = 0;
        const std::int64_t padded = window([&](std::int64_t first) {
            ++count;
            for (std::size_t c = 0; c < channels; ++c)
                sums[c] += real[x[static_cast<std::size_t>(first) + c]];
        });
        const auto divisor = static_cast<std::int32_t>(layer.count_include_pad ? padded : count);
        for (std::size_t c = 0; c < channels; ++c)
            y[static_cast<std::size_t>(at) + c] =
                static_cast<std::uint8_t>(format::average_code(sums[c], divisor, to));
    });
    return y;
}

template <class = on_use>
[[nodiscard]] inline tensor<std::uint8_t>
average_images(const tensor<std::uint8_t>& x, const format::affine& from, const format::affine& to) {
    const auto pixels = static_cast<std::size_t>(x.dims()[1] * x.dims()[2]);
    const auto channels = static_cast<std::size_t>(x.dims()[3]);
    tensor<std::uint8_t> y({x.dims()[0], 1, 1, x.dims()[3]});
    const float factor =
        format::global_average_factor(from.scale, to.scale, static_cast<std::int32_t>(pixels));
    for (std::size_t i = 0; i < y.size(); ++i) {
        std::uint32_t sum = 0; // wraps like every kernel's; what runs in codes does not need it to
        for (std::size_t p = 0; p < pixels; ++p)
            sum += static_cast<std::uint32_t>(x[(i / channels * pixels + p) * channels + i % channels] -
                                              from.zero);
        y[i] = static_cast<std::uint8_t>(
            format::requantize(static_cast<std::int32_t>(sum), factor, to.zero, to.lowest, to.highest));
    }
    return y;
}

} // namespace detail

template <class T, class Layer>
[[nodiscard]] std::vector<simulated<T>> forward_codes(const Layer& layer, const integer_call<T>& c) {
    if constexpr (std::is_same_v<Layer, conv2d> || std::is_same_v<Layer, dense>)
        return detail::multiply_exactly(layer, c);
    else if constexpr (requires { move_elements(layer, view<const tensor<std::uint8_t>* const>(c.in)); })
        return detail::move_codes<T>(layer, c.in);
    else
        return {}; // runs_in_codes has no other
}

template <class T>
[[nodiscard]] std::vector<simulated<T>> forward_codes(const concat& layer, const integer_call<T>& c) {
    std::vector<tensor<std::uint8_t>> recoded(c.in.size());
    std::vector<const tensor<std::uint8_t>*> in = c.in;
    for (std::size_t i = 0; i < in.size(); ++i)
        if (!same_codes(c.from[i], *c.to)) {
            recoded[i] = detail::look_up(make_recoding(c.from[i], *c.to), *in[i]);
            in[i] = &recoded[i];
        }
    return detail::move_codes<T>(layer, in);
}

template <class T>
[[nodiscard]] std::vector<simulated<T>> forward_codes(const unary& layer, const integer_call<T>& c) {
    const auto to = c.levels != nullptr ? *c.levels : affine_encoding::per_tensor(*c.to);
    return detail::one_simulated<T>(detail::look_up(make_table(layer, c.from[0], to), *c.in[0]));
}

template <class T>
[[nodiscard]] std::vector<simulated<T>> forward_codes(const binary& layer, const integer_call<T>& c) {
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

template <class T>
[[nodiscard]] std::vector<simulated<T>> forward_codes(const pool2d& layer, const integer_call<T>& c) {
    const tensor<std::uint8_t>& x = *c.in[0];
    if (layer.op == pool_op::max)
        return detail::one_simulated<T>(max_pool(layer, x));
    if (averages_images(layer, x.dims()))
        return detail::one_simulated<T>(detail::average_images(x, c.from[0], *c.to));
    return detail::one_simulated<T>(detail::average_codes(layer, x, c.from[0], *c.to));
}

template <class T>
[[nodiscard]] std::vector<simulated<T>> forward_codes(const softmax& layer, const integer_call<T>& c) {
    tensor<std::uint8_t> y = *c.in[0];
    const auto size = static_cast<std::size_t>(y.dims()[layer.axis]);
    const auto inner =
        static_cast<std::size_t>(y.dims().product(layer.axis + std::size_t{1}, y.dims().rank()));
    float table[256];
    format::make_softmax_table(table, c.from[0].scale, size);
    const float levels = format::softmax_levels(c.to->scale);
    for (std::size_t k = 0; size != 0 && k < y.size() / size; ++k) {
        std::uint8_t* row = y.data().data() + k / inner * size * inner + k % inner;
        std::size_t shift = 255;
        for (std::size_t i = 0; i < size; ++i)
            shift = std::min<std::size_t>(shift, 255u - row[i * inner]);
        float sum = 0.f;
        for (std::size_t i = 0; i < size; ++i)
            sum += table[row[i * inner] + shift];
        for (std::size_t i = 0; i < size; ++i)
            row[i * inner] = static_cast<std::uint8_t>(
                format::softmax_code(table[row[i * inner] + shift], sum, levels, *c.to));
    }
    return detail::one_simulated<T>(std::move(y));
}

template <class T>
[[nodiscard]] std::vector<simulated<T>> forward_codes(const pad& layer, const integer_call<T>& c) {
    return detail::one_simulated<T>(pad_elements(layer, *c.in[0], static_cast<std::uint8_t>(c.from[0].zero)));
}

template <class T>
[[nodiscard]] std::vector<simulated<T>> forward_codes(const resize2d& layer, const integer_call<T>& c) {
    return detail::one_simulated<T>(resize_nearest(layer, *c.in[0]));
}

template <class T>
[[nodiscard]] std::vector<simulated<T>> forward_codes(const gather& layer, const integer_call<T>& c) {
    return detail::one_simulated<T>(pick_elements(layer, *c.in[0], *c.indices));
}

} // namespace pith

#endif
