// SPDX-License-Identifier: MIT
#ifndef PITH_SIMD_ARM_DSP_DOT_HPP
#define PITH_SIMD_ARM_DSP_DOT_HPP
/// Products of bytes with the instructions of the DSP extension: four bytes in a word become two words of two
/// 16-bit numbers, the even ones and the odd ones, and SMLAD multiplies and adds such pairs.

#include <cstdint>
#include <cstring>

#include "../../base/config.hpp"

#if PITH_ARM_DSP
#include <arm_acle.h>

namespace pith::simd::arm_dsp {

/// Four bytes, wherever they lie.
[[nodiscard]] PITH_ALWAYS_INLINE std::uint32_t load_bytes(const void* p) noexcept {
    std::uint32_t v;
    std::memcpy(&v, p, sizeof v);
    return v;
}

/// The bytes 0 and 2 of `v`, signed.
[[nodiscard]] PITH_ALWAYS_INLINE std::int32_t signed_even(std::uint32_t v) noexcept {
    std::int32_t pair;
    __asm__("sxtb16 %0, %1" : "=r"(pair) : "r"(v));
    return pair;
}
/// The bytes 1 and 3. (The compilers' intrinsics would rotate in an instruction of its own.)
[[nodiscard]] PITH_ALWAYS_INLINE std::int32_t signed_odd(std::uint32_t v) noexcept {
    std::int32_t pair;
    __asm__("sxtb16 %0, %1, ror #8" : "=r"(pair) : "r"(v));
    return pair;
}
/// The bytes 0 and 2, unsigned.
[[nodiscard]] PITH_ALWAYS_INLINE std::int32_t unsigned_even(std::uint32_t v) noexcept {
    std::int32_t pair;
    __asm__("uxtb16 %0, %1" : "=r"(pair) : "r"(v));
    return pair;
}
/// The bytes 1 and 3, unsigned.
[[nodiscard]] PITH_ALWAYS_INLINE std::int32_t unsigned_odd(std::uint32_t v) noexcept {
    std::int32_t pair;
    __asm__("uxtb16 %0, %1, ror #8" : "=r"(pair) : "r"(v));
    return pair;
}

/// sum + both products of 16-bit numbers, modulo 2^32.
[[nodiscard]] PITH_ALWAYS_INLINE std::int32_t add_products(std::int32_t sum, std::int32_t a,
                                                           std::int32_t b) noexcept {
    return __smlad(a, b, sum);
}

/// sum + the product of the low halves, modulo 2^32.
[[nodiscard]] PITH_ALWAYS_INLINE std::int32_t add_low_product(std::int32_t sum, std::int32_t a,
                                                              std::int32_t b) noexcept {
    __asm__("smlabb %0, %1, %2, %0" : "+r"(sum) : "r"(a), "r"(b));
    return sum;
}
/// The same of the high halves.
[[nodiscard]] PITH_ALWAYS_INLINE std::int32_t add_high_product(std::int32_t sum, std::int32_t a,
                                                               std::int32_t b) noexcept {
    __asm__("smlatt %0, %1, %2, %0" : "+r"(sum) : "r"(a), "r"(b));
    return sum;
}

/// Adds the products of four inputs of two pixels, a and b, and four weights of two outputs, 0 and 1. Written
/// out since compilers would spill and would not step pointers while loading.
/// @param x a's even inputs, b's, a's odd inputs, b's; moves to the next four words
/// @param w eight bytes, in words; moves on by Step
template <int Step>
PITH_ALWAYS_INLINE void add_two_by_two(const std::int32_t*& x, const std::int8_t*& w, std::int32_t& a0,
                                       std::int32_t& a1, std::int32_t& b0, std::int32_t& b1) noexcept {
    std::uint32_t xa, xb, w0, w1, pair;
    __asm__("ldrd %[w0], %[w1], [%[w]], %[step]\n\t"
            "ldrd %[xa], %[xb], [%[x]], #8\n\t"
            "sxtb16 %[pair], %[w0]\n\t"
            "smlad %[a0], %[xa], %[pair], %[a0]\n\t"
            "smlad %[b0], %[xb], %[pair], %[b0]\n\t"
            "sxtb16 %[pair], %[w1]\n\t"
            "smlad %[a1], %[xa], %[pair], %[a1]\n\t"
            "smlad %[b1], %[xb], %[pair], %[b1]\n\t"
            "ldrd %[xa], %[xb], [%[x]], #8\n\t"
            "sxtb16 %[w0], %[w0], ror #8\n\t"
            "smlad %[a0], %[xa], %[w0], %[a0]\n\t"
            "smlad %[b0], %[xb], %[w0], %[b0]\n\t"
            "sxtb16 %[w1], %[w1], ror #8\n\t"
            "smlad %[a1], %[xa], %[w1], %[a1]\n\t"
            "smlad %[b1], %[xb], %[w1], %[b1]"
            : [x] "+r"(x), [w] "+r"(w), [a0] "+r"(a0), [a1] "+r"(a1), [b0] "+r"(b0), [b1] "+r"(b1),
              [xa] "=&r"(xa), [xb] "=&r"(xb), [w0] "=&r"(w0), [w1] "=&r"(w1), [pair] "=&r"(pair)
            : [step] "i"(Step)
            : "memory");
}

/// The same of one pixel, a, and four outputs. @param w 16 bytes
template <int Step>
PITH_ALWAYS_INLINE void add_one_by_four(const std::int32_t*& x, const std::int8_t*& w, std::int32_t& s0,
                                        std::int32_t& s1, std::int32_t& s2, std::int32_t& s3) noexcept {
    std::uint32_t even, odd, w0, w1, pair;
    __asm__("ldr %[even], [%[x]], #8\n\t"
            "ldr %[odd], [%[x]], #8\n\t"
            "ldrd %[w0], %[w1], [%[w]], #8\n\t"
            "sxtb16 %[pair], %[w0]\n\t"
            "sxtb16 %[w0], %[w0], ror #8\n\t"
            "smlad %[s0], %[even], %[pair], %[s0]\n\t"
            "smlad %[s0], %[odd], %[w0], %[s0]\n\t"
            "sxtb16 %[pair], %[w1]\n\t"
            "sxtb16 %[w1], %[w1], ror #8\n\t"
            "smlad %[s1], %[even], %[pair], %[s1]\n\t"
            "smlad %[s1], %[odd], %[w1], %[s1]\n\t"
            "ldrd %[w0], %[w1], [%[w]], %[rest]\n\t"
            "sxtb16 %[pair], %[w0]\n\t"
            "sxtb16 %[w0], %[w0], ror #8\n\t"
            "smlad %[s2], %[even], %[pair], %[s2]\n\t"
            "smlad %[s2], %[odd], %[w0], %[s2]\n\t"
            "sxtb16 %[pair], %[w1]\n\t"
            "sxtb16 %[w1], %[w1], ror #8\n\t"
            "smlad %[s3], %[even], %[pair], %[s3]\n\t"
            "smlad %[s3], %[odd], %[w1], %[s3]"
            : [x] "+r"(x), [w] "+r"(w), [s0] "+r"(s0), [s1] "+r"(s1), [s2] "+r"(s2), [s3] "+r"(s3),
              [even] "=&r"(even), [odd] "=&r"(odd), [w0] "=&r"(w0), [w1] "=&r"(w1), [pair] "=&r"(pair)
            : [rest] "i"(Step - 8)
            : "memory");
}

/// sum + the four bytes of `v`.
[[nodiscard]] PITH_ALWAYS_INLINE std::uint32_t add_four(std::uint32_t sum, std::uint32_t v) noexcept {
    return __usada8(v, 0, sum);
}

/// As add_two_by_two, with four indices of either output in one word: those of output 0 lie First bits above
/// the bottom of their bytes, those of output 1 Second bits. @param mask of the indices 0 and 2 at the bottom
template <int Step, int First, int Second>
PITH_ALWAYS_INLINE void add_two_by_two_low(const std::int32_t*& x, const std::uint8_t*& w, std::uint32_t mask,
                                           std::int32_t& a0, std::int32_t& a1, std::int32_t& b0,
                                           std::int32_t& b1) noexcept {
    std::uint32_t xa, xb, all, pair;
    __asm__("ldr %[all], [%[w]], %[step]\n\t"
            "ldrd %[xa], %[xb], [%[x]], #8\n\t"
            "and %[pair], %[mask], %[all], lsr %[first]\n\t"
            "smlad %[a0], %[xa], %[pair], %[a0]\n\t"
            "smlad %[b0], %[xb], %[pair], %[b0]\n\t"
            "and %[pair], %[mask], %[all], lsr %[second]\n\t"
            "smlad %[a1], %[xa], %[pair], %[a1]\n\t"
            "smlad %[b1], %[xb], %[pair], %[b1]\n\t"
            "ldrd %[xa], %[xb], [%[x]], #8\n\t"
            "and %[pair], %[mask], %[all], lsr %[first_odd]\n\t"
            "smlad %[a0], %[xa], %[pair], %[a0]\n\t"
            "smlad %[b0], %[xb], %[pair], %[b0]\n\t"
            "and %[pair], %[mask], %[all], lsr %[second_odd]\n\t"
            "smlad %[a1], %[xa], %[pair], %[a1]\n\t"
            "smlad %[b1], %[xb], %[pair], %[b1]"
            : [x] "+r"(x), [w] "+r"(w), [a0] "+r"(a0), [a1] "+r"(a1), [b0] "+r"(b0), [b1] "+r"(b1),
              [xa] "=&r"(xa), [xb] "=&r"(xb), [all] "=&r"(all), [pair] "=&r"(pair)
            : [mask] "r"(mask), [step] "i"(Step), [first] "i"(First), [second] "i"(Second),
              [first_odd] "i"(First + 8), [second_odd] "i"(Second + 8)
            : "memory");
}

/// The same of one pixel.
template <int Step, int First, int Second>
PITH_ALWAYS_INLINE void add_one_by_two_low(const std::int32_t*& x, const std::uint8_t*& w, std::uint32_t mask,
                                           std::int32_t& s0, std::int32_t& s1) noexcept {
    std::uint32_t even, odd, all, pair;
    __asm__("ldr %[all], [%[w]], %[step]\n\t"
            "ldr %[even], [%[x]], #8\n\t"
            "ldr %[odd], [%[x]], #8\n\t"
            "and %[pair], %[mask], %[all], lsr %[first]\n\t"
            "smlad %[s0], %[even], %[pair], %[s0]\n\t"
            "and %[pair], %[mask], %[all], lsr %[first_odd]\n\t"
            "smlad %[s0], %[odd], %[pair], %[s0]\n\t"
            "and %[pair], %[mask], %[all], lsr %[second]\n\t"
            "smlad %[s1], %[even], %[pair], %[s1]\n\t"
            "and %[pair], %[mask], %[all], lsr %[second_odd]\n\t"
            "smlad %[s1], %[odd], %[pair], %[s1]"
            : [x] "+r"(x), [w] "+r"(w), [s0] "+r"(s0), [s1] "+r"(s1), [even] "=&r"(even), [odd] "=&r"(odd),
              [all] "=&r"(all), [pair] "=&r"(pair)
            : [mask] "r"(mask), [step] "i"(Step), [first] "i"(First), [second] "i"(Second),
              [first_odd] "i"(First + 8), [second_odd] "i"(Second + 8)
            : "memory");
}

} // namespace pith::simd::arm_dsp
#endif

#endif
