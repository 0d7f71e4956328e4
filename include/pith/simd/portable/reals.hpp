// SPDX-License-Identifier: MIT
#ifndef PITH_SIMD_PORTABLE_REALS_HPP
#define PITH_SIMD_PORTABLE_REALS_HPP
/// Words: the compiler's own vectors of 16 bytes, which every processor of the host half has.

#include <cstdint>
#include <cstring>

#include "../../base/config.hpp"
#include "../words.hpp"

namespace pith::simd::portable {

template <class T>
struct reals {
    using real = T;
    using vf __attribute__((vector_size(16))) = T;
    static constexpr std::uint32_t width = 16 / sizeof(T);
    static constexpr std::uint32_t registers = 16;

    PITH_ALWAYS_INLINE static vf zero() noexcept { return vf{}; }
    PITH_ALWAYS_INLINE static vf repeat(real x) noexcept { return vf{} + x; }
    PITH_ALWAYS_INLINE static vf load(const real* p) noexcept {
        vf v;
        std::memcpy(&v, p, sizeof v);
        return v;
    }
    PITH_ALWAYS_INLINE static void store(real* p, vf v) noexcept { std::memcpy(p, &v, sizeof v); }
    PITH_ALWAYS_INLINE static vf add(vf a, vf b) noexcept { return a + b; }
    PITH_ALWAYS_INLINE static vf sub(vf a, vf b) noexcept { return a - b; }
    PITH_ALWAYS_INLINE static vf mul(vf a, vf b) noexcept { return a * b; }
    PITH_ALWAYS_INLINE static vf div(vf a, vf b) noexcept { return a / b; }
    /// Rounded twice where the processor has no fused multiply-add.
    PITH_ALWAYS_INLINE static vf fma(vf a, vf b, vf c) noexcept { return a * b + c; }
    PITH_ALWAYS_INLINE static vf max(vf a, vf b) noexcept { return a > b ? a : b; }
    PITH_ALWAYS_INLINE static vf min(vf a, vf b) noexcept { return a < b ? a : b; }
    /// v where `sign` is greater than zero, else zero.
    PITH_ALWAYS_INLINE static vf where_positive(vf sign, vf v) noexcept { return sign > vf{} ? v : vf{}; }
    /// The first `n` elements; the others are zero, and not touched. @pre n <= width
    PITH_ALWAYS_INLINE static vf load_part(const real* p, std::uint32_t n) noexcept {
        vf v{};
        std::memcpy(&v, p, n * sizeof(real));
        return v;
    }
    PITH_ALWAYS_INLINE static void store_part(real* p, vf v, std::uint32_t n) noexcept {
        std::memcpy(p, &v, n * sizeof(real));
    }
};

} // namespace pith::simd::portable
static_assert(pith::simd::checked_reals<pith::simd::portable::reals<float>>::complete);
static_assert(pith::simd::checked_reals<pith::simd::portable::reals<double>>::complete);

#endif
