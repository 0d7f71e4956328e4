// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_DEPTHWISE_U8_STRIPS_HPP
#define PITH_KERNEL_DEPTHWISE_U8_STRIPS_HPP
/// What real.inl needs beside the words of simd/: how a vector of channels, in one part or two, is loaded and
/// stored. It differs by instruction set, since a vector of sixteen channels is wasted on eight.

#include <cstddef>
#include <cstdint>

namespace pith::kernel {

/// One error for each function that is missing. @tparam S the strips of an instruction set
template <class S>
struct checked_strips {
    using vf = typename S::vf;
    using vi = typename S::vi;
    static_assert(
        requires(vf v, const std::uint8_t* p, std::ptrdiff_t n) { v = S::template inputs<1>(p, n); },
        "strips need: vf inputs<Parts>(const std::uint8_t*, distance of the parts)");
    static_assert(
        requires(vf v, const std::int8_t* p) { v = S::template weights<1>(p); },
        "strips need: vf weights<Parts>(const std::int8_t*)");
    static_assert(
        requires(vi v, const std::int32_t* p) { v = S::template sums<1>(p); },
        "strips need: vi sums<Parts>(const std::int32_t*)");
    static_assert(
        requires(vf v, const float* p) { v = S::template factors<1>(p); },
        "strips need: vf factors<Parts>(const float*)");
    static_assert(
        requires(vi v, std::uint8_t* p, std::ptrdiff_t n, std::uint32_t count) {
            S::template place<1>(v, p, n, n, count, count);
        },
        "strips need: place<Parts>(vi packed lanes, output, step, distance of the parts, pixels, channels)");
    static constexpr bool complete = true;
};

} // namespace pith::kernel

#endif
