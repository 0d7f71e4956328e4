// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_INTEGER_HPP
#define PITH_GRAPH_INTEGER_HPP
/// What layers on codes have in common, with the formulas of format/: what every kernel must equal bit for
/// bit.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <variant>
#include <vector>

#include "../base/result.hpp"
#include "../format/affine.hpp"
#include "../format/requantize.hpp"
#include "accumulator_bound.hpp"
#include "codes.hpp"
#include "tensor.hpp"
#include "value.hpp"

namespace pith {

/// What a value is in a simulation: reals, whole numbers, or the codes of reals.
template <class T>
using simulated = std::variant<tensor<T>, tensor<std::int64_t>, tensor<std::uint8_t>>;

/// A node's outputs in simulation.
template <class T>
using simulated_values = std::vector<simulated<T>>;

/// What a layer is and does (layer_traits.hpp).
template <class Layer>
struct layer_traits;

/// A node on codes. @pre execution_of says that it runs in codes
template <class T>
struct integer_call {
    std::vector<const tensor<std::uint8_t>*> in;   ///< null for inputs that are not codes
    std::vector<format::affine> from;              ///< codes of the inputs
    std::optional<format::affine> to;              ///< codes of the outputs, behind a fused activation
    const encoding* levels = nullptr;              ///< of the output, where it does not use all codes
    const value<T>* weights = nullptr;             ///< of a layer that multiplies by weights
    const tensor<T>* bias = nullptr;               ///< or null
    const tensor<std::int64_t>* indices = nullptr; ///< the last input of whole numbers
    std::span<const depth_part> parts{};           ///< node_execution::parts
};

namespace detail {

/// The elements of some input channels, each as `number(element)`.
template <class S, class E, class Number>
[[nodiscard]] std::vector<S> numbers_of(std::span<const E> elements, std::int64_t channels,
                                        const depth_part& part, const Number& number) {
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
    const tensor<S> w(w_dims, numbers_of<S>(std::span<const std::int8_t>(codes), own, part,
                                            [](std::int8_t e) { return static_cast<S>(e); }));
    const std::int32_t zero = c.from[0].zero;
    const tensor<S> x(x_dims, numbers_of<S>(c.in[0]->data(), all, whole ? depth_part{0, all} : part,
                                            [&](std::uint8_t e) { return static_cast<S>(e - zero); }));
    return layer_traits<Layer>::template multiply<S>(layer, x, w, nullptr);
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
        return encode_tensor(encoding::per_tensor(*c.to), reals);
    tensor<T> y(reals.dims());
    std::copy(reals.data().begin(), reals.data().end(), y.data().begin());
    return y;
}

/// In float where no sum of products can leave its 24 bits, else in double.
template <class T, class Layer>
[[nodiscard]] simulated_values<T> multiply_exactly(const Layer& layer, const integer_call<T>& c) {
    simulated_values<T> out;
    if (!c.parts.empty())
        out.push_back(multiply_parts(layer, c));
    else if (greatest_sum(c) < 1 << 24)
        out.push_back(multiply_codes<float>(layer, c));
    else
        out.push_back(multiply_codes<double>(layer, c));
    return out;
}

template <class T, class Layer>
[[nodiscard]] simulated_values<T> move_codes(const Layer& layer,
                                             const std::vector<const tensor<std::uint8_t>*>& in) {
    simulated_values<T> out;
    for (auto& t : layer_traits<Layer>::template move<std::uint8_t>(
             layer, std::span<const tensor<std::uint8_t>* const>(in)))
        out.emplace_back(std::move(t));
    return out;
}

template <class T>
[[nodiscard]] simulated_values<T> one_simulated(tensor<std::uint8_t> t) {
    simulated_values<T> out;
    out.emplace_back(std::move(t));
    return out;
}

[[nodiscard]] inline tensor<std::uint8_t> look_up(const code_table& table, const tensor<std::uint8_t>& x) {
    tensor<std::uint8_t> y(x.dims());
    for (std::size_t i = 0; i < x.size(); ++i)
        y[i] = table[x[i]];
    return y;
}

} // namespace detail
} // namespace pith

#endif
