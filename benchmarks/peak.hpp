// SPDX-License-Identifier: MIT
#ifndef PITH_BENCHMARKS_PEAK_HPP
#define PITH_BENCHMARKS_PEAK_HPP
/// The most this processor multiplies, measured: kernels report their speed as a fraction of it.

#include <chrono>
#include <cstdint>

#include <pith/arch/detect.hpp>
#include <pith/arch/target.hpp>

#if PITH_X86
#include <immintrin.h>
#endif

namespace pith::benchmarks {

namespace detail {

#if PITH_X86
PITH_TARGET_BEGIN("avx512f,avx512vnni")
/// Twelve independent chains of dot products, `steps` long. Returns something that depends on all.
inline int dot_chains_avx512_vnni(std::uint32_t steps) noexcept {
    __m512i acc[12];
#pragma GCC unroll 12
    for (int i = 0; i < 12; ++i)
        acc[i] = _mm512_set1_epi32(i);
    const __m512i x = _mm512_set1_epi32(0x01020304);
    for (std::uint32_t s = 0; s < steps; ++s) {
#pragma GCC unroll 12
        for (int i = 0; i < 12; ++i) {
            acc[i] = _mm512_dpbusd_epi32(acc[i], x, x);
            __asm__ volatile("" : "+v"(acc[i]));
        }
    }
    __m512i sum = acc[0];
#pragma GCC unroll 12
    for (int i = 1; i < 12; ++i)
        sum = _mm512_add_epi32(sum, acc[i]);
    return _mm512_reduce_add_epi32(sum);
}
PITH_TARGET_END

PITH_TARGET_BEGIN("avx2")
/// As above with the 16-bit multiply-add and its addition: half the products per instruction pair.
inline int dot_chains_avx2(std::uint32_t steps) noexcept {
    __m256i acc[12];
#pragma GCC unroll 12
    for (int i = 0; i < 12; ++i)
        acc[i] = _mm256_set1_epi32(i);
    const __m256i x = _mm256_set1_epi32(0x00010002);
    for (std::uint32_t s = 0; s < steps; ++s) {
#pragma GCC unroll 12
        for (int i = 0; i < 12; ++i) {
            acc[i] = _mm256_add_epi32(acc[i], _mm256_madd_epi16(x, x));
            __asm__ volatile("" : "+x"(acc[i]));
        }
    }
    alignas(32) int lanes[8];
    __m256i sum = acc[0];
#pragma GCC unroll 12
    for (int i = 1; i < 12; ++i)
        sum = _mm256_add_epi32(sum, acc[i]);
    _mm256_store_si256(reinterpret_cast<__m256i*>(lanes), sum);
    return lanes[0];
}
PITH_TARGET_END
#endif

/// Best of several runs, in operations (two per product) per nanosecond.
template <class Chains>
double best_rate(Chains chains, double operations_per_step) {
    constexpr std::uint32_t steps = 20000;
    double best = 0;
    volatile int sink = 0;
    for (int repeat = 0; repeat < 40; ++repeat) {
        const auto start = std::chrono::steady_clock::now();
        sink = chains(steps);
        const std::chrono::duration<double, std::nano> time = std::chrono::steady_clock::now() - start;
        const double rate = operations_per_step * steps / time.count();
        best = rate > best ? rate : best;
    }
    static_cast<void>(sink);
    return best;
}

inline double measure_int8_peak() {
#if PITH_X86
    const auto have = arch::detect();
    if (arch::covers(have, arch::isa::avx512_vnni))
        return best_rate(&detail::dot_chains_avx512_vnni, 12 * 64 * 2);
    if (arch::covers(have, arch::isa::avx2))
        return best_rate(&detail::dot_chains_avx2, 12 * 16 * 2);
#endif
    return 1;
}

} // namespace detail

/// Products and additions of int8 per nanosecond on one core, measured once.
inline double int8_peak_gops() {
    static const double peak = detail::measure_int8_peak();
    return peak;
}

} // namespace pith::benchmarks

#endif
