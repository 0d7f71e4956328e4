// SPDX-License-Identifier: MIT
#ifndef PITH_ARCH_ISA_HPP
#define PITH_ARCH_ISA_HPP
/// Instruction sets as bits; a set is the bits a processor has or a kernel needs.

#include <cstdint>
#include <string_view>

namespace pith::arch {

using isa_set = std::uint32_t;

/// What kernels may require. No processor has both x86 and ARM bits.
namespace isa {
/// Instruction sets that kernels require; every processor runs `none`.
inline constexpr isa_set none = 0;
inline constexpr isa_set avx2 = 1u << 0; ///< AVX2, FMA, F16C, POPCNT, BMI
inline constexpr isa_set avx_vnni = 1u << 1;
inline constexpr isa_set avx512 = 1u << 2; ///< AVX-512 F, BW, VL, DQ
inline constexpr isa_set avx512_vnni = 1u << 3;
inline constexpr isa_set avx512_vbmi = 1u << 4;
inline constexpr isa_set avx512_vpopcnt = 1u << 5;
inline constexpr isa_set neon = 1u << 16;
inline constexpr isa_set dotprod = 1u << 17;
inline constexpr isa_set i8mm = 1u << 18;
inline constexpr isa_set arm_dsp = 1u << 24; ///< SMLAD and its kin, of 32-bit ARM alone
} // namespace isa

/// True when a processor with `have` can run what needs `need`.
[[nodiscard]] constexpr bool covers(isa_set have, isa_set need) noexcept {
    return (have & need) == need;
}

/// A named set, to pin kernels by.
struct level {
    std::string_view name;
    isa_set set = isa::none;
};

/// The processors people have, each family from least to most.
inline constexpr level levels[] = {
    {"portable", isa::none},
    {"x86_avx2", isa::avx2},
    {"x86_avxvnni", isa::avx2 | isa::avx_vnni},
    {"x86_avx512", isa::avx2 | isa::avx512},
    {"x86_avx512vnni",
     isa::avx2 | isa::avx_vnni | isa::avx512 | isa::avx512_vnni | isa::avx512_vbmi | isa::avx512_vpopcnt},
    {"arm_neon", isa::neon},
    {"arm_dotprod", isa::neon | isa::dotprod},
    {"arm_i8mm", isa::neon | isa::dotprod | isa::i8mm},
    {"arm_dsp", isa::arm_dsp},
};

/// The level of that name, or null.
[[nodiscard]] constexpr const level* find_level(std::string_view name) noexcept {
    for (const level& l : levels)
        if (l.name == name)
            return &l;
    return nullptr;
}

/// What a processor with `detected` may use when it is held to `l`.
[[nodiscard]] constexpr isa_set allowed(const level& l, isa_set detected) noexcept {
    return l.set & detected;
}

} // namespace pith::arch

#endif
