// SPDX-License-Identifier: MIT
#ifndef PITH_IO_ONNX_OPS_POOL_HPP
#define PITH_IO_ONNX_OPS_POOL_HPP
/// Pooling over one, two or three spatial axes.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "windows.hpp"

namespace pith::io::onnx {

namespace detail {

/// The windows of a pool on image x.
template <class G>
[[nodiscard]] window_axes read_pool(const call<G>& c, const operand& x) {
    c.expect(c.has_attribute("kernel_shape"), errc::bad_file, "the attribute kernel_shape is missing");
    auto windows = read_windows(c, x.dims);
    apply_auto_pad(c, windows);
    return windows;
}

template <class G>
[[nodiscard]] value_id pool_plane(call<G>& c, value_id x, pool2d layer, const window_axis& high,
                                  const window_axis& wide) {
    layer.kernel = {c.small(high.kernel), c.small(wide.kernel)};
    set_windows(c, layer, high, wide);
    return c.make.emit(layer, {x});
}

/// x [n, h, w, c], or [n, d, h, w, c]: then height and width are pooled first, the depth after. Maxima of
/// maxima are maxima, and the elements that an average is of are counted along each axis alone.
template <class G>
[[nodiscard]] operand pooled(call<G>& c, const operand& x, const pool2d& layer, const window_axes& windows) {
    const shape s = c.make.net[x.id].dims;
    if (s.rank() == 4)
        return c.stored(pool_plane(c, x.id, layer, windows[1], windows[2]), x.order);
    const value_id planes = c.make.reshaped(x.id, {s[0] * s[1], s[2], s[3], s[4]});
    const value_id small = pool_plane(c, planes, layer, windows[1], windows[2]);
    const shape p = c.make.net[small].dims;
    const value_id columns = c.make.reshaped(small, {s[0], s[1], p[1] * p[2], p[3]});
    const value_id y = pool_plane(c, columns, layer, windows[0], window_axis{p[1] * p[2]});
    return c.stored(c.make.reshaped(y, {s[0], c.make.net[y].dims[1], p[1], p[2], p[3]}), x.order);
}

/// Where the maxima of a pool lie: the number of the element in the input, counted in the model's order, the
/// last two axes exchanged if `columns_first`. The first of equal ones.
template <class G>
[[nodiscard]] operand maxima_places(call<G>& c, const operand& x, const pool2d& layer, const window_axes& w,
                                    bool columns_first) {
    std::int64_t outputs[3];
    std::int64_t count = 1;
    std::int64_t taps = 1;
    for (std::size_t i = 0; i < 3; ++i) {
        outputs[i] = outputs_of(c, w[i], layer.ceil_mode);
        c.expect(outputs[i] > 0 && count <= max_elements / outputs[i] && taps <= max_elements / w[i].kernel,
                 errc::bad_shape, "a value has more than 2^31 elements");
        count *= outputs[i];
        taps *= w[i].kernel;
    }
    const std::int64_t pixels = w[0].input * w[1].input * w[2].input;
    c.expect(pixels > 0, errc::bad_shape, "an image is empty");
    // The pixel under a tap, or one of its window instead where that lies in the padding.
    const auto pixel = [&](std::int64_t o, std::int64_t tap, bool exchanged) {
        const std::int64_t at[3] = {o / (outputs[1] * outputs[2]), o / outputs[2] % outputs[1],
                                    o % outputs[2]};
        const std::int64_t step[3] = {tap / (w[1].kernel * w[2].kernel), tap / w[2].kernel % w[1].kernel,
                                      tap % w[2].kernel};
        std::int64_t in[3];
        for (std::size_t i = 0; i < 3; ++i) {
            const std::int64_t start = at[i] * w[i].stride - w[i].before;
            const std::int64_t first =
                start >= 0 ? start : start + (w[i].dilation - 1 - start) / w[i].dilation * w[i].dilation;
            const std::int64_t there = start + step[i] * w[i].dilation;
            in[i] = std::min(there >= 0 && there < w[i].input ? there : first, w[i].input - 1);
        }
        return exchanged ? (in[0] * w[2].input + in[2]) * w[1].input + in[1]
                         : (in[0] * w[1].input + in[1]) * w[2].input + in[2];
    };
    const auto table = [&](bool exchanged) {
        return index_table(c, count, taps,
                           [&](std::int64_t o, std::int64_t k) { return pixel(o, k, exchanged); });
    };
    const shape s = c.make.net[x.id].dims;
    const std::int64_t n = s[0];
    const std::int64_t channels = s.back();
    const value_id flat = c.make.reshaped(x.id, {n, pixels, channels});
    const value_id windows = c.make.emit(gather{1}, {flat, table(false)}); // [n, count, taps, channels]
    const operand which = c.plain(c.make.emit(reduce{reduce_op::arg_max, {2}, false}, {windows}));
    const value_id starts = index_table(c, count, 1, [&](std::int64_t o, std::int64_t) { return o * taps; });
    const operand entry = combine(c, binary_op::add, which, c.plain(starts));
    const value_id places = c.make.reshaped(table(columns_first), {count * taps});
    const operand within = c.plain(c.make.emit(gather{0}, {places, entry.id}));
    const value_id image = c.make.reshaped(
        index_table(c, n, channels,
                    [&](std::int64_t i, std::int64_t k) { return (i * channels + k) * pixels; }),
        {n, 1, channels});
    const operand y = combine(c, binary_op::add, within, c.plain(image));
    shape lies{n};
    for (std::size_t i = s.rank() == 5 ? 0 : 1; i < 3; ++i)
        lies.push_back(outputs[i]);
    lies.push_back(channels);
    return c.stored(c.make.reshaped(y.id, lies), x.order);
}

} // namespace detail

template <class G, pool_op Op>
void import_pool(call<G>& c) {
    const operand x = detail::image_input(c);
    const auto windows = detail::read_pool(c, x);
    pool2d layer;
    layer.op = Op;
    layer.ceil_mode = c.whole("ceil_mode", 0) != 0;
    layer.count_include_pad = c.whole("count_include_pad", 0) != 0;
    c.out(0, detail::pooled(c, x, layer, windows));
    if (Op == pool_op::max && c.wants(1))
        c.out(1, detail::maxima_places(c, x, layer, windows, c.whole("storage_order", 0) != 0));
}

namespace detail {

/// x^p of absolute values, for the means that a power norm is made of; back(c, mean, count) undoes it.
template <class G>
struct power_norm {
    double p = 2;

