// SPDX-License-Identifier: MIT
#ifndef PITH_IO_ONNX_OPS_AUDIO_HPP
#define PITH_IO_ONNX_OPS_AUDIO_HPP
/// Spectra: Fourier transforms as products with constant matrices, windows and mel filters as constants.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <utility>
#include <vector>

#include "ops_constant.hpp"
#include "windows.hpp"

namespace pith::io::onnx {

namespace detail {

/// One constant number of any type.
template <class G>
[[nodiscard]] double constant_number(call<G>& c, std::size_t i) {
    const auto& v = c.make.net[c.make.place(c.raw(i))];
    c.expect(v.is_constant() && v.dims.elements() == 1, errc::unsupported,
             "an input must be one constant number here");
    return v.reals() != nullptr ? static_cast<double>((*v.reals())[0])
                                : static_cast<double>((*v.wholes())[0]);
}

/// A length, or a count of bins.
template <class G>
[[nodiscard]] std::int64_t constant_length(call<G>& c, std::size_t i) {
    const double v = constant_number(c, i);
    c.expect(v >= 0 && v < (1 << 24), errc::bad_option, "a length is out of range");
    return static_cast<std::int64_t>(v);
}

/// What a Fourier transform of `length` points is: bins [rows] of samples [columns], `parts` numbers each.
struct fourier {
    std::int64_t length = 1;
    std::int64_t bins = 1;
    std::int64_t samples = 1; ///< of them the first `length` count
    std::int64_t parts = 1;   ///< 1 real samples, 2 complex ones
    bool inverse = false;
};

/// [bins, 2, samples, parts]
template <class G>
[[nodiscard]] operand fourier_matrix(call<G>& c, const fourier& f) {
    const shape dims{f.bins, 2, f.samples, f.parts};
    c.expect(f.bins <= max_elements / (4 * std::max<std::int64_t>(f.samples, 1)), errc::bad_shape,
             "a value has more than 2^31 elements");
    c.make.left().charge(static_cast<std::uint64_t>(dims.elements()) * 8, c.make.where());
    tensor<scalar_of<G>> m(dims);
    std::size_t i = 0;
    for (std::int64_t k = 0; k < f.bins; ++k)
        for (int to = 0; to < 2; ++to)
            for (std::int64_t n = 0; n < f.samples; ++n)
                for (std::int64_t from = 0; from < f.parts; ++from, ++i) {
                    if (n >= f.length)
                        continue;
                    const double angle = 2 * std::numbers::pi * static_cast<double>(k * n % f.length) /
                                         static_cast<double>(f.length) * (f.inverse ? 1 : -1);
                    // (cos + i sin) times a real part, or times i
                    const double v = to == from ? std::cos(angle)
                                     : to == 1  ? std::sin(angle)
                                                : -std::sin(angle);
                    m[i] = static_cast<scalar_of<G>>(f.inverse ? v / static_cast<double>(f.length) : v);
                }
    return c.make.constant(std::move(m));
}

} // namespace detail

template <class G>
void import_fourier(call<G>& c) {
    const operand x = c.in(0);
    const std::size_t rank = x.dims.rank();
    c.expect(rank >= 2 && (x.dims.back() == 1 || x.dims.back() == 2), errc::bad_shape,
             "the last axis must hold real parts, or real and imaginary ones");
    std::int64_t along = c.opset < 20 ? c.whole("axis", 1) : -2;
    if (c.opset >= 20 && c.has(2))
        along = pith::detail::truncate(detail::constant_number(c, 2));
    const std::size_t axis = c.axis(along, rank);
    c.expect(axis + 1 < rank, errc::bad_shape, "an axis is out of range");
    detail::fourier f;
    f.samples = x.dims[axis];
    f.parts = x.dims.back();
    f.length = c.has(1) ? detail::constant_length(c, 1) : f.samples;
    f.inverse = c.whole("inverse", 0) != 0;
    const bool half = c.whole("onesided", 0) != 0;
    c.expect(f.length > 0 && f.samples > 0, errc::bad_shape, "nothing to transform");
    c.expect(!half || (!f.inverse && f.parts == 1), errc::unsupported,
             "one-sided transforms are only supported forward, of real samples");
    f.bins = half ? f.length / 2 + 1 : f.length;
    std::vector<std::size_t> order; // the axis just before the parts
    for (std::size_t i = 0; i + 1 < rank; ++i)
        if (i != axis)
            order.push_back(i);
    order.insert(order.end(), {axis, rank - 1});
    const operand last = transpose_to(c, x, order);
    shape flat;
    for (std::size_t i = 0; i + 2 < rank; ++i)
        flat.push_back(last.dims[i]);
    shape wide = flat;
    flat.push_back(f.samples * f.parts);
    flat.push_back(1);
    wide.push_back(f.bins);
    wide.push_back(2);
    const operand matrix = detail::fourier_matrix(c, f);
    const value_id by = c.make.reshaped(matrix.id, {f.bins * 2, f.samples * f.parts});
    const value_id signal = c.make.reshaped(c.make.place(last), flat);
    const value_id y = c.make.reshaped(detail::multiply_axis(c, by, signal, rank - 2), wide);
    std::vector<std::size_t> back(rank);
    for (std::size_t i = 0; i < rank; ++i)
        back[order[i]] = i;
    c.out(0, transpose_to(c, c.plain(y), back));
}

/// Spectra of overlapping frames: a convolution whose filters are the rows of a Fourier transform.
template <class G>
void import_short_fourier(call<G>& c) {
    const operand x = c.in(0);
    c.expect(x.dims.rank() == 2 || (x.dims.rank() == 3 && (x.dims[2] == 1 || x.dims[2] == 2)),
             errc::bad_shape, "a signal [batch, length, parts] is needed");
    const std::int64_t step = detail::constant_length(c, 1);
    c.expect(c.has(2) || c.has(3), errc::missing, "neither a window nor the length of the frames is given");
    detail::fourier f;
    f.length = c.has(3) ? detail::constant_length(c, 3) : c.raw(2).dims.elements();
    f.samples = f.length;
    f.parts = x.dims.rank() == 3 ? x.dims[2] : 1;
    const bool half = c.whole("onesided", 1) != 0;
    c.expect(f.length > 0 && step > 0 && f.length <= x.dims[1], errc::bad_shape, "the frames do not fit");
    c.expect(!half || f.parts == 1, errc::unsupported,
             "one-sided transforms are only supported forward, of real samples");
    f.bins = half ? f.length / 2 + 1 : f.length;
    operand filters = detail::fourier_matrix(c, f);
    if (c.has(2)) {
        c.expect(c.raw(2).dims == shape{f.length}, errc::bad_shape,
                 "one factor per sample of a frame is needed");
        filters = combine(c, binary_op::mul, filters, reshape_to(c, c.in(2), {f.length, 1}));
    }
    conv2d layer;
    layer.strides = {1, c.small(step)};
    const value_id weights = c.make.reshaped(c.make.place(filters), {f.bins * 2, 1, f.length, f.parts});
    const value_id signal = c.make.reshaped(c.make.place(x), {x.dims[0], 1, x.dims[1], f.parts});
    const value_id y = c.make.emit(layer, {signal, weights});
    c.out(0, c.plain(c.make.reshaped(y, {x.dims[0], c.make.net[y].dims[2], f.bins, 2})));
}

/// a - b cos(2 pi n / N) + c cos(4 pi n / N), each a whole number of 460,000ths, as 25 / 46 needs them.
template <class G, int A, int B, int C>
void import_window(call<G>& c) {
    const std::int64_t size = detail::constant_length(c, 0);
    const std::int64_t period = c.whole("periodic", 1) != 0 ? size : size - 1;
    const format::dtype type = element_type(c.whole("output_datatype", 1), c.make.where());
    c.make.left().charge(static_cast<std::uint64_t>(size) * 8, c.make.where());
    tensor<scalar_of<G>> t(shape{size});
    for (std::size_t i = 0; i < t.size(); ++i) {
        const double angle = 2 * std::numbers::pi * static_cast<double>(i) /
                             static_cast<double>(std::max<std::int64_t>(period, 1));
        t[i] = static_cast<scalar_of<G>>((A - B * std::cos(angle) + C * std::cos(2 * angle)) / 46e4);
    }
    c.out(0, apply_cast(c, c.make.constant(std::move(t)), type));
}

namespace detail {

/// Bins at the corners of the triangles.
struct mel_bins {
    std::vector<std::int64_t> at;
};

[[nodiscard]] inline mel_bins mel_bins_of(std::int64_t filters, std::int64_t length, double rate, double low,
                                          double high) {
    const auto mel = [](double hertz) { return 2595 * std::log10(1 + hertz / 700); };
    const double step = (mel(high) - mel(low)) / static_cast<double>(filters + 2);
    mel_bins b;
    for (std::int64_t i = 0; i < filters + 2; ++i) {
        const double m = static_cast<double>(i) * step + mel(low);
        const double hertz = 700 * (std::pow(10.0, m / 2595) - 1);
        b.at.push_back(static_cast<std::int64_t>(std::floor(static_cast<double>(length + 1) * hertz / rate)));
    }
    return b;
}

} // namespace detail

/// Triangles whose corners lie evenly on the mel scale, one column each.
template <class G>
void import_mel_weights(call<G>& c) {
    const std::int64_t filters = detail::constant_length(c, 0);
    const std::int64_t length = detail::constant_length(c, 1);
    const double rate = detail::constant_number(c, 2);
    const double low = detail::constant_number(c, 3), high = detail::constant_number(c, 4);
    const std::int64_t rows = length / 2 + 1;
    c.expect(rate > 0 && rate < 1e9 && low >= 0 && high >= low && high <= rate && filters > 0 &&
                 filters <= max_elements / rows,
             errc::bad_option, "a frequency is out of range");
    c.make.left().charge(static_cast<std::uint64_t>(rows * filters) * 8, c.make.where());
    const auto bins = detail::mel_bins_of(filters, length, rate, low, high);
    tensor<scalar_of<G>> t(shape{rows, filters});
    const auto put = [&](std::int64_t row, std::int64_t filter, double v) {
        if (row < rows)
            t[static_cast<std::size_t>(row * filters + filter)] = static_cast<scalar_of<G>>(v);
    };
    for (std::int64_t i = 0; i < filters; ++i) {
        const auto* corner = bins.at.data() + i;
        const std::int64_t rise = corner[1] - corner[0], fall = corner[2] - corner[1];
        if (rise == 0)
            put(corner[1], i, 1);
        for (std::int64_t k = corner[0]; rise > 0 && k <= std::min(corner[1], rows); ++k)
            put(k, i, static_cast<double>(k - corner[0]) / static_cast<double>(rise));
        for (std::int64_t k = corner[1]; k < std::min(corner[2], rows); ++k)
            put(k, i, static_cast<double>(corner[2] - k) / static_cast<double>(fall));
    }
    const format::dtype type = element_type(c.whole("output_datatype", 1), c.make.where());
    c.out(0, apply_cast(c, c.make.constant(std::move(t)), type));
}

template <class G>
inline constexpr operator_entry<G> audio_operators[] = {
    {"DFT", &import_fourier<G>},
    {"STFT", &import_short_fourier<G>},
    {"HannWindow", &import_window<G, 230000, 230000, 0>},
    {"HammingWindow", &import_window<G, 250000, 210000, 0>},
    {"BlackmanWindow", &import_window<G, 193200, 230000, 36800>},
    {"MelWeightMatrix", &import_mel_weights<G>},
};

} // namespace pith::io::onnx

#endif
