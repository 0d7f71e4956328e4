// SPDX-License-Identifier: MIT
#ifndef PITH_RUN_EXECUTE_CONVOLUTION_HPP
#define PITH_RUN_EXECUTE_CONVOLUTION_HPP
/// Runs convolutions and dense layers: kernel arguments from records.

#include <cstddef>
#include <cstdint>

#include "../base/bits.hpp"
#include "../format/tile.hpp"
#include "../kernel/depthwise_f32/args.hpp"
#include "../kernel/depthwise_u8/args.hpp"
#include "../kernel/igemm/args.hpp"
#include "../kernel/igemm_low/args.hpp"
#include "../kernel/sgemm/args.hpp"
#include "execution.hpp"

namespace pith::run::detail {

/// Input window, output and residual of one image.
struct convolution_geometry {
    kernel::window over;
    kernel::pixel_strides output;
    kernel::pixel_strides residual;
    std::uint32_t images = 1;
    std::ptrdiff_t first = 0; ///< first input of the window, from element (0, 0, 0, 0)
};

/// A step over so many rows or pixels. Where only one is visited it may lie beyond all memory, and is not
/// taken.
[[nodiscard]] constexpr std::ptrdiff_t times(std::uint16_t count, std::ptrdiff_t elements) noexcept {
    return static_cast<std::ptrdiff_t>(count * std::int64_t{elements});
}

[[nodiscard]] inline convolution_geometry geometry_of(const window_record& w, std::uint32_t groups,
                                                      const tensor_record& in, const tensor_record& out,
                                                      const tensor_record* residual) noexcept {
    convolution_geometry g;
    const auto channels = static_cast<std::ptrdiff_t>(in.dims[3]);
    const auto row = static_cast<std::ptrdiff_t>(row_stride(in));
    const run_shape runs = runs_of(w, in.dims[3], groups);
    g.over.run_rows = runs.rows;
    g.over.run_columns = runs.columns;
    g.over.run_row_stride = times(w.dilations[0], row);
    g.over.run_column_stride = times(w.dilations[1], channels);
    g.over.run_length = static_cast<std::uint32_t>(runs.length);
    g.over.column_stride = times(w.strides[1], channels);
    g.output = strides_of(out);
    if (residual != nullptr)
        g.residual = strides_of(*residual);
    const bool dense = !has_border(in) && !has_border(out) && (residual == nullptr || !has_border(*residual));
    if (dense && w.kernel[0] == 1 && w.kernel[1] == 1 && w.strides[0] == 1 && w.strides[1] == 1) {
        g.over.columns = out.dims[0] * out.dims[1] * out.dims[2]; // each pixel by itself: one long row
        return g;
    }
    g.over.rows = out.dims[1];
    g.over.columns = out.dims[2];
    g.over.row_stride = times(w.strides[0], row);
    g.images = out.dims[0];
    g.first = -(w.pads[0] * row + w.pads[1] * channels);
    return g;
}

/// As geometry_of, for kernels that take a run per tap.
[[nodiscard]] inline convolution_geometry depthwise_geometry(const window_record& w, const tensor_record& in,
                                                             const tensor_record& out,
                                                             const tensor_record* residual) noexcept {
    convolution_geometry g = geometry_of(w, 1, in, out, residual);
    g.over.run_columns = w.kernel[1];
    g.over.run_length = in.dims[3];
    return g;
}

/// One group's share of everything that is cut by groups.
struct group_share {
    std::uint32_t inputs = 0;
    std::uint32_t outputs = 0;
    std::size_t lanes = 0;   ///< biases and factors
    std::size_t weights = 0; ///< elements
};

[[nodiscard]] inline group_share share_of(const window_record& w, std::uint32_t groups,
                                          const kernel::window& over, const tensor_record& in,
                                          const tensor_record& out) noexcept {
    group_share s;
    const format::tile tile{w.tile_outputs, w.tile_depth};
    s.inputs = in.dims[3] / groups;
    s.outputs = out.dims[3] / groups;
    s.lanes = round_up(std::size_t{s.outputs}, std::size_t{w.tile_outputs});
    s.weights = format::packed_elements(tile, s.outputs, over.runs(), over.run_length);
    return s;
}

/// The kernel that was chosen if it reads the packed weights, else the portable one.
template <class Args>
void run_tiled(const tiled_kernel<Args>& k, const Args& a) noexcept {
    const auto* e = k.best->reads == a.packed || k.best->reads == format::any_tile ? k.best : k.portable;
    e->run(a);
}

[[nodiscard]] inline kernel::codes_epilogue epilogue_of(const execution& x,
                                                        const codes_convolution_record& r) noexcept {
    kernel::codes_epilogue e;
    e.bias = x.constant<std::int32_t>(r.bias);
    e.factor = x.constant<float>(r.factor);
    e.zero = r.zero;
    e.lowest = r.lowest;
    e.highest = r.highest;
    e.residual_is_first = r.residual_is_first != 0;
    e.add = {r.add_ra, r.add_rb, r.add_offset};
    e.add_lowest = r.add_lowest;
    e.add_highest = r.add_highest;
    return e;
}

[[nodiscard]] inline kernel::float_epilogue epilogue_of(const execution& x,
                                                        const real_convolution_record& r) noexcept {
    kernel::float_epilogue e;
    e.bias = x.constant<float>(r.bias);
    e.low = r.low;
    e.high = r.high;
    e.add_low = r.add_low;
    e.add_high = r.add_high;
    return e;
}

[[nodiscard]] inline format::low_bit_codes coding_of(const execution& x,
                                                     const codes_convolution_record& r) noexcept {
    return {r.weight_bits, r.weight_lowest, r.levels != 0 ? x.constant<std::int8_t>(r.levels) : nullptr};
}

/// Runs `a` with the weights that lie `elements` behind the first.
inline void run_weights(const execution& x, const codes_convolution_record& r, std::size_t elements,
                        kernel::igemm_args& a) noexcept {
    if (r.weight_bits < 8) {
        const std::size_t bytes = format::low_bit_bytes(elements, r.weight_bits);
        x.kernels.igemm_low->run({a, x.constant<std::uint8_t>(r.weights) + bytes, coding_of(x, r)});
        return;
    }
    a.weights = x.constant<std::int8_t>(r.weights) + elements;
    run_tiled(x.kernels.igemm, a);
}

inline void run_convolution_u8(const execution& x, op_view op) noexcept {
    const auto r = op.as<codes_convolution_record>();
    const tensor_record in = x.program.tensor(r.op.input);
    const tensor_record out = x.program.tensor(r.op.output);
    const bool adds = r.op.second != no_tensor;
    const tensor_record residual = x.program.tensor(adds ? r.op.second : r.op.output);
    const convolution_geometry g = geometry_of(r.window, r.groups, in, out, adds ? &residual : nullptr);
    const group_share share = share_of(r.window, r.groups, g.over, in, out);
    const bool codes = type_of(out) == format::dtype::u8;

    kernel::igemm_args a;
    a.over = g.over;
    a.packed = {r.window.tile_outputs, r.window.tile_depth};
    a.channels = share.outputs;
    a.output_strides = g.output;
    a.epilogue = epilogue_of(x, r);
    a.epilogue.residual_strides = g.residual;
    for (std::uint32_t image = 0; image < g.images; ++image) {
        const std::uint8_t* input = x.read<std::uint8_t>(in) + image_start(in, image) + g.first;
        const std::ptrdiff_t to = image_start(out, image);
        for (std::uint32_t group = 0; group < r.groups; ++group) {
            const std::size_t from_output = std::size_t{group} * share.outputs;
            a.input = input + std::size_t{group} * share.inputs;
            a.epilogue.bias = x.constant<std::int32_t>(r.bias) + group * share.lanes;
            a.epilogue.factor = x.constant<float>(r.factor) + group * share.lanes;
            if (codes)
                a.output = x.write<std::uint8_t>(out) + to + from_output;
            else
                a.real_output = x.write<float>(out) + to + from_output;
            if (adds)
                a.epilogue.residual =
                    x.read<std::uint8_t>(residual) + image_start(residual, image) + from_output;
            run_weights(x, r, group * share.weights, a);
        }
    }
}

inline void run_convolution_f32(const execution& x, op_view op) noexcept {
    const auto r = op.as<real_convolution_record>();
    const tensor_record in = x.program.tensor(r.op.input);
    const tensor_record out = x.program.tensor(r.op.output);
    const bool adds = r.op.second != no_tensor;
    const tensor_record residual = x.program.tensor(adds ? r.op.second : r.op.output);
    const convolution_geometry g = geometry_of(r.window, r.groups, in, out, adds ? &residual : nullptr);
    const group_share share = share_of(r.window, r.groups, g.over, in, out);

    kernel::sgemm_args a;
    a.over = g.over;
    a.packed = {r.window.tile_outputs, r.window.tile_depth};
    a.channels = share.outputs;
    a.output_strides = g.output;
    a.epilogue = epilogue_of(x, r);
    a.epilogue.residual_strides = g.residual;
    for (std::uint32_t image = 0; image < g.images; ++image) {
        const float* input = x.read<float>(in) + image_start(in, image) + g.first;
        const std::ptrdiff_t to = image_start(out, image);
        for (std::uint32_t group = 0; group < r.groups; ++group) {
            const std::size_t from_output = std::size_t{group} * share.outputs;
            a.input = input + std::size_t{group} * share.inputs;
            a.weights = x.constant<float>(r.weights) + group * share.weights;
            a.epilogue.bias = x.constant<float>(r.bias) + group * share.lanes;
            a.output = x.write<float>(out) + to + from_output;
            if (adds)
                a.epilogue.residual = x.read<float>(residual) + image_start(residual, image) + from_output;
            run_tiled(x.kernels.sgemm, a);
        }
    }
}

inline void run_depthwise_u8(const execution& x, op_view op) noexcept {
    const auto r = op.as<codes_convolution_record>();
    const tensor_record in = x.program.tensor(r.op.input);
    const tensor_record out = x.program.tensor(r.op.output);
    const convolution_geometry g = depthwise_geometry(r.window, in, out, nullptr);
    kernel::depthwise_u8_args a;
    a.over = g.over;
    a.weights = x.constant<std::int8_t>(r.weights);
    a.output_strides = g.output;
    a.epilogue = epilogue_of(x, r);
    for (std::uint32_t image = 0; image < g.images; ++image) {
        a.input = x.read<std::uint8_t>(in) + image_start(in, image) + g.first;
        a.output = x.write<std::uint8_t>(out) + image_start(out, image);
        x.kernels.depthwise_u8->run(a);
    }
}

inline void run_depthwise_f32(const execution& x, op_view op) noexcept {
    const auto r = op.as<real_convolution_record>();
    const tensor_record in = x.program.tensor(r.op.input);
    const tensor_record out = x.program.tensor(r.op.output);
    const bool adds = r.op.second != no_tensor;
    const tensor_record residual = x.program.tensor(adds ? r.op.second : r.op.output);
    const convolution_geometry g = depthwise_geometry(r.window, in, out, adds ? &residual : nullptr);
    kernel::depthwise_f32_args a;
    a.over = g.over;
    a.weights = x.constant<float>(r.weights);
    a.output_strides = g.output;
    a.epilogue = epilogue_of(x, r);
    a.epilogue.residual_strides = g.residual;
    for (std::uint32_t image = 0; image < g.images; ++image) {
        a.input = x.read<float>(in) + image_start(in, image) + g.first;
        a.output = x.write<float>(out) + image_start(out, image);
        if (adds)
            a.epilogue.residual = x.read<float>(residual) + image_start(residual, image);
        x.kernels.depthwise_f32->run(a);
    }
}

} // namespace pith::run::detail

#endif
