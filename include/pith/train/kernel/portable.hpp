// SPDX-License-Identifier: MIT
#ifndef PITH_TRAIN_KERNEL_PORTABLE_HPP
#define PITH_TRAIN_KERNEL_PORTABLE_HPP
/// The kernels of training in the compiler's own 16-byte vectors: float for every processor, double to check
/// gradients with.

#include <cstddef>
#include <cstdint>
#include <utility>

#include "../../base/config.hpp"
#include "../../base/on_use.hpp"
#include "../../simd/portable/reals.hpp"
#include "jobs.hpp"

namespace pith::train::kernel::portable {

inline constexpr std::uint32_t most_pixels = 8;

namespace f32 {
using reals = simd::portable::reals<float>;
#include "body.inl"
} // namespace f32

namespace f64 {
using reals = simd::portable::reals<double>;
#include "body.inl"
} // namespace f64

} // namespace pith::train::kernel::portable

#endif