    [[nodiscard]] operand forth(call<G>& c, const operand& x) const {
        return combine(c, binary_op::pow, apply(c, {unary_op::abs}, x), p);
    }
    /// @param count of the elements in each mean
    [[nodiscard]] operand back(call<G>& c, const operand& mean, std::int64_t count) const {
        return combine(c, binary_op::pow, combine(c, binary_op::mul, mean, static_cast<double>(count)),
                       1 / p);
    }
};

template <class G>
[[nodiscard]] power_norm<G> read_power(const call<G>& c) {
    const double p =
        c.opset < 2 ? static_cast<double>(c.real("p", 2.F)) : static_cast<double>(c.whole("p", 2));
    c.expect(p > 0, errc::bad_option, "the exponent must be positive");
    return {p};
}

/// Images of any rank as [n, pixels, 1, c], pooled to [n, 1, ..., 1, c] in the model's order of axes.
template <class G>
[[nodiscard]] operand pooled_whole(call<G>& c, const operand& source, pool_op op) {
    const std::size_t rank = source.dims.rank();
    c.expect(rank >= 3, errc::bad_shape, "an image with a spatial axis is needed");
    const operand x = c.make.arranged(source, channels_last(rank));
    const shape s = c.make.net[x.id].dims;
    pool2d layer;
    layer.op = op;
    layer.global = true;
    if (s.rank() == 4)
        return c.stored(c.make.emit(layer, {x.id}), x.order);
    const std::size_t last = s.rank() - 1;
    const value_id flat = c.make.reshaped(x.id, {s[0], s.product(1, last), 1, s[last]});
    shape lies{s[0]};
    for (std::size_t i = 1; i < last; ++i)
        lies.push_back(1);
    lies.push_back(s[last]);
    return c.stored(c.make.reshaped(c.make.emit(layer, {flat}), lies), x.order);
}

} // namespace detail

/// (sum of |x|^p)^(1/p): the sum is the average, padding counted, times the size of the window.
template <class G>
void import_power_pool(call<G>& c) {
    const operand x = detail::image_input(c);
    const auto norm = detail::read_power(c);
    const auto windows = detail::read_pool(c, x);
    c.expect(c.whole("ceil_mode", 0) == 0, errc::unsupported, "ceil_mode is not supported for this operator");
    pool2d layer;
    layer.op = pool_op::average;
    layer.count_include_pad = true;
    const operand mean = detail::pooled(c, norm.forth(c, x), layer, windows);
    c.out(0, norm.back(c, mean, windows[0].kernel * windows[1].kernel * windows[2].kernel));
}

template <class G, pool_op Op>
void import_global_pool(call<G>& c) {
    c.out(0, detail::pooled_whole(c, c.in(0), Op));
}

template <class G>
void import_global_power_pool(call<G>& c) {
    const operand x = c.in(0);
    const auto norm = detail::read_power(c);
    const operand mean = detail::pooled_whole(c, norm.forth(c, x), pool_op::average);
    c.out(0, norm.back(c, mean, x.dims.product(2, x.dims.rank())));
}

template <class G>
inline constexpr operator_entry<G> pool_operators[] = {
    {"MaxPool", &import_pool<G, pool_op::max>},
    {"AveragePool", &import_pool<G, pool_op::average>},
    {"LpPool", &import_power_pool<G>},
    {"GlobalMaxPool", &import_global_pool<G, pool_op::max>},
    {"GlobalAveragePool", &import_global_pool<G, pool_op::average>},
    {"GlobalLpPool", &import_global_power_pool<G>},
};

} // namespace pith::io::onnx

#endif
