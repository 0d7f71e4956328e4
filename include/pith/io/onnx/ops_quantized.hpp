// SPDX-License-Identifier: MIT
#ifndef PITH_IO_ONNX_OPS_QUANTIZED_HPP
#define PITH_IO_ONNX_OPS_QUANTIZED_HPP
/// QuantizeLinear, DequantizeLinear and operators on codes: real layers between values with encodings.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "ops_conv.hpp"
#include "ops_dense.hpp"
#include "ops_elementwise.hpp"
#include "ops_normalize.hpp"
#include "ops_pool.hpp"
#include "ops_reduce.hpp"
#include "quantize_linear.hpp"

namespace pith::io::onnx {

namespace detail {

inline constexpr const char* runtime_domain = "com.microsoft";

/// Scale and zero point at inputs `at` and `at` + 1.
template <class G>
[[nodiscard]] code_operands codes_at(call<G>& c, std::size_t at, std::int64_t axis = 1) {
    code_operands by{without_codes(c, c.in(at)), std::nullopt, format::dtype::u8, axis, 0};
    if (c.has(at + 1)) {
        by.zero = without_codes(c, c.in(at + 1));
        by.type = by.zero->type;
    }
    return by;
}

/// Operand `at` of an operator on codes, whose scale and zero point follow it, as real numbers.
template <class G>
[[nodiscard]] operand real_at(call<G>& c, std::size_t at, std::int64_t axis = 1) {
    return decoded(c, c.raw(at), codes_at(c, at + 1, axis));
}

/// The only output of an operator on codes.
template <class G>
void out_codes(call<G>& c, const operand& y, const code_operands& to) {
    c.out(0, quantised(c, y, to));
}

} // namespace detail

template <class G>
void import_quantize(call<G>& c) {
    code_operands to = detail::codes_at(c, 1, c.whole("axis", 1));
    to.block = c.whole("block_size", 0);
    c.expect(to.block >= 0, errc::bad_option, "a block size is negative");
    if (const auto given = c.whole("output_dtype", 0); given != 0 && !to.zero)
        to.type = element_type(given, c.make.where());
    detail::out_codes(c, c.raw(0), to);
}

template <class G>
void import_dequantize(call<G>& c) {
    code_operands from = detail::codes_at(c, 1, c.whole("axis", 1));
    from.block = c.whole("block_size", 0);
    c.expect(from.block >= 0, errc::bad_option, "a block size is negative");
    const format::dtype type = from.scale.type;
    const operand y = decoded(c, c.raw(0), from);
    if (c.wants(0))
        c.make.name_decoded(y, c.node().outputs[0]);
    c.out(0, apply_cast(c, y, type));
}

namespace detail {

/// uint8 codes of a whole tensor whose range is measured at run time.
struct dynamic_codes {
    operand codes, scale, zero;
};

template <class G>
[[nodiscard]] dynamic_codes dynamically_quantised(call<G>& c, const operand& x) {
    std::vector<std::size_t> axes = axes_from(0, x.dims.rank());
    const auto bound = [&](reduce_op reduce, binary_op with) {
        return combine(c, with, reduce_over(c, reduce, x, axes, false), 0.0);
    };
    const operand low = bound(reduce_op::min, binary_op::min);
    const operand high = bound(reduce_op::max, binary_op::max);
    operand scale = combine(c, binary_op::div, combine(c, binary_op::sub, high, low), 255.0);
    scale = combine(c, binary_op::max, scale, static_cast<double>(std::numeric_limits<float>::min()));
    operand zero = combine(c, binary_op::sub, c.make.scalar(0.0), combine(c, binary_op::div, low, scale));
    zero = apply(c, {unary_op::round}, apply(c, {unary_op::clip, 0.0, 255.0}, zero));
    operand y = apply(c, {unary_op::round}, combine(c, binary_op::div, x, scale));
    y = apply(c, {unary_op::clip, 0.0, 255.0}, combine(c, binary_op::add, y, zero));
    return {apply_cast(c, y, format::dtype::u8), scale, apply_cast(c, zero, format::dtype::u8)};
}

} // namespace detail

template <class G>
void import_dynamic_quantize(call<G>& c) {
    const auto y = detail::dynamically_quantised(c, c.in(0));
    c.out(0, y.codes);
    c.out(1, y.scale);
    c.out(2, y.zero);
}

namespace detail {

/// int32 codes of a bias, whose scale is the product of two others.
template <class G>
[[nodiscard]] operand bias_at(call<G>& c, std::size_t at, const code_operands& x, const code_operands& w) {
    const operand scale = combine(c, binary_op::mul, as_reals(c, x.scale), as_reals(c, w.scale));
    return decoded(c, c.raw(at), {scale, std::nullopt, format::dtype::i32, 0, 0});
}

/// x as `import`'s handler wants it, channels behind the batch; a runtime's operators may say that they lie
/// last.
template <class G>
[[nodiscard]] operand on_channels_first(call<G>& c, handler<G> import, const operand& x) {
    const std::size_t rank = x.dims.rank();
    if (c.whole("channels_last", 0) == 0 || rank < 3)
        return c.output_of(import, {x});
    std::vector<std::size_t> there{0, rank - 1};
    std::vector<std::size_t> back{0};
    for (std::size_t i = 1; i + 1 < rank; ++i) {
        there.push_back(i);
        back.push_back(i + 1);
    }
    back.push_back(1);
    return transpose_to(c, c.output_of(import, {transpose_to(c, c.make.unmixed(x), there)}), back);
}

} // namespace detail

template <class G>
void import_qlinear_conv(call<G>& c) {
    std::vector<std::optional<operand>> inputs{detail::real_at(c, 0), detail::real_at(c, 3, 0)};
    if (c.has(8))
        inputs.emplace_back(detail::bias_at(c, 8, detail::codes_at(c, 1), detail::codes_at(c, 4)));
    const operand y = c.output_of(&import_conv<G>, inputs);
    detail::out_codes(c, y, detail::codes_at(c, 6));
}

template <class G>
void import_qlinear_matmul(call<G>& c) {
    const operand a = detail::real_at(c, 0, -2);
    const operand y = c.output_of(&import_matmul<G>, {a, detail::real_at(c, 3, -1)});
    detail::out_codes(c, y, detail::codes_at(c, 6));
}

template <class G>
void import_qgemm(call<G>& c) {
    const std::int64_t columns = c.whole("transB", 0) != 0 ? 0 : 1;
    std::vector<std::optional<operand>> inputs{detail::real_at(c, 0), detail::real_at(c, 3, columns)};
    if (c.has(6)) {
        code_operands x = detail::codes_at(c, 1);
        if (const float alpha = c.real("alpha", 1.F); alpha != 1.F)
            x.scale = combine(c, binary_op::mul, x.scale, static_cast<double>(alpha));
        inputs.emplace_back(detail::bias_at(c, 6, x, detail::codes_at(c, 4)));
    }
    const operand y = c.output_of(&import_gemm<G>, inputs);
    if (!c.has(7))
        return c.out(0, y);
    detail::out_codes(c, y, detail::codes_at(c, 7));
}

template <class G, binary_op Op>
void import_qlinear_binary(call<G>& c) {
    const operand a = detail::real_at(c, 0);
    detail::out_codes(c, combine(c, Op, a, detail::real_at(c, 3)), detail::codes_at(c, 6));
}

template <class G, handler<G> Import>
void import_qlinear_unary(call<G>& c) {
    const operand y = c.output_of(Import, {detail::real_at(c, 0)});
    detail::out_codes(c, y, detail::codes_at(c, 3));
}

template <class G, handler<G> Import>
void import_qlinear_pool(call<G>& c) {
    const operand y = detail::on_channels_first(c, Import, detail::real_at(c, 0));
    detail::out_codes(c, y, detail::codes_at(c, 3));
}

template <class G>
void import_qlinear_softmax(call<G>& c) {
    c.opset = c.whole("opset", c.opset);
    import_qlinear_unary<G, &import_softmax<G, false>>(c);
}

/// The axes are an attribute, as they were before opset 18.
template <class G>
void import_qlinear_mean(call<G>& c) {
    c.opset = 17;
    import_qlinear_unary<G, &import_reduce<G, reduce_op::mean, 18>>(c);
}

template <class G>
void import_qlinear_concat(call<G>& c) {
    std::vector<std::optional<operand>> inputs;
    for (std::size_t i = 2; i + 1 < c.inputs(); i += 3)
        inputs.emplace_back(detail::real_at(c, i));
    c.expect(!inputs.empty(), errc::missing, "the node lacks an input that its operator needs");
    const operand y = c.output_of(&import_concat<G>, inputs);
    detail::out_codes(c, y, detail::codes_at(c, 0));
}

template <class G>
inline constexpr operator_entry<G> quantized_operators[] = {
    {"QuantizeLinear", &import_quantize<G>},
    {"QuantizeLinear", &import_quantize<G>, detail::runtime_domain},
    {"DequantizeLinear", &import_dequantize<G>},
    {"DequantizeLinear", &import_dequantize<G>, detail::runtime_domain},
    {"DynamicQuantizeLinear", &import_dynamic_quantize<G>},
    {"QLinearConv", &import_qlinear_conv<G>},
    {"QLinearMatMul", &import_qlinear_matmul<G>},
    {"QGemm", &import_qgemm<G>, detail::runtime_domain},
    {"QLinearAdd", &import_qlinear_binary<G, binary_op::add>, detail::runtime_domain},
    {"QLinearMul", &import_qlinear_binary<G, binary_op::mul>, detail::runtime_domain},
    {"QLinearAveragePool", &import_qlinear_pool<G, &import_pool<G, pool_op::average>>,
     detail::runtime_domain},
    {"QLinearGlobalAveragePool", &import_qlinear_pool<G, &import_global_pool<G, pool_op::average>>,
     detail::runtime_domain},
    {"QLinearConcat", &import_qlinear_concat<G>, detail::runtime_domain},
    {"QLinearSoftmax", &import_qlinear_softmax<G>, detail::runtime_domain},
    {"QLinearSigmoid", &import_qlinear_unary<G, &import_unary<G, unary_op::sigmoid>>, detail::runtime_domain},
    {"QLinearLeakyRelu", &import_qlinear_unary<G, &import_activation<G, unary_op::leaky_relu>>,
     detail::runtime_domain},
    {"QLinearReduceMean", &import_qlinear_mean<G>, detail::runtime_domain},
};

} // namespace pith::io::onnx

#endif
