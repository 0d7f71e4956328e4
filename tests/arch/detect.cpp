// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <pith/arch/detect.hpp>
#include <pith/arch/isa.hpp>

using namespace pith::arch;

namespace {

/// A processor with everything, saved by its operating system.
constexpr detail::x86_registers everything{~0u, ~0u, ~0u, ~0u, ~0u};

detail::x86_registers without(std::uint32_t detail::x86_registers::*field, int bit) {
    auto r = everything;
    r.*field &= ~(1u << bit);
    return r;
}

} // namespace

TEST_CASE("detect: every x86 bit is read from its register") {
    using r = detail::x86_registers;
    constexpr isa_set full = find_level("x86_avx512vnni")->set;
    CHECK(detail::decode(everything) == full);
    CHECK(detail::decode({}) == isa::none);
    for (const int bit : {12, 23, 28, 29})
        CHECK(detail::decode(without(&r::leaf1_ecx, bit)) == isa::none);
    for (const int bit : {3, 5, 8})
        CHECK(detail::decode(without(&r::leaf7_ebx, bit)) == isa::none);
    for (const int bit : {16, 17, 30, 31})
        CHECK(detail::decode(without(&r::leaf7_ebx, bit)) == find_level("x86_avxvnni")->set);
    CHECK(detail::decode(without(&r::leaf7_1_eax, 4)) == (full & ~isa::avx_vnni));
    CHECK(detail::decode(without(&r::leaf7_ecx, 11)) == (full & ~isa::avx512_vnni));
    CHECK(detail::decode(without(&r::leaf7_ecx, 1)) == (full & ~isa::avx512_vbmi));
    CHECK(detail::decode(without(&r::leaf7_ecx, 14)) == (full & ~isa::avx512_vpopcnt));
}

TEST_CASE("detect: registers the operating system does not save are not used") {
    using r = detail::x86_registers;
    for (const int bit : {1, 2})
        CHECK(detail::decode(without(&r::xcr0, bit)) == isa::none);
    for (const int bit : {5, 6, 7})
        CHECK(detail::decode(without(&r::xcr0, bit)) == find_level("x86_avxvnni")->set);
}

TEST_CASE("detect: what is found belongs to this processor's family") {
    const isa_set have = detect();
    constexpr isa_set x86 = find_level("x86_avx512vnni")->set;
    constexpr isa_set arm = find_level("arm_i8mm")->set;
#if PITH_X86
    CHECK((have & ~x86) == 0);
    CHECK(covers(have, isa::avx2) ==
          static_cast<bool>(__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
                            __builtin_cpu_supports("bmi2")));
    CHECK(covers(have, isa::avx512_vnni) ==
          static_cast<bool>(__builtin_cpu_supports("avx512vnni") && __builtin_cpu_supports("avx512bw")));
#elif PITH_AARCH64
    CHECK((have & ~arm) == 0);
    CHECK(covers(have, isa::neon));
#else
    CHECK(have == isa::none);
#endif
    CHECK((x86 & arm) == 0);
}
