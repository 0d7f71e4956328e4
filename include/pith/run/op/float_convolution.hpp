// SPDX-License-Identifier: MIT
#ifndef PITH_RUN_OP_FLOAT_CONVOLUTION_HPP
#define PITH_RUN_OP_FLOAT_CONVOLUTION_HPP
/// What convolutions in floating point share: their record and their epilogue.

#include <cstddef>
#include <cstdint>

#include "../../kernel/epilogue.hpp"
#include "window.hpp"

namespace pith::run::op {

/// `second` is the residual.
struct float_convolution_record {
    op_record op;
    window_record window;
    std::uint32_t weights;
    std::uint32_t bias;
    std::uint16_t groups;
    std::uint16_t sparsity; ///< 0: every weight is stored; others are not known yet
    float low;
    float high;
    float add_low;
    float add_high;
};
static_assert(sizeof(float_convolution_record) == 52);

namespace detail {

/// @param inputs of one output, per tap
[[nodiscard]] inline bool check_float(const op_checker& c, const float_convolution_record& r,
                                      packed_size packed, std::uint64_t inputs, const tensor_record& in,
                                      const tensor_record& out) noexcept {
    return is_real(in) && is_real(out) && r.sparsity == 0 && window_fits(r.window, in, out) &&
           packed.elements != 0 && c.constant(r.weights, packed.elements * 4, 16) &&
           c.constant(r.bias, packed.lanes * 4) && ends(r.window, inputs, out) &&
           residual_fits(c, r.op.second, out);
}

[[nodiscard]] inline kernel::float_epilogue epilogue_of(const execution& x,
                                                        const float_convolution_record& r) noexcept {
    kernel::float_epilogue e;
    e.bias = x.constant<float>(r.bias);
    e.low = r.low;
    e.high = r.high;
    e.add_low = r.add_low;
    e.add_high = r.add_high;
    return e;
}

/// Calls multiply(args, first weight) for each image and group. @param Args sgemm_args or a kin of it
template <class Args, class Multiply>
void for_each_group(const execution& x, const float_convolution_record& r,
                    const Multiply& multiply) noexcept {
    const tensor_record in = x.program.tensor(r.op.input);
    const tensor_record out = x.program.tensor(r.op.output);
    const bool adds = r.op.second != no_tensor;
    const tensor_record residual = x.program.tensor(adds ? r.op.second : r.op.output);
    const convolution_geometry g = geometry_of(r.window, r.groups, in, out, adds ? &residual : nullptr);
    const group_share share = share_of(r.window, r.groups, g.over, in, out);

    Args a;
    a.over = g.over;
    a.packed = tile_of(r.window);
    a.channels = share.outputs;
    a.output_strides = g.output;
    a.epilogue = epilogue_of(x, r);
    a.epilogue.residual_strides = g.residual;
    for (std::uint32_t image = 0; image < g.images; ++image) {
        const float* input = x.read<float>(in) + run::detail::image_start(in, image) + g.first;
        const std::ptrdiff_t to = run::detail::image_start(out, image);
        for (std::uint32_t group = 0; group < r.groups; ++group) {
            const std::size_t from_output = std::size_t{group} * share.outputs;
            a.input = input + std::size_t{group} * share.inputs;
            a.epilogue.bias = x.constant<float>(r.bias) + group * share.lanes;
            a.output = x.write<float>(out) + to + from_output;
            if (adds)
                a.epilogue.residual =
                    x.read<float>(residual) + run::detail::image_start(residual, image) + from_output;
            multiply(a, group * share.weights);
        }
    }
}

} // namespace detail

} // namespace pith::run::op

#endif
