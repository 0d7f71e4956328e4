// SPDX-License-Identifier: MIT
#ifndef PITH_IO_ONNX_OPERATORS_HPP
#define PITH_IO_ONNX_OPERATORS_HPP
/// The operator table: every family's lines, and the reasons for what is known and refused.

#include <string_view>

#include "../../base/on_use.hpp"
#include "ops_attention.hpp"
#include "ops_audio.hpp"
#include "ops_constant.hpp"
#include "ops_conv.hpp"
#include "ops_dense.hpp"
#include "ops_einsum.hpp"
#include "ops_elementwise.hpp"
#include "ops_logic.hpp"
#include "ops_move.hpp"
#include "ops_normalize.hpp"
#include "ops_pick.hpp"
#include "ops_pool.hpp"
#include "ops_quantized.hpp"
#include "ops_quantized_integer.hpp"
#include "ops_quantized_moves.hpp"
#include "ops_quantized_qonnx.hpp"
#include "ops_reduce.hpp"
#include "ops_resize.hpp"
#include "ops_scatter.hpp"
#include "ops_shape.hpp"

namespace pith::io::onnx {

/// An operator's handler, or null, and whether it knows what to do with operands that are codes.
template <class T>
struct known_operator {
    handler<T> import = nullptr;
    bool takes_codes = false;
};

/// Calls look(table, whether its handlers know what to do with operands that are codes) for every table.
template <class T, class Look>
void each_family(const Look& look) {
    look(quantized_operators<T>, true);
    look(integer_operators<T>, true);
    look(qonnx_operators<T>, false);
    look(elementwise_operators<T>, false);
    look(conv_operators<T>, false);
    look(pool_operators<T>, false);
    look(dense_operators<T>, false);
    look(normalize_operators<T>, false);
    look(shape_operators<T>, false);
    look(move_operators<T>, false);
    look(logic_operators<T>, false);
    look(einsum_operators<T>, false);
    look(attention_operators<T>, false);
    look(audio_operators<T>, false);
    look(pick_operators<T>, false);
    look(scatter_operators<T>, false);
    look(reduce_operators<T>, false);
    look(resize_operators<T>, false);
    look(constant_operators<T>, false);
}

template <class T>
[[nodiscard]] known_operator<T> find_operator(std::string_view domain, std::string_view op_type) noexcept {
    known_operator<T> found;
    each_family<T>([&](const auto& family, bool takes_codes) {
        for (const auto& entry : family)
            if (entry.op_type == op_type && entry.domain == domain)
                found = {entry.import, takes_codes};
    });
    T::layers::for_each([&]<class L>() {
        if (const auto own = detail::own_handler<T, L>(domain, op_type))
            found = {own, false};
    });
    return found;
}

/// Why an operator without handler is refused.
template <class = on_use>
[[nodiscard]] inline const char* refusal_of(std::string_view op_type) noexcept {
    for (const std::string_view odd : {"Trunc", "FloatQuant", "MultiThreshold"})
        if (op_type == odd)
            return "of QONNX only Quant and BipolarQuant are supported";
    for (const std::string_view control : {"If", "Loop", "Scan"})
        if (op_type == control)
            return "control flow is not supported; export the model with fixed shapes, simplified";
    return "the operator is not supported";
}

} // namespace pith::io::onnx

#endif
