// SPDX-License-Identifier: MIT
#ifndef PITH_BENCHMARKS_PEAK_F32_HPP
#define PITH_BENCHMARKS_PEAK_F32_HPP
/// The most float multiply-adds this processor does, measured with the library's own vectors.

#include <cstdint>

#include <pith/arch/detect.hpp>
#include <pith/arch/target.hpp>
#include <pith/simd/x86_avx2/reals.hpp>
#include <pith/simd/x86_avx512/reals.hpp>

#include "peak.hpp"

namespace pith::benchmarks {

namespace detail {

#if PITH_X86
PITH_TARGET_BEGIN("avx2,fma,avx512f,avx512bw,avx512vl,avx512dq")
/// Twelve independent chains of multiply-adds. Returns something that depends on all.
inline int fma_chains_avx512(std::uint32_t steps) noexcept {
    using words = simd::x86_avx512::reals;
    words::vf acc[12];
    const words::vf x = words::repeat(0.999f);
#pragma GCC unroll 12
    for (int i = 0; i < 12; ++i)
        acc[i] = words::repeat(static_cast<float>(i));
    for (std::uint32_t s = 0; s < steps; ++s) {
#pragma GCC unroll 12
        for (int i = 0; i < 12; ++i) {
            acc[i] = words::fma(acc[i], x, x);
            __asm__ volatile("" : "+v"(acc[i]));
        }
    }
    words::vf sum = acc[0];
#pragma GCC unroll 12
    for (int i = 1; i < 12; ++i)
        sum = words::add(sum, acc[i]);
    float lanes[words::width];
    words::store(lanes, sum);
    return static_cast<int>(lanes[0]);
}
PITH_TARGET_END

PITH_TARGET_BEGIN("avx2,fma")
/// As above, half as wide.
inline int fma_chains_avx2(std::uint32_t steps) noexcept {
    using words = simd::x86_avx2::reals;
    words::vf acc[12];
    const words::vf x = words::repeat(0.999f);
#pragma GCC unroll 12
    for (int i = 0; i < 12; ++i)
        acc[i] = words::repeat(static_cast<float>(i));
    for (std::uint32_t s = 0; s < steps; ++s) {
#pragma GCC unroll 12
        for (int i = 0; i < 12; ++i) {
            acc[i] = words::fma(acc[i], x, x);
            __asm__ volatile("" : "+x"(acc[i]));
        }
    }
    words::vf sum = acc[0];
#pragma GCC unroll 12
    for (int i = 1; i < 12; ++i)
        sum = words::add(sum, acc[i]);
    float lanes[words::width];
    words::store(lanes, sum);
    return static_cast<int>(lanes[0]);
}
PITH_TARGET_END
#endif

inline double measure_f32_peak() {
#if PITH_X86
    const auto have = arch::detect();
    if (arch::covers(have, arch::isa::avx512))
        return best_rate(&fma_chains_avx512, 12 * 16 * 2);
    if (arch::covers(have, arch::isa::avx2))
        return best_rate(&fma_chains_avx2, 12 * 8 * 2);
#endif
    return 1;
}

} // namespace detail

/// Float products and additions per nanosecond on one core, measured once.
inline double f32_peak_gflops() {
    static const double peak = detail::measure_f32_peak();
    return peak;
}

} // namespace pith::benchmarks

#endif
