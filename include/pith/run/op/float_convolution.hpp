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

} // namespace detail

} // namespace pith::run::op

#endif
