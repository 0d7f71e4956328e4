// SPDX-License-Identifier: MIT
#ifndef PITH_ARCH_DETECT_HPP
#define PITH_ARCH_DETECT_HPP
/// Which instruction sets this processor and its operating system offer.

#include <cstdint>

#include "../base/config.hpp"
#include "isa.hpp"

#if PITH_X86
#include <cpuid.h>
#elif PITH_AARCH64 && defined(__linux__)
#include <sys/auxv.h>
#endif

namespace pith::arch {

namespace detail {

[[nodiscard]] constexpr bool all_set(std::uint32_t bits, std::uint32_t wanted) noexcept {
    return (bits & wanted) == wanted;
}

/// The registers that tell, gathered apart from the processor so that their reading can be tested.
struct x86_registers {
    std::uint32_t leaf1_ecx = 0;
    std::uint32_t leaf7_ebx = 0;
    std::uint32_t leaf7_ecx = 0;
    std::uint32_t leaf7_1_eax = 0;
    std::uint32_t xcr0 = 0; ///< register files the operating system saves
};

[[nodiscard]] constexpr isa_set decode(const x86_registers& r) noexcept {
    constexpr std::uint32_t fma_popcnt_avx_f16c = 1u << 12 | 1u << 23 | 1u << 28 | 1u << 29;
    constexpr std::uint32_t bmi1_avx2_bmi2 = 1u << 3 | 1u << 5 | 1u << 8;
    constexpr std::uint32_t f_dq_bw_vl = 1u << 16 | 1u << 17 | 1u << 30 | 1u << 31;
    constexpr std::uint32_t ymm_saved = 0x06;
    constexpr std::uint32_t zmm_saved = 0xE6;

    if (!all_set(r.leaf1_ecx, fma_popcnt_avx_f16c) || !all_set(r.leaf7_ebx, bmi1_avx2_bmi2) ||
        !all_set(r.xcr0, ymm_saved))
        return isa::none;
    isa_set have = isa::avx2;
    if (all_set(r.leaf7_1_eax, 1u << 4))
        have |= isa::avx_vnni;
    if (!all_set(r.leaf7_ebx, f_dq_bw_vl) || !all_set(r.xcr0, zmm_saved))
        return have;
    have |= isa::avx512;
    if (all_set(r.leaf7_ecx, 1u << 11))
        have |= isa::avx512_vnni;
    if (all_set(r.leaf7_ecx, 1u << 1))
        have |= isa::avx512_vbmi;
    if (all_set(r.leaf7_ecx, 1u << 14))
        have |= isa::avx512_vpopcnt;
    return have;
}

#if PITH_X86
[[nodiscard]] inline x86_registers read_registers() noexcept {
    x86_registers r;
    unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
    if (__get_cpuid(1, &eax, &ebx, &ecx, &edx) == 0)
        return r;
    r.leaf1_ecx = ecx;
    constexpr std::uint32_t osxsave = 1u << 27;
    if (!all_set(ecx, osxsave))
        return r;
    unsigned low = 0, high = 0;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    r.xcr0 = low;
    if (__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) == 0)
        return r;
    r.leaf7_ebx = ebx;
    r.leaf7_ecx = ecx;
    const unsigned last_subleaf = eax;
    if (last_subleaf >= 1 && __get_cpuid_count(7, 1, &eax, &ebx, &ecx, &edx) != 0)
        r.leaf7_1_eax = eax;
    return r;
}
#endif

} // namespace detail

/// The instruction sets kernels may use here; none on processors this library has no kernels for.
[[nodiscard]] inline isa_set detect() noexcept {
#if PITH_X86
    return detail::decode(detail::read_registers());
#elif PITH_AARCH64
    isa_set have = isa::neon;
#if defined(__linux__)
    constexpr unsigned long hwcap_asimddp = 1ul << 20;
    constexpr unsigned long hwcap2_i8mm = 1ul << 13;
    if ((getauxval(AT_HWCAP) & hwcap_asimddp) != 0)
        have |= isa::dotprod;
    if ((getauxval(AT_HWCAP2) & hwcap2_i8mm) != 0)
        have |= isa::i8mm;
#endif
    return have;
#elif PITH_ARM_DSP
    return isa::arm_dsp; // the compiler was told
#else
    return isa::none;
#endif
}

} // namespace pith::arch

#endif
