// SPDX-License-Identifier: MIT
#ifndef PITH_IO_ONNX_RESAMPLE_HPP
#define PITH_IO_ONNX_RESAMPLE_HPP
/// One axis of a value at another size, whatever axis it is: picked by indices where neighbours are copied,
/// by a constant matrix where they are weighted.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "../../format/resize.hpp"
#include "windows.hpp"

namespace pith::io::onnx {

/// What an axis is cut to before it is resized, in parts of its length; beyond it lies `fill`.
struct resample_crop {
    double start = 0;
    double end = 1;
    double fill = 0;
};

struct resample_rule {
    format::resize_axis_rule axis;
    bool antialias = false;
    double shift = 0; ///< of the positions
    std::optional<resample_crop> crop;
};

namespace detail {

/// The position of output `i`, or nothing if it lies beyond the input.
[[nodiscard]] inline std::optional<double> resample_position(const resample_rule& r, std::int32_t i) {
    if (!r.crop)
        return format::detail::resize_position(r.axis, i) + r.shift;
    const double last = r.axis.input - 1;
    const double length = r.axis.scale * r.axis.input;
    const double part = r.crop->end - r.crop->start;
    const double x = (length == 1 ? part * last / 2 : i * part * last / (length - 1)) + r.crop->start * last;
    return x >= 0 && x <= last ? std::optional<double>(x) : std::nullopt; // NaN lies beyond it too
}

/// Adds the weights of a kernel as wide as the outputs lie apart, for position `x` of an image that shrinks.
inline void add_antialias(const format::resize_axis_rule& r, double x, double* weights) {
    const bool linear = r.mode == resize_mode::linear;
    const double scale = std::min(r.scale, 1.0);
    const auto reach = static_cast<std::int64_t>(std::floor((linear ? -1 : -2) / scale)) + 1;
    const double base = std::ceil(x) - 1;
    std::vector<double> taps;
    double sum = 0;
    for (std::int64_t k = reach; k < 2 - reach; ++k) {
        const double distance = std::fabs(base + static_cast<double>(k) - x) * scale;
        taps.push_back(linear ? std::max(1 - distance, 0.0)
                              : format::detail::resize_cubic(r.cubic_a, distance));
        const double at = base + static_cast<double>(k);
        if (r.exclude_outside && (at < 0 || at > r.input - 1))
            taps.back() = 0;
        sum += taps.back();
    }
    for (std::size_t k = 0; k < taps.size(); ++k) {
        const double at = base + static_cast<double>(reach) + static_cast<double>(k);
        weights[static_cast<std::size_t>(std::clamp<double>(at, 0, r.input - 1))] += taps[k] / sum;
    }
}

/// The row of weights of output `i`; the last column is the fill's, if there is one.
inline void add_weights(const resample_rule& r, std::int32_t i, double* weights) {
    const auto x = resample_position(r, i);
    if (!x) {
        weights[r.axis.input] = 1;
        return;
    }
    if (r.antialias && r.axis.scale < 1)
        return add_antialias(r.axis, *x, weights);
    std::int32_t at[4];
    float weight[4];
    format::resize_at(r.axis, *x, at, weight);
    for (std::uint32_t t = 0; t < format::resize_taps(r.axis.mode); ++t)
        weights[at[t]] += static_cast<double>(weight[t]);
}

/// One stored axis weighted by a constant matrix.
template <class G>
[[nodiscard]] value_id weighted_axis(call<G>& c, value_id x, std::size_t axis, const resample_rule& r) {
    const std::int64_t size = c.make.net[x].dims[axis];
    const std::int64_t outputs = r.axis.output;
    c.expect(outputs <= max_elements / size, errc::bad_shape, "a value has more than 2^31 elements");
    c.make.left().charge(static_cast<std::uint64_t>(outputs * size) * 8, c.make.where());
    tensor<scalar_of<G>> matrix(shape{outputs, size});
    std::vector<double> row(static_cast<std::size_t>(size));
    for (std::int64_t i = 0; i < outputs; ++i) {
        std::fill(row.begin(), row.end(), 0.0);
        add_weights(r, static_cast<std::int32_t>(i), row.data());
        std::transform(row.begin(), row.end(), matrix.data().begin() + i * size,
                       [](double w) { return static_cast<scalar_of<G>>(w); });
    }
    return multiply_axis(c, c.make.constant(std::move(matrix)).id, x, axis);
}

} // namespace detail

/// @param axis of the model
template <class G>
[[nodiscard]] operand resampled(call<G>& c, const operand& source, std::size_t axis, const resample_rule& r) {
    const std::size_t at = stored_axis(source.order, axis);
    value_id x = source.id;
    if (r.crop) { // what lies beyond the image is one element more
        pad layer{std::vector<std::int64_t>(source.order.size(), 0),
                  std::vector<std::int64_t>(source.order.size(), 0), pad_mode::constant, r.crop->fill};
        layer.after[at] = 1;
        x = c.make.emit(std::move(layer), {x});
    }
    if (r.axis.mode != resize_mode::nearest)
        return c.stored(detail::weighted_axis(c, x, at, r), source.order);
    const value_id which = detail::index_table(c, r.axis.output, 1, [&](std::int64_t i, std::int64_t) {
        const auto place = detail::resample_position(r, static_cast<std::int32_t>(i));
        std::int32_t nearest = r.axis.input;
        float weight = 1;
        if (place)
            format::resize_at(r.axis, *place, &nearest, &weight);
        return std::int64_t{nearest};
    });
    const value_id flat = c.make.reshaped(which, {r.axis.output});
    return c.stored(c.make.emit(gather{static_cast<std::uint8_t>(at)}, {x, flat}), source.order);
}

} // namespace pith::io::onnx

#endif
