// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_ACCUMULATOR_BOUND_HPP
#define PITH_GRAPH_ACCUMULATOR_BOUND_HPP
/// Whether the int32 accumulators of the kernels hold every sum that a layer's codes can have: the one rule
/// that simulation and plan share. Kernels may wrap on the way, since they add modulo 2^32; what has to fit
/// is the sum they end with.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "codes.hpp"
#include "value.hpp"

namespace pith {

/// The least and the greatest value of a sum.
struct sum_range {
    std::int64_t lowest = 0;
    std::int64_t highest = 0;

    [[nodiscard]] constexpr bool fits() const noexcept {
        return lowest >= std::numeric_limits<std::int32_t>::min() &&
               highest <= std::numeric_limits<std::int32_t>::max();
    }
    /// @pre both are far from the ends of int64: sums of less than 2^40 products
    constexpr void add(const sum_range& other) noexcept {
        lowest += other.lowest;
        highest += other.highest;
    }
    constexpr void widen_to(const sum_range& other) noexcept {
        lowest = std::min(lowest, other.lowest);
        highest = std::max(highest, other.highest);
    }
};

/// Input channels [first, last) of a convolution's or dense layer's depth.
struct depth_part {
    std::int64_t first = 0;
    std::int64_t last = 0;

    friend bool operator==(const depth_part&, const depth_part&) = default;
};

/// How the sums of a convolution or dense layer keep within int32.
struct accumulation {
    sum_range range; ///< of all sums with their biases, or of what they could be at most where that fits
    std::vector<depth_part> parts; ///< as node_execution::parts
    bool fits = true;              ///< whole, or in the parts
};

/// Which ways a layer's sums may be taken apart.
enum class sum_cut : std::uint8_t {
    not_at_all, ///< a depthwise convolution, whose kernels give nothing but codes
    bias,       ///< from the bias: input channels of groups are not neighbours
    depth,      ///< from the bias, and the depth in parts
};

namespace detail {

/// Products of a weight code and an activation code less its zero point.
[[nodiscard]] inline sum_range product_range(std::int64_t weight, const format::affine& from) noexcept {
    const std::int64_t a = weight * (from.lowest - from.zero);
    const std::int64_t b = weight * (from.highest - from.zero);
    return {std::min(a, b), std::max(a, b)};
}

/// The whole number next to a bias in units of its scale, cut to what a double tells apart from infinity.
[[nodiscard]] inline std::int64_t wanted_bias(float bias, float input_scale, float weight_scale) noexcept {
    constexpr double most = 9.0e15;
    const float scale = input_scale * weight_scale;
    if (!(scale > 0.f))
        return 0; // as format::quantize_bias
    const double q = std::nearbyint(static_cast<double>(bias / scale));
    // 2^31 is what the greatest code becomes as a float.
    if (q == 2147483648.0)
        return 2147483647;
    return static_cast<std::int64_t>(q > most ? most : q > -most ? q : -most);
}

/// Weights [out, taps, channels] as ranges of sums.
struct sum_ranges {
    const std::vector<std::int8_t>& codes;
    format::affine from;
    std::int64_t outputs;
    std::int64_t taps;
    std::int64_t channels; ///< of a group

    /// Of one output and one channel.
    [[nodiscard]] sum_range of(std::int64_t output, std::int64_t channel) const {
        sum_range sum;
        for (std::int64_t t = 0; t < taps; ++t)
            sum.add(product_range(codes[static_cast<std::size_t>((output * taps + t) * channels + channel)],
                                  from));
        return sum;
    }
    /// Of one output.
    [[nodiscard]] sum_range of(std::int64_t output) const {
        sum_range sum;
        for (std::int64_t c = 0; c < channels; ++c)
            sum.add(of(output, c));
        return sum;
    }
    /// Behind the last channel that all outputs can add to those from `first` on.
    [[nodiscard]] std::int64_t end_of_part(std::int64_t first) const {
        std::int64_t end = channels;
        for (std::int64_t o = 0; o < outputs; ++o) {
            sum_range sum;
            for (std::int64_t c = first; c < end; ++c) {
                sum.add(of(o, c));
                if (!sum.fits())
                    end = c;
            }
        }
        return end;
    }
    /// The longest parts, from the first channel on, whose sums fit; none if a channel alone does not.
    [[nodiscard]] std::vector<depth_part> parts() const {
        std::vector<depth_part> found;
        for (std::int64_t first = 0; first < channels;) {
            const std::int64_t end = end_of_part(first);
            if (end == first)
                return {};
            found.push_back({first, end});
            first = end;
        }
        return found;
    }
};

} // namespace detail

/// @param bias null for none
/// @pre has_weight_codes(weights); `from` are the codes of the layer's input
template <class T>
[[nodiscard]] accumulation accumulate_layer(const value<T>& weights, const tensor<T>* bias,
                                            const format::affine& from, sum_cut ways) {
    accumulation a;
    const auto scales = weight_scales(weights);
    std::vector<std::int64_t> biases(scales.size(), 0);
    std::int64_t greatest_bias = 0;
    for (std::size_t i = 0; bias != nullptr && bias->size() == biases.size() && i < biases.size(); ++i) {
        biases[i] = detail::wanted_bias(static_cast<float>((*bias)[i]), from.scale, scales[i]);
        greatest_bias = std::max(greatest_bias, biases[i] < 0 ? -biases[i] : biases[i]);
    }
    const std::int64_t depth = weights.dims.product(1, weights.dims.rank());
    const format::affine_codes all = weights.encoded.codes();
    const std::int64_t weight = std::max(-all.lowest, all.highest);
    const std::int64_t input = std::max(from.zero - from.lowest, from.highest - from.zero);
    a.range = {-depth * weight * input - greatest_bias, depth * weight * input + greatest_bias};
    if (a.range.fits()) // without a look at the weights
        return a;
    const auto codes = weight_codes(weights);
    const std::int64_t channels = weights.dims.back();
    const detail::sum_ranges sums{codes, from, weights.dims[0], channels == 0 ? 0 : depth / channels,
                                  channels};
    sum_range without_bias;
    a.range = {};
    for (std::int64_t o = 0; o < sums.outputs; ++o) {
        sum_range sum = sums.of(o);
        without_bias.widen_to(sum);
        const std::int64_t b = biases[static_cast<std::size_t>(o)];
        sum.add({b, b});
        a.range.widen_to(sum);
    }
    if (a.range.fits())
        return a;
    if (ways != sum_cut::not_at_all && without_bias.fits())
        a.parts = {{0, channels}};
    else if (ways == sum_cut::depth)
        a.parts = sums.parts();
    a.fits = !a.parts.empty();
    return a;
}

/// Sums of as many codes less their zero point.
[[nodiscard]] inline sum_range code_sums(const format::affine& from, std::int64_t count) noexcept {
    return {count * (from.lowest - from.zero), count * (from.highest - from.zero)};
}

} // namespace pith

#endif
