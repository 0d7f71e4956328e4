// SPDX-License-Identifier: MIT
#ifndef PITH_RUN_OP_PACK_BITS_HPP
#define PITH_RUN_OP_PACK_BITS_HPP
/// Codes of two values as bits, for binary convolutions.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "../../kernel/bgemm/portable.hpp"
#include "../op.hpp"

namespace pith::run::op {

/// Bit c of a pixel is set where its code c is below the threshold. The output is uint8 [n, h, w, bytes],
/// bytes being those of whole words of 64 bits.
struct pack_bits : with_kernel<kernel::pack_bits_args>, without_weights {
    static constexpr std::uint8_t kind = 28;
    static constexpr std::string_view name = "pack_bits";
    struct record {
        op_record op;
        std::uint32_t threshold; ///< 0..255
    };
    static constexpr std::size_t axis_words = 0;
    static constexpr second_operand second = second_operand::none;
    static constexpr in_place replaces = in_place::nothing;

    [[nodiscard]] static bool check(const op_checker&, op_view op, const tensor_record& in,
                                    const tensor_record& out) noexcept {
        return is_codes(in) && is_codes(out) && op.as<record>().threshold <= 255 &&
               in.dims[0] == out.dims[0] && in.dims[1] == out.dims[1] && in.dims[2] == out.dims[2] &&
               out.dims[3] == kernel::words_of(in.dims[3]) * 8;
    }

    static void run(const execution& x, op_view op, const kernels& k) noexcept {
        const auto r = op.as<record>();
        const tensor_record in = x.program.tensor(r.op.input);
        const tensor_record out = x.program.tensor(r.op.output);
        kernel::pack_bits_args a;
        a.pixels = in.dims[2];
        a.channels = in.dims[3];
        a.input_stride = static_cast<std::ptrdiff_t>(in.dims[3]);
        a.output_stride = static_cast<std::ptrdiff_t>(out.dims[3]);
        a.threshold = static_cast<std::uint8_t>(r.threshold);
        for (std::uint32_t image = 0; image < in.dims[0]; ++image)
            for (std::uint32_t row = 0; row < in.dims[1]; ++row) {
                a.input = x.read<std::uint8_t>(in) + run::detail::image_start(in, image) +
                          static_cast<std::ptrdiff_t>(row * row_stride(in));
                a.output = x.write<std::uint8_t>(out) + run::detail::image_start(out, image) +
                           static_cast<std::ptrdiff_t>(row * row_stride(out));
                k.best.run(a);
            }
    }
};

} // namespace pith::run::op

#endif
