// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <pith/arch/isa.hpp>

using namespace pith::arch;

TEST_CASE("isa: a set covers what it contains") {
    CHECK(covers(isa::avx2 | isa::avx512, isa::avx2));
    CHECK(covers(isa::none, isa::none));
    CHECK_FALSE(covers(isa::avx2, isa::avx2 | isa::avx512));
}

TEST_CASE("levels: found by name, first one portable, nobody's name twice") {
    CHECK(levels[0].name == "portable");
    CHECK(levels[0].set == isa::none);
    for (const level& l : levels)
        CHECK(find_level(l.name) == &l);
    CHECK(find_level("x86") == nullptr);
    CHECK(find_level("") == nullptr);
}

TEST_CASE("levels: a processor is never allowed what it lacks") {
    const isa_set old = isa::avx2;
    CHECK(allowed(*find_level("x86_avx512vnni"), old) == old);
    CHECK(allowed(*find_level("arm_neon"), old) == isa::none);
    CHECK(allowed(*find_level("portable"), old) == isa::none);
}
