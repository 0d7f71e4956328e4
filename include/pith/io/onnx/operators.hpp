// SPDX-License-Identifier: MIT
#ifndef PITH_IO_ONNX_OPERATORS_HPP
#define PITH_IO_ONNX_OPERATORS_HPP
/// The operator table: every family's lines, and the reasons for what is known and refused.

#include <string_view>

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
template <class G>
struct known_operator {
    handler<G> import = nullptr;
    bool takes_codes = false;
};

/// Calls look(table, whether its handlers know what to do with operands that are codes) for every table.
template <class G, class Look>
void each_family(const Look& look) {
    look(quantized_operators<G>, true);
    look(integer_operators<G>, true);
    look(qonnx_operators<G>, false);
    look(elementwise_operators<G>, false);
    look(conv_operators<G>, false);
    look(pool_operators<G>, false);
    look(dense_operators<G>, false);
    look(normalize_operators<G>, false);
    look(shape_operators<G>, false);
    look(move_operators<G>, false);
    look(logic_operators<G>, false);
    look(einsum_operators<G>, false);
    look(attention_operators<G>, false);
    look(audio_operators<G>, false);
    look(pick_operators<G>, false);
    look(scatter_operators<G>, false);
    look(reduce_operators<G>, false);
    look(resize_operators<G>, false);
    look(constant_operators<G>, false);
}

template <class G>
[[nodiscard]] known_operator<G> find_operator(std::string_view domain, std::string_view op_type) noexcept {
    known_operator<G> found;
    each_family<G>([&](const auto& family, bool takes_codes) {
        for (const auto& entry : family)
            if (entry.op_type == op_type && entry.domain == domain)
                found = {entry.import, takes_codes};
    });
    G::layers::for_each([&]<class L>() {
        if (const auto own = detail::own_handler<G, L>(domain, op_type))
            found = {own, false};
    });
    return found;
}

/// Why an operator without handler is refused.
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
