// SPDX-License-Identifier: MIT
#ifndef PITH_RUN_OP_CONVOLUTION_B1_HPP
#define PITH_RUN_OP_CONVOLUTION_B1_HPP
/// Convolutions and dense layers of bits with bits: inputs and weights are -1 and +1.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "../../base/bits.hpp"
#include "../../kernel/bgemm/portable.hpp"
#include "quantized_convolution.hpp"

namespace pith::run::op {

/// The input is what pack_bits makes. Padding adds nothing to sums; the tile is {16, 64}.
struct convolution_b1 : with_kernel<kernel::bgemm_args> {
    static constexpr std::uint8_t kind = 29;
    static constexpr std::string_view name = "convolution_b1";
    struct record {
        quantized_convolution_record like; ///< one group, 1 bit
        std::uint32_t inputs;              ///< channels that the bits of a pixel stand for
    };
    static constexpr std::size_t axis_words = 0;
    static constexpr second_operand second = second_operand::optional;
    static constexpr in_place replaces = in_place::second;
    static constexpr format::tile tile{kernel::bgemm_outputs, kernel::bits_in_word};

    [[nodiscard]] static bool check(const op_checker& c, op_view op, const tensor_record& in,
                                    const tensor_record& out) noexcept {
        const auto r = op.as<record>();
        const auto& l = r.like;
        if (!is_codes(in) || in.dims[0] != out.dims[0] || r.inputs == 0 ||
            in.dims[3] != std::uint64_t{kernel::words_of(r.inputs)} * 8)
            return false;
        if (l.groups != 1 || l.weight_bits != 1 || l.levels != 0 || l.level_count != 0 ||
            l.weight_lowest != 0 || l.sparsity != 0 || !(tile_of(l.window) == tile))
            return false;
        for (std::size_t i = 0; i < 2; ++i)
            if (!axis_stays(l.window, i, in.dims[i + 1], out.dims[i + 1]))
                return false;
        const std::uint64_t bits = taps(l.window) * in.dims[3] * 8; // of an output
        return bits <= most_bits && detail::constants_fit(c, l, {bits * lanes(out), lanes(out)}) &&
               detail::ends(l.window, in.dims[3], out) && output_fits(c, r, out);
    }

    static void run(const execution& x, op_view op, const kernels& k) noexcept {
        const auto r = op.as<record>();
        const tensor_record in = x.program.tensor(r.like.op.input);
        const tensor_record out = x.program.tensor(r.like.op.output);
        const bool adds = r.like.op.second != no_tensor;
        const tensor_record residual = x.program.tensor(adds ? r.like.op.second : r.like.op.output);
        const bool codes = type_of(out) == format::dtype::u8;
        kernel::bgemm_args a;
        a.over = geometry_of(r.like.window, in, out);
        a.inputs = r.inputs;
        a.weights = x.constant<std::uint8_t>(r.like.weights);
        a.channels = out.dims[3];
        a.epilogue = detail::epilogue_of(x, r.like);
        a.epilogue.residual_strides = run::detail::strides_of(residual);
        for (std::uint32_t image = 0; image < out.dims[0]; ++image) {
            a.input = x.read<std::uint8_t>(in) + run::detail::image_start(in, image);
            const std::ptrdiff_t to = run::detail::image_start(out, image);
            if (codes)
                a.output = x.write<std::uint8_t>(out) + to;
            else
                a.real_output = x.write<float>(out) + to;
            if (adds)
                a.epilogue.residual =
                    x.read<std::uint8_t>(residual) + run::detail::image_start(residual, image);
            k.best.run(a);
        }
    }

    [[nodiscard]] static op_cost cost(const program_data& p, op_view op) noexcept {
        const auto r = op.as<record>();
        const tensor_record in = p.tensor(r.like.op.input);
        const tensor_record out = p.tensor(r.like.op.output);
        op_cost c;
        c.macs = taps(r.like.window) * r.inputs * elements_of(out);
        c.parameters = (taps(r.like.window) * r.inputs + 1) * out.dims[3];
        c.weight_bits = 1;
        c.weight_bytes =
            taps(r.like.window) * in.dims[3] * lanes(out) + lanes(out) * detail::quantized_lane_bytes;
        return c;
    }

private:
    /// Sums of so many products of -1 and +1 are far from the end of int32.
    static constexpr std::uint64_t most_bits = std::uint64_t{1} << 28;

    [[nodiscard]] static std::uint64_t taps(const window_record& w) noexcept {
        return std::uint64_t{w.kernel[0]} * w.kernel[1];
    }
    [[nodiscard]] static std::uint64_t lanes(const tensor_record& out) noexcept {
        return round_up<std::uint64_t>(out.dims[3], kernel::bgemm_outputs);
    }
    /// The last window begins inside the image and the widest padding, and ends there if it is the first.
    [[nodiscard]] static bool axis_stays(const window_record& w, std::size_t axis, std::uint32_t in,
                                         std::uint32_t out) noexcept {
        if (w.kernel[axis] == 0 || w.strides[axis] == 0 || w.dilations[axis] == 0)
            return false;
        const std::uint64_t padded = std::uint64_t{in} + 2 * 255;
        return std::uint64_t{out - 1} * w.strides[axis] < padded &&
               std::uint64_t{w.kernel[axis] - 1u} * w.dilations[axis] < padded;
    }
    [[nodiscard]] static bool output_fits(const op_checker& c, const record& r,
                                          const tensor_record& out) noexcept {
        if (is_real(out))
            return r.like.op.second == no_tensor;
        return is_codes(out) && detail::residual_fits(c, r.like.op.second, out);
    }
    [[nodiscard]] static kernel::pool_geometry geometry_of(const window_record& w, const tensor_record& in,
                                                           const tensor_record& out) noexcept {
        kernel::pool_geometry g;
        g.input_rows = in.dims[1];
        g.input_columns = in.dims[2];
        g.output_rows = out.dims[1];
        g.output_columns = out.dims[2];
        g.channels = in.dims[3] / 8;
        for (std::size_t i = 0; i < 2; ++i) {
            g.kernel[i] = w.kernel[i];
            g.strides[i] = w.strides[i];
            g.dilations[i] = w.dilations[i];
            g.pads[i] = w.pads[i];
        }
        g.input_strides = run::detail::strides_of(in);
        g.output_strides = run::detail::strides_of(out);
        return g;
    }
};

} // namespace pith::run::op

#endif
