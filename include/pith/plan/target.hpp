// SPDX-License-Identifier: MIT
#ifndef PITH_PLAN_TARGET_HPP
#define PITH_PLAN_TARGET_HPP
/// The processor a program is packed for. Every host packs for every target: what a kernel needs and reads
/// stands in its list even where the kernel itself is not compiled.

#include <cstddef>
#include <string_view>

#include "../arch/detect.hpp"
#include "../arch/isa.hpp"
#include "../format/tile.hpp"
#include "../kernel/entry.hpp"
#include "cost_table.hpp"

namespace pith::plan {

struct target {
    std::string_view name = "native";
    arch::isa_set isa = arch::isa::none; ///< instruction sets that kernels may use
    /// How weights are packed where the best kernel reads any tile.
    format::tile int8_tile{16, 4};
    format::tile f32_tile{16, 1};
    std::size_t flash_bytes = 0; ///< that the program's file may take; 0: no limit
    std::size_t ram_bytes = 0;   ///< that its arena may take; 0: no limit
    cost_table costs = costs_of(isa);
};

/// This machine.
[[nodiscard]] inline target native() noexcept {
    return {.name = "native", .isa = arch::detect()};
}

/// The targets with a name.
inline constexpr target targets[] = {
    {.name = "x86_64", .isa = arch::isa::none},
    {.name = "x86_avx2", .isa = arch::isa::avx2},
    {.name = "x86_avxvnni", .isa = arch::isa::avx2 | arch::isa::avx_vnni},
    {.name = "x86_avx512", .isa = arch::isa::avx2 | arch::isa::avx512},
    {.name = "x86_avx512vnni",
     .isa = arch::isa::avx2 | arch::isa::avx_vnni | arch::isa::avx512 | arch::isa::avx512_vnni |
            arch::isa::avx512_vbmi | arch::isa::avx512_vpopcnt},
    {.name = "aarch64", .isa = arch::isa::neon},
    {.name = "aarch64_dotprod", .isa = arch::isa::neon | arch::isa::dotprod},
    {.name = "aarch64_i8mm", .isa = arch::isa::neon | arch::isa::dotprod | arch::isa::i8mm},
    {.name = "armv7"},
    {.name = "riscv64"},
    {.name = "cortex_m0"},
    {.name = "cortex_m3"},
    {.name = "cortex_m4", .isa = arch::isa::arm_dsp},
    {.name = "cortex_m7", .isa = arch::isa::arm_dsp},
    {.name = "cortex_m33", .isa = arch::isa::arm_dsp},
    {.name = "cortex_m55", .isa = arch::isa::arm_dsp},
};

/// The target of that name, or null
[[nodiscard]] inline const target* find_target(std::string_view name) noexcept {
    for (const target& t : targets)
        if (t.name == name)
            return &t;
    return nullptr;
}

/// The tile of weights that the best kernel of `list` for a processor with `isa` reads.
/// @param own where that kernel reads any
template <class Args, std::size_t N>
[[nodiscard]] constexpr format::tile tile_for(const kernel::entry<Args> (&list)[N], arch::isa_set isa,
                                              format::tile own) noexcept {
    for (const auto& e :
         list) // what needs nothing is plain C++, which reads any tile, or there on this host alone
        if (e.needs != arch::isa::none && arch::covers(isa, e.needs))
            return e.reads == format::any_tile ? own : e.reads;
    return own;
}

} // namespace pith::plan

#endif
