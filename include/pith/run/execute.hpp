// SPDX-License-Identifier: MIT
#ifndef PITH_RUN_EXECUTE_HPP
#define PITH_RUN_EXECUTE_HPP
/// Runs a program in an arena. No heap, no state: the same program may run in several arenas at once.

#include <cstddef>
#include <cstdint>

#include "../base/assert.hpp"
#include "../base/view.hpp"
#include "execute_convolution.hpp"
#include "execute_elementwise.hpp"
#include "execute_movement.hpp"
#include "execution.hpp"
#include "kernel_set.hpp"
#include "program.hpp"

namespace pith::run {

/// True when `kernels` has what operation `op` of the program needs.
[[nodiscard]] inline bool can_run(const program_view& p, op_view op, const kernel_set& kernels) noexcept {
    const bool codes = type_of(p.tensor(op.head().input)) == format::dtype::u8;
    switch (op.kind()) {
    case op_kind::convolution_u8:
        return op.as<codes_convolution_record>().weight_bits < 8 ? kernels.igemm_low != nullptr
                                                                 : kernels.igemm.best != nullptr;
    case op_kind::convolution_f32:
        return kernels.sgemm.best != nullptr;
    case op_kind::depthwise_u8:
        return kernels.depthwise_u8 != nullptr;
    case op_kind::depthwise_f32:
        return kernels.depthwise_f32 != nullptr;
    case op_kind::quantize:
        return kernels.quantize != nullptr;
    case op_kind::dequantize:
        return kernels.dequantize != nullptr;
    case op_kind::table_u8:
        return kernels.table_u8 != nullptr;
    case op_kind::unary_f32:
        return kernels.unary_f32 != nullptr;
    case op_kind::binary_u8:
        return kernels.add_u8 != nullptr && kernels.mul_u8 != nullptr;
    case op_kind::binary_f32:
        return kernels.binary_f32 != nullptr;
    case op_kind::pool:
        return codes ? kernels.max_pool_u8 != nullptr && kernels.average_pool_u8 != nullptr &&
                           kernels.global_average_u8 != nullptr
                     : kernels.max_pool_f32 != nullptr && kernels.average_pool_f32 != nullptr;
    case op_kind::softmax:
        return codes ? kernels.softmax_u8 != nullptr : kernels.softmax_f32 != nullptr;
    case op_kind::copy:
        return kernels.copy != nullptr;
    case op_kind::pad:
        return kernels.pad != nullptr;
    case op_kind::resize:
        return codes ? kernels.resize_u8 != nullptr : kernels.resize_f32 != nullptr;
    case op_kind::reduce:
        return kernels.reduce_f32 != nullptr;
    case op_kind::gather:
        return kernels.gather != nullptr;
    case op_kind::matmul:
        return kernels.matmul_f32 != nullptr;
    case op_kind::convert:
        return kernels.convert != nullptr;
    }
    return false;
}

/// True when `kernels` leaves out nothing the program needs.
[[nodiscard]] inline bool can_run(const program_view& p, const kernel_set& kernels) noexcept {
    for (const op_view op : p.ops())
        if (!can_run(p, op, kernels))
            return false;
    return true;
}

namespace detail {

inline void run_op(const execution& x, op_view op) noexcept {
    switch (op.kind()) {
    case op_kind::convolution_u8:
        return run_convolution_u8(x, op);
    case op_kind::convolution_f32:
        return run_convolution_f32(x, op);
    case op_kind::depthwise_u8:
        return run_depthwise_u8(x, op);
    case op_kind::depthwise_f32:
        return run_depthwise_f32(x, op);
    case op_kind::quantize:
        return run_quantize(x, op);
    case op_kind::dequantize:
        return run_dequantize(x, op);
    case op_kind::table_u8:
        return run_table_u8(x, op);
    case op_kind::unary_f32:
        return run_unary_f32(x, op);
    case op_kind::binary_u8:
        return run_binary_u8(x, op);
    case op_kind::binary_f32:
        return run_binary_f32(x, op);
    case op_kind::pool:
        return run_pool(x, op);
    case op_kind::softmax:
        return run_softmax(x, op);
    case op_kind::copy:
        return run_copy(x, op);
    case op_kind::pad:
        return run_pad(x, op);
    case op_kind::resize:
        return run_resize(x, op);
    case op_kind::reduce:
        return run_reduce(x, op);
    case op_kind::gather:
        return run_gather(x, op);
    case op_kind::matmul:
        return run_matmul(x, op);
    case op_kind::convert:
        return run_convert(x, op);
    }
}

} // namespace detail

/// Runs every operation, and calls observe(index, op) after each.
/// @pre arena.size() >= p.arena_bytes(), arena aligned to required_alignment, can_run(p, kernels), inputs
/// written
template <class Observer>
void execute(const program_view& p, view<std::byte> arena, const kernel_set& kernels,
             const Observer& observe) noexcept {
    PITH_ASSERT(arena.size() >= p.arena_bytes());
    PITH_ASSERT(reinterpret_cast<std::uintptr_t>(arena.data()) % required_alignment == 0);
    const execution x{p, arena.data(), kernels};
    std::size_t index = 0;
    for (const op_view op : p.ops()) {
        detail::run_op(x, op);
        const tensor_record out = p.tensor(op.head().output);
        if (has_border(out))
            fill_border(x.write<std::byte>(out), out,
                        type_of(out) == format::dtype::u8 ? out.zero : std::uint8_t{0});
        observe(index++, op);
    }
}

inline void execute(const program_view& p, view<std::byte> arena,
                    const kernel_set& kernels = portable_kernels) noexcept {
    execute(p, arena, kernels, [](std::size_t, op_view) {});
}

} // namespace pith::run

#endif
