// SPDX-License-Identifier: MIT
#ifndef PITH_RUN_OP_BINARY_U8_HPP
#define PITH_RUN_OP_BINARY_U8_HPP
/// What operations of two operands on uint8 codes share.

#include <cstddef>
#include <cstdint>

#include "../../kernel/eltwise/args.hpp"
#include "../op.hpp"
#include "rows.hpp"

namespace pith::run::op {

/// How an operand repeats over the output.
enum class operand_repeat : std::uint8_t { none, scalar, channels };

/// `input` is a, `second` is b.
struct binary_u8_record {
    op_record op;
    std::uint8_t int8; ///< 1: the codes are int8 ones, held moved by 128 (format::affine::moved)
    std::uint8_t lowest;
    std::uint8_t highest;
    std::uint8_t repeats; ///< operand_repeat of a, and of b times 16
    float factors[3];     ///< add: ra, rb, offset; mul: factor, 0, 0
};

namespace detail {

[[nodiscard]] inline bool operand_fits(operand_repeat repeat, const tensor_record& x,
                                       const tensor_record& out) noexcept {
    switch (repeat) {
    case operand_repeat::none:
        return same_dims(x, out);
    case operand_repeat::scalar:
        return elements_of(x) == 1;
    case operand_repeat::channels:
        return elements_of(x) == out.dims[3] && x.dims[3] == out.dims[3];
    }
    return false;
}

[[nodiscard]] inline bool check_binary(const op_checker& c, const binary_u8_record& r, const tensor_record& a,
                                       const tensor_record& out) noexcept {
    const tensor_record b = c.tensor(r.op.second);
    return r.int8 <= 1 && is_codes(a) && is_codes(b) && is_codes(out) &&
           operand_fits(static_cast<operand_repeat>(r.repeats & 15), a, out) &&
           operand_fits(static_cast<operand_repeat>(r.repeats >> 4), b, out);
}

[[nodiscard]] inline kernel::codes_operand operand_of(const execution& x, const tensor_record& t,
                                                      operand_repeat repeat, std::uint32_t image) noexcept {
    kernel::codes_operand o;
    o.data = x.read<std::uint8_t>(t);
    if (repeat == operand_repeat::none) {
        o.data += run::detail::image_start(t, image);
        o.row_stride = static_cast<std::ptrdiff_t>(row_stride(t));
    } else {
        o.period = repeat == operand_repeat::scalar ? 1 : t.dims[3];
    }
    return o;
}

/// @param set writes Args beyond operands, output and rows, from the records of a, b and the output
template <class Args, class Set>
void run_binary(const execution& x, const binary_u8_record& r, const kernel::entry<Args>& k,
                const Set& set) noexcept {
    const tensor_record a = x.program.tensor(r.op.input);
    const tensor_record b = x.program.tensor(r.op.second);
    const tensor_record out = x.program.tensor(r.op.output);
    const row_walk walk(out, !has_border(a) && !has_border(b) && !has_border(out));
    Args args;
    args.rows = walk.rows;
    args.count = walk.count;
    args.output_row_stride = static_cast<std::ptrdiff_t>(row_stride(out));
    args.lowest = r.lowest;
    args.highest = r.highest;
    args.moved = r.int8 != 0 ? 128 : 0;
    set(args, a, b, out);
    for (std::uint32_t image = 0; image < walk.images; ++image) {
        args.a = operand_of(x, a, static_cast<operand_repeat>(r.repeats & 15), image);
        args.b = operand_of(x, b, static_cast<operand_repeat>(r.repeats >> 4), image);
        args.output = x.write<std::uint8_t>(out) + run::detail::image_start(out, image);
        k.run(args);
    }
}

} // namespace detail

} // namespace pith::run::op

#endif
