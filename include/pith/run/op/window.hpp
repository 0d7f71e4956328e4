// SPDX-License-Identifier: MIT
#ifndef PITH_RUN_OP_WINDOW_HPP
#define PITH_RUN_OP_WINDOW_HPP
/// What convolutions of every element type share: the window, how weights are cut into runs and panels,
/// checks and costs.

#include <cstddef>
#include <cstdint>

#include "../../base/bits.hpp"
#include "../../format/tile.hpp"
#include "../../kernel/window.hpp"
#include "../execution.hpp"
#include "../layout.hpp"
#include "../op.hpp"
#include "../op_checker.hpp"
#include "../records.hpp"

namespace pith::run::op {

/// Where a convolution looks. A dense layer is a convolution by one pixel.
struct window_record {
    std::uint16_t kernel[2];
    std::uint16_t strides[2];
    std::uint16_t dilations[2];
    std::uint8_t pads[2]; ///< top, left
    std::uint8_t tile_outputs;
    std::uint8_t tile_depth;
};
static_assert(sizeof(window_record) == 16);

[[nodiscard]] constexpr format::tile tile_of(const window_record& w) noexcept {
    return {w.tile_outputs, w.tile_depth};
}

/// How a convolution's weights are cut into runs: a kernel row that lies in one piece is one run.
struct run_shape {
    std::uint32_t rows = 1;
    std::uint32_t columns = 1;
    std::uint64_t length = 0;
};
[[nodiscard]] constexpr run_shape runs_of(const window_record& w, std::uint32_t channels,
                                          std::uint32_t groups) noexcept {
    if (w.dilations[1] == 1 && groups == 1)
        return {w.kernel[0], 1, std::uint64_t{channels} * w.kernel[1]};
    return {w.kernel[0], w.kernel[1], channels / groups};
}

/// Channels of a depthwise convolution are filled up to a multiple of this.
inline constexpr std::uint32_t depthwise_lanes = 16;

namespace detail {

/// One axis of a window stays inside the image and its border.
[[nodiscard]] inline bool axis_fits(std::uint32_t in, std::uint32_t out, std::uint32_t kernel,
                                    std::uint32_t stride, std::uint32_t dilation, std::uint32_t pad,
                                    std::uint32_t before, std::uint32_t behind) noexcept {
    if (kernel == 0 || stride == 0 || dilation == 0 || pad > before)
        return false;
    const std::uint64_t last = std::uint64_t{out - 1} * stride + std::uint64_t{kernel - 1} * dilation;
    return last < std::uint64_t{in} + pad + behind;
}
[[nodiscard]] inline bool window_fits(const window_record& w, const tensor_record& in,
                                      const tensor_record& out) noexcept {
    return in.dims[0] == out.dims[0] &&
           axis_fits(in.dims[1], out.dims[1], w.kernel[0], w.strides[0], w.dilations[0], w.pads[0],
                     in.border[0], in.border[2]) &&
           axis_fits(in.dims[2], out.dims[2], w.kernel[1], w.strides[1], w.dilations[1], w.pads[1],
                     in.border[1], in.border[3]);
}

/// Elements of packed weights, and lanes of biases and factors; `elements` is 0 where they contradict the
/// tensors.
struct packed_size {
    std::uint64_t elements = 0;
    std::uint64_t lanes = 0;
};
[[nodiscard]] inline packed_size panel_size(const window_record& w, std::uint32_t groups,
                                            const tensor_record& in, const tensor_record& out) noexcept {
    if (groups == 0 || in.dims[3] % groups != 0 || out.dims[3] % groups != 0 || w.tile_outputs == 0 ||
        w.tile_depth == 0)
        return {};
    const run_shape runs = runs_of(w, in.dims[3], groups);
    if (runs.length > (1u << 28))
        return {};
    const std::uint64_t elements =
        std::uint64_t{runs.rows} * runs.columns * round_up<std::uint64_t>(runs.length, w.tile_depth);
    if (elements > (std::uint64_t{1} << 31))
        return {};
    const std::uint64_t lanes = groups * round_up<std::uint64_t>(out.dims[3] / groups, w.tile_outputs);
    return {elements * lanes, lanes};
}
[[nodiscard]] inline packed_size depthwise_size(const window_record& w, std::uint32_t groups,
                                                const tensor_record& in, const tensor_record& out) noexcept {
    if (groups != 1 || in.dims[3] != out.dims[3])
        return {};
    const std::uint64_t lanes = round_up(std::uint64_t{out.dims[3]}, std::uint64_t{depthwise_lanes});
    return {std::uint64_t{w.kernel[0]} * w.kernel[1] * lanes, lanes};
}
[[nodiscard]] inline bool residual_fits(const op_checker& c, std::uint16_t id,
                                        const tensor_record& out) noexcept {
    if (id == no_tensor)
        return true;
    const tensor_record r = c.tensor(id);
    return r.type == out.type && same_dims(r, out);
}

/// Multiplications are few enough to be run. @param inputs of one output, per tap @pre the weights fit
[[nodiscard]] inline bool ends(const window_record& w, std::uint64_t inputs,
                               const tensor_record& out) noexcept {
    return elements_of(out) * (std::uint64_t{w.kernel[0]} * w.kernel[1] * inputs) <=
           run::detail::most_op_steps;
}
/// Weights that fill up the depth of a tile are zero: vector kernels multiply what lies behind a run by them.
/// @pre the weights fit
[[nodiscard]] inline bool filled_with_zeros(const op_checker& c, const window_record& w, std::uint32_t groups,
                                            const tensor_record& in, const tensor_record& out,
                                            std::uint32_t weights) noexcept {
    const run_shape runs = runs_of(w, in.dims[3], groups);
    const auto used = static_cast<std::uint32_t>(runs.length % w.tile_depth);
    if (used == 0)
        return true;
    const std::uint64_t depth = round_up<std::uint64_t>(runs.length, w.tile_depth);
    const std::uint64_t panels = round_up<std::uint64_t>(out.dims[3] / groups, w.tile_outputs) /
                                 w.tile_outputs * groups * runs.rows * runs.columns;
    const std::uint64_t tile = std::uint64_t{w.tile_outputs} * w.tile_depth;
    const std::byte* last = c.file().data() + weights + (depth / w.tile_depth - 1) * tile;
    for (std::uint64_t i = 0; i < panels; ++i, last += depth * w.tile_outputs)
        for (std::uint64_t k = 0; k < tile; ++k)
            if (k % w.tile_depth >= used && last[k] != std::byte{0})
                return false;
    return true;
}

/// A step over so many rows or pixels. Where only one is visited it may lie beyond all memory, and is not
/// taken.
[[nodiscard]] constexpr std::ptrdiff_t times(std::uint16_t count, std::ptrdiff_t elements) noexcept {
    return static_cast<std::ptrdiff_t>(count * std::int64_t{elements});
}

/// Input window, output and residual of one image.
struct convolution_geometry {
    kernel::window over;
    kernel::pixel_strides output;
    kernel::pixel_strides residual;
    std::uint32_t images = 1;
    std::ptrdiff_t first = 0; ///< first input of the window, from element (0, 0, 0, 0)
};

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
    g.output = run::detail::strides_of(out);
    if (residual != nullptr)
        g.residual = run::detail::strides_of(*residual);
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
    const format::tile tile = tile_of(w);
    s.inputs = in.dims[3] / groups;
    s.outputs = out.dims[3] / groups;
    s.lanes = round_up(std::size_t{s.outputs}, std::size_t{w.tile_outputs});
    s.weights = format::packed_elements(tile, s.outputs, over.runs(), over.run_length);
    return s;
}

/// @param lane_bytes of the arrays with one number per output: bias, and factor for codes
[[nodiscard]] inline op_cost cost_of(const op_record& head, const window_record& w, const program_data& p,
                                     std::uint32_t groups, packed_size packed, std::size_t bits,
                                     std::size_t lane_bytes) noexcept {
    const tensor_record in = p.tensor(head.input);
    const tensor_record out = p.tensor(head.output);
    const std::uint64_t per_output = std::uint64_t{w.kernel[0]} * w.kernel[1] * in.dims[3] / groups;
    op_cost c;
    c.parameters = (per_output + 1) * out.dims[3];
    c.macs = per_output * elements_of(out);
    c.weight_bits = static_cast<std::uint32_t>(bits);
    c.weight_bytes = packed.elements * bits / 8 + packed.lanes * lane_bytes;
    return c;
}
/// As cost_of, for depthwise convolutions.
[[nodiscard]] inline op_cost depthwise_cost(const op_record& head, const window_record& w,
                                            const program_data& p, std::size_t bits,
                                            std::size_t lane_bytes) noexcept {
    const tensor_record in = p.tensor(head.input);
    const auto packed = depthwise_size(w, 1, in, p.tensor(head.output));
    return cost_of(head, w, p, in.dims[3], packed, bits, lane_bytes);
}

} // namespace detail

} // namespace pith::run::op

#endif
