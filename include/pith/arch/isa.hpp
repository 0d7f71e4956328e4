// SPDX-License-Identifier: MIT
#ifndef PITH_ARCH_ISA_HPP
#define PITH_ARCH_ISA_HPP
/// Instruction sets as bits; a set is the bits a processor has or a kernel needs.

#include <cstdint>

namespace pith::arch {

using isa_set = std::uint32_t;

/// What kernels may ask for. x86 and ARM bits never meet in one processor.
namespace isa {
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
} // namespace isa

/// True when a processor with `have` can run what needs `need`.
[[nodiscard]] constexpr bool covers(isa_set have, isa_set need) noexcept {
    return (have & need) == need;
}

} // namespace pith::arch

#endif
