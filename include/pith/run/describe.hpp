// SPDX-License-Identifier: MIT
#ifndef PITH_RUN_DESCRIBE_HPP
#define PITH_RUN_DESCRIBE_HPP
/// What the operations of a program are and cost: for reports, not for execution.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "../base/shape.hpp"
#include "../format/low_bit.hpp"
#include "../format/tile.hpp"
#include "kernel_set.hpp"
#include "layout.hpp"
#include "program.hpp"

namespace pith::run {

[[nodiscard]] constexpr std::string_view name_of(op_kind kind) noexcept {
    switch (kind) {
    case op_kind::convolution_u8:
    case op_kind::convolution_f32:
        return "convolution";
    case op_kind::depthwise_u8:
    case op_kind::depthwise_f32:
        return "depthwise";
    case op_kind::quantize:
        return "quantize";
    case op_kind::dequantize:
        return "dequantize";
    case op_kind::table_u8:
        return "table";
    case op_kind::unary_f32:
        return "unary";
    case op_kind::binary_u8:
    case op_kind::binary_f32:
        return "binary";
    case op_kind::pool:
        return "pool";
    case op_kind::softmax:
        return "softmax";
    case op_kind::copy:
        return "copy";
    case op_kind::pad:
        return "pad";
    case op_kind::resize:
        return "resize";
    case op_kind::reduce:
        return "reduce";
    case op_kind::gather:
        return "gather";
    case op_kind::matmul:
        return "matmul";
    case op_kind::convert:
        return "convert";
    }
    return "unknown";
}

/// Weights and work of one operation.
struct op_cost {
    std::uint64_t parameters = 0;   ///< weights and biases, without what a tile fills up
    std::uint64_t macs = 0;         ///< multiply-adds of convolutions, dense layers and matrix products
    std::uint64_t weight_bytes = 0; ///< packed weights, biases and factors as they lie in the file
};

namespace detail {

/// @param bits of a weight; the channel arrays (bias, and factor for codes) have four bytes each
[[nodiscard]] inline op_cost convolution_cost(const program_view& p, const op_record& op,
                                              const window_record& w, std::uint32_t groups,
                                              std::size_t bits) noexcept {
    const tensor_record in = p.tensor(op.input);
    const tensor_record out = p.tensor(op.output);
    const std::uint64_t per_output = std::uint64_t{w.kernel[0]} * w.kernel[1] * in.dims[3] / groups;
    const run_shape runs = runs_of(w, in.dims[3], groups);
    const format::tile tile{w.tile_outputs, w.tile_depth};
    const std::size_t group_outputs = out.dims[3] / groups;
    const std::size_t packed =
        groups * format::packed_elements(tile, group_outputs, std::size_t{runs.rows} * runs.columns,
                                         static_cast<std::size_t>(runs.length));
    const std::size_t arrays = bits <= 8 ? 2 : 1;
    const std::size_t bytes =
        bits < 8 ? format::low_bit_bytes(packed, static_cast<unsigned>(bits)) : packed * (bits / 8);
    return {per_output * out.dims[3] + out.dims[3], per_output * elements_of(out),
            bytes + groups * round_up(group_outputs, std::size_t{tile.outputs}) * 4 * arrays};
}

[[nodiscard]] inline op_cost depthwise_cost(const program_view& p, const op_record& op,
                                            const window_record& w, std::size_t element) noexcept {
    const tensor_record out = p.tensor(op.output);
    const std::uint64_t taps = std::uint64_t{w.kernel[0]} * w.kernel[1];
    const std::uint64_t lanes = round_up(out.dims[3], std::uint32_t{16});
    const std::size_t arrays = element == 1 ? 2 : 1;
    return {(taps + 1) * out.dims[3], taps * elements_of(out), lanes * (taps * element + 4 * arrays)};
}

[[nodiscard]] inline bool on_codes(const program_view& p, const op_record& op) noexcept {
    return type_of(p.tensor(op.input)) == format::dtype::u8;
}

} // namespace detail

/// How the weights of an operation are stored.
struct weight_coding {
    std::uint32_t bits = 0;   ///< of a weight; 0: the operation has none
    std::uint32_t levels = 0; ///< of a codebook; 0: every code may occur
};
[[nodiscard]] inline weight_coding coding_of(op_view op) noexcept {
    switch (op.kind()) {
    case op_kind::convolution_u8:
    case op_kind::depthwise_u8: {
        const auto r = op.as<codes_convolution_record>();
        return {r.weight_bits, r.level_count};
    }
    case op_kind::convolution_f32:
    case op_kind::depthwise_f32:
        return {32, 0};
    default:
        return {};
    }
}

[[nodiscard]] inline op_cost cost_of(const program_view& p, op_view op) noexcept {
    const op_record head = op.head();
    switch (op.kind()) {
    case op_kind::convolution_u8: {
        const auto r = op.as<codes_convolution_record>();
        return detail::convolution_cost(p, head, r.window, r.groups, r.weight_bits);
    }
    case op_kind::convolution_f32: {
        const auto r = op.as<real_convolution_record>();
        return detail::convolution_cost(p, head, r.window, r.groups, 32);
    }
    case op_kind::depthwise_u8:
        return detail::depthwise_cost(p, head, op.as<codes_convolution_record>().window, 1);
    case op_kind::depthwise_f32:
        return detail::depthwise_cost(p, head, op.as<real_convolution_record>().window, 4);
    case op_kind::matmul:
        return {0, elements_of(p.tensor(head.output)) * p.tensor(head.input).dims[3], 0};
    case op_kind::table_u8:
        return {0, 0, 256};
    default:
        return {};
    }
}

/// The kernel `set` runs an operation with; "portable" where there is only one.
[[nodiscard]] inline std::string_view kernel_name(const program_view& p, op_view op,
                                                  const kernel_set& set) noexcept {
    const auto tiled = [](const auto& k, const window_record& w) -> std::string_view {
        const bool fits =
            k.best->reads == format::any_tile || k.best->reads == format::tile{w.tile_outputs, w.tile_depth};
        return fits ? k.best->name : k.portable->name;
    };
    const auto plain = [](const auto* k) -> std::string_view { return k != nullptr ? k->name : "none"; };
    const bool codes = detail::on_codes(p, op.head());
    switch (op.kind()) {
    case op_kind::convolution_u8:
        return coding_of(op).bits < 8 ? plain(set.igemm_low)
                                      : tiled(set.igemm, op.as<codes_convolution_record>().window);
    case op_kind::convolution_f32:
        return tiled(set.sgemm, op.as<real_convolution_record>().window);
    case op_kind::depthwise_u8:
        return plain(set.depthwise_u8);
    case op_kind::depthwise_f32:
        return plain(set.depthwise_f32);
    case op_kind::quantize:
        return plain(set.quantize);
    case op_kind::dequantize:
        return plain(set.dequantize);
    case op_kind::table_u8:
        return plain(set.table_u8);
    case op_kind::unary_f32:
        return plain(set.unary_f32);
    case op_kind::binary_u8:
        return plain(set.add_u8);
    case op_kind::binary_f32:
        return plain(set.binary_f32);
    case op_kind::pool:
        return codes ? plain(set.max_pool_u8) : plain(set.max_pool_f32);
    default:
        return "portable";
    }
}

/// The shape [n, h, w, c] an operation gives.
[[nodiscard]] inline shape output_shape(const program_view& p, op_view op) noexcept {
    shape s;
    for (const auto d : p.tensor(op.head().output).dims)
        s.push_back(d);
    return s;
}

} // namespace pith::run

#endif
