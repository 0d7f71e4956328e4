// SPDX-License-Identifier: MIT
#ifndef PITH_RUN_OP_QUANTIZED_CONVOLUTION_HPP
#define PITH_RUN_OP_QUANTIZED_CONVOLUTION_HPP
/// What convolutions of uint8 codes share: their record and their epilogue.

#include <cstddef>
#include <cstdint>

#include "../../kernel/epilogue.hpp"
#include "window.hpp"

namespace pith::run::op {

/// `second` is the residual.
struct quantized_convolution_record {
    op_record op;
    window_record window;
    std::uint32_t weights;
    std::uint32_t bias;
    std::uint32_t factor;
    std::uint16_t groups; ///< each with its own panels
    std::uint8_t lowest;
    std::uint8_t highest;
    std::uint8_t zero;       ///< of the codes before a residual is added
    std::uint8_t add_lowest; ///< bounds after the addition
    std::uint8_t add_highest;
    std::uint8_t residual_is_first;
    float add_ra;
    float add_rb;
    float add_offset;
    std::uint32_t levels;      ///< 2^weight_bits int8 codes, or 0: codes are weight_lowest + index
    std::uint8_t weight_bits;  ///< 8: int8 codes; 1..7: indices (format/low_bit.hpp)
    std::int8_t weight_lowest; ///< of indices without levels
    std::uint8_t level_count;  ///< in use; 0 without levels
    std::uint8_t sparsity;     ///< 0: every weight is stored; others are not known yet
};
static_assert(sizeof(quantized_convolution_record) == 64);

namespace detail {

/// Bytes of a bias and a factor.
inline constexpr std::size_t quantized_lane_bytes = 8;

[[nodiscard]] inline bool has_int8_weights(const quantized_convolution_record& r) noexcept {
    return r.weight_bits == 8 && r.levels == 0 && r.level_count == 0 && r.weight_lowest == 0 &&
           r.sparsity == 0;
}

/// Weights, biases and factors lie in the file.
[[nodiscard]] inline bool constants_lie(const op_checker& c, const quantized_convolution_record& r,
                                        packed_size packed) noexcept {
    const std::uint64_t bytes = packed.elements * r.weight_bits / 8;
    return c.constant(r.weights, bytes, 16) && c.constant(r.bias, packed.lanes * 4) &&
           c.constant(r.factor, packed.lanes * 4);
}
/// The same, of a layer that has weights.
[[nodiscard]] inline bool constants_fit(const op_checker& c, const quantized_convolution_record& r,
                                        packed_size packed) noexcept {
    return packed.elements != 0 && constants_lie(c, r, packed);
}

/// Codes with a residual, or real numbers without.
[[nodiscard]] inline bool output_fits(const op_checker& c, const quantized_convolution_record& r,
                                      const tensor_record& out) noexcept {
    if (is_real(out))
        return r.op.second == no_tensor;
    return is_codes(out) && residual_fits(c, r.op.second, out);
}

[[nodiscard]] inline kernel::codes_epilogue epilogue_of(const execution& x,
                                                        const quantized_convolution_record& r) noexcept {
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

/// Calls multiply(args, first weight) for each image and group. @param Args igemm_args or a kin of it
template <class Args, class Multiply>
void for_each_group(const execution& x, const quantized_convolution_record& r,
                    const Multiply& multiply) noexcept {
    const tensor_record in = x.program.tensor(r.op.input);
    const tensor_record out = x.program.tensor(r.op.output);
    const bool adds = r.op.second != no_tensor;
    const tensor_record residual = x.program.tensor(adds ? r.op.second : r.op.output);
    const convolution_geometry g = geometry_of(r.window, r.groups, in, out, adds ? &residual : nullptr);
    const group_share share = share_of(r.window, r.groups, g.over, in, out);
    const bool codes = type_of(out) == format::dtype::u8;

    Args a;
    a.over = g.over;
    a.packed = tile_of(r.window);
    a.channels = share.outputs;
    a.output_strides = g.output;
    a.epilogue = epilogue_of(x, r);
    a.epilogue.residual_strides = g.residual;
    for (std::uint32_t image = 0; image < g.images; ++image) {
        const std::uint8_t* input = x.read<std::uint8_t>(in) + run::detail::image_start(in, image) + g.first;
        const std::ptrdiff_t to = run::detail::image_start(out, image);
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
                    x.read<std::uint8_t>(residual) + run::detail::image_start(residual, image) + from_output;
            multiply(a, group * share.weights);
        }
    }
}

} // namespace detail

} // namespace pith::run::op

#endif
