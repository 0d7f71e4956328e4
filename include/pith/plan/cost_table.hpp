// SPDX-License-Identifier: MIT
#ifndef PITH_PLAN_COST_TABLE_HPP
#define PITH_PLAN_COST_TABLE_HPP
/// What kernels of a processor are expected to take, relative to each other.

#include "../arch/isa.hpp"

namespace pith::plan {

/// Time of one multiply-add, relative to the dense kernel of the same element type. Zeros are left out where
/// the share of the weights that is stored, times this, is below 1.
///
/// The defaults are what a dense layer of 784 by 300 takes at worst in bench_sparse (a Xeon with AVX-512);
/// most layers take 1 to 1.5. With half of the tiles zero, where they begin to choose sparse weights, every
/// layer of bench_sparse was faster.
struct cost_table {
    float sparse_f32 = 1.9f; ///< AVX2 and AVX-512; NEON counts 1.5 times the instructions
    float sparse_u8 = 1.9f;  ///< AVX-512 VNNI and AVX-VNNI
};

/// The costs of processors with these instruction sets. Sparse kernels of plain C++ beside dense ones with
/// vectors (int8 without a dot product instruction) have estimates, on the safe side.
[[nodiscard]] constexpr cost_table costs_of(arch::isa_set isa) noexcept {
    cost_table c;
    const bool dots = arch::covers(isa, arch::isa::avx_vnni) || arch::covers(isa, arch::isa::avx512_vnni) ||
                      arch::covers(isa, arch::isa::dotprod);
    if (!dots && isa != arch::isa::none)
        c.sparse_u8 = 16.f;
    return c;
}

} // namespace pith::plan

#endif
