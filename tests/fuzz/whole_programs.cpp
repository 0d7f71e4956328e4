// SPDX-License-Identifier: MIT
// Whole programs by chance: what is accepted stays inside its arena and leaves the same bits on every level.
// Run under sanitizers by the test suite; cmake/dev programs makes millions of them, for 32 bits too.
#include <cstddef>
#include <cstdint>

#include <doctest/doctest.h>

#include "support/compiled.hpp"
#include "try_whole_program.hpp"

namespace {

TEST_CASE("whole programs by chance stay inside their arena, with the same bits on every level") {
    constexpr std::uint64_t programs = 5000;
    fuzz::tally t;
    for (std::uint64_t seed = 0; seed < programs; ++seed)
        fuzz::try_whole_program(seed, t);
    t.print();
    CHECK(t.differ == 0);
    CHECK(t.accepted > programs * 4 / 10);
    CHECK(t.refused > programs / 4);
    for (std::size_t kind = 1; kind <= fuzz::op_list::size; ++kind) {
        CAPTURE(kind);
        CHECK(t.kinds[kind] > 50);
    }
}

TEST_CASE("whole programs: other bits are seen") {
    auto made = fuzz::program_maker(0).make();
    auto p = fuzz::program_view::open(made.view());
    for (std::uint64_t seed = 1; !p; ++seed) {
        made = fuzz::program_maker(seed).make();
        p = fuzz::program_view::open(made.view());
    }
    fuzz::snapshot before(p->arena_bytes());
    fuzz::snapshot wanted = before;
    wanted.back() = std::byte{1};
    CHECK(fuzz::difference(*p, *p->ops().begin(), before, wanted, wanted.data()) == -1);
    CHECK(fuzz::difference(*p, *p->ops().begin(), before, wanted, before.data()) >= 0);
}

} // namespace
