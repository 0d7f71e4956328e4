// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_EPILOGUE_VECTOR_HPP
#define PITH_KERNEL_EPILOGUE_VECTOR_HPP
/// What the vector epilogues share, whatever the instruction set.

#include "../epilogue.hpp"

namespace pith::kernel {

/// 1.5 * 2^23: v + rounder - rounder is v rounded to an integer, ties to even, for |v| <= 2^22.
inline constexpr float rounder = 12582912.f;

/// Which operand of add_codes the residual is, if any.
enum class residual_as { none, first, second };

} // namespace pith::kernel

#endif
