// SPDX-License-Identifier: MIT
#ifndef PITH_RUN_OP_POOL_HPP
#define PITH_RUN_OP_POOL_HPP
/// What pools over windows share.

#include <cstddef>
#include <cstdint>

#include "../../kernel/entry.hpp"
#include "../../kernel/pool/args.hpp"
#include "../op.hpp"

namespace pith::run::op {

struct pool_record {
    op_record op;
    std::uint16_t kernel[2];
    std::uint16_t strides[2];
    std::uint16_t dilations[2];
    std::uint8_t pads[4];
    std::uint8_t count_padding; ///< averages
    std::uint8_t lowest;        ///< averages of codes
    std::uint8_t highest;
    std::uint8_t int8; ///< averages of codes: 1: they are int8 ones, held moved by 128
};

namespace detail {

/// Every window of a pool begins, and ends if it is the first, inside the image and its padding.
[[nodiscard]] inline bool pool_axis_fits(const pool_record& r, std::size_t axis, std::uint32_t in,
                                         std::uint32_t out) noexcept {
    if (r.kernel[axis] == 0 || r.strides[axis] == 0 || r.dilations[axis] == 0)
        return false;
    const std::uint64_t padded = std::uint64_t{in} + r.pads[axis] + r.pads[axis + 2];
    return std::uint64_t{out - 1} * r.strides[axis] < padded &&
           std::uint64_t{r.kernel[axis] - 1u} * r.dilations[axis] < padded;
}

/// Sums of the reals that codes stand for stay numbers.
[[nodiscard]] inline bool adds_up(const tensor_record& x) noexcept {
    return x.scale > 0.f && x.scale <= run::detail::most_summed_scale;
}

[[nodiscard]] inline bool check_pool(const pool_record& r, const tensor_record& in,
                                     const tensor_record& out) noexcept {
    if (in.type != out.type || in.dims[0] != out.dims[0] || in.dims[3] != out.dims[3])
        return false;
    std::uint64_t taps = 1;
    for (std::size_t i = 0; i < 2; ++i) {
        if (!pool_axis_fits(r, i, in.dims[i + 1], out.dims[i + 1]))
            return false;
        taps *= r.kernel[i] < in.dims[i + 1] ? r.kernel[i] : in.dims[i + 1];
    }
    return elements_of(out) * taps <= run::detail::most_op_steps;
}

[[nodiscard]] inline kernel::pool_geometry pool_geometry_of(const pool_record& r, const tensor_record& in,
                                                            const tensor_record& out) noexcept {
    kernel::pool_geometry g;
    g.input_rows = in.dims[1];
    g.input_columns = in.dims[2];
    g.output_rows = out.dims[1];
    g.output_columns = out.dims[2];
    g.channels = in.dims[3];
    for (std::size_t i = 0; i < 2; ++i) {
        g.kernel[i] = r.kernel[i];
        g.strides[i] = r.strides[i];
        g.dilations[i] = r.dilations[i];
    }
    for (std::size_t i = 0; i < 4; ++i)
        g.pads[i] = r.pads[i];
    g.input_strides = run::detail::strides_of(in);
    g.output_strides = run::detail::strides_of(out);
    return g;
}

/// @param set writes Args beyond input, output and geometry, from the records of both
template <class T, class Args, class Set>
void run_windows(const execution& x, const pool_record& r, const kernel::entry<Args>& k,
                 const Set& set) noexcept {
    const tensor_record in = x.program.tensor(r.op.input);
    const tensor_record out = x.program.tensor(r.op.output);
    Args a;
    a.over = pool_geometry_of(r, in, out);
    set(a, in, out);
    for (std::uint32_t image = 0; image < out.dims[0]; ++image) {
        a.input = x.read<T>(in) + run::detail::image_start(in, image);
        a.output = x.write<T>(out) + run::detail::image_start(out, image);
        k.run(a);
    }
}

} // namespace detail

} // namespace pith::run::op

#endif
