// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <string_view>

#include "pith/arch/detect.hpp"
#include "pith/kernel/eltwise.hpp"
#include "pith/kernel/igemm.hpp"
#include "pith/kernel/igemm_low.hpp"
#include "pith/kernel/slot.hpp"

using namespace pith;

TEST_CASE("slot: the portable kernel, and the best one of a processor") {
    using slot = kernel::slot<kernel::add_u8_args>;
    CHECK(!slot{}.filled());
    CHECK(slot::portable().filled());
    CHECK(slot::best_of(arch::isa::none).best.name == std::string_view("portable"));
    const auto best = slot::best_of(arch::detect());
    CHECK((best.best.run == kernel::best_for(kernel::add_u8_list<>, arch::detect()).run));
    using low = kernel::slot<kernel::igemm_low_args>; // every kernel of that list reads one tile
    CHECK(low::best_of(arch::detect()).best.reads == format::low_bit_tile);
}

TEST_CASE("tiled_slot: weights of another tile go to the portable kernel") {
    using slot = kernel::tiled_slot<kernel::igemm_args>;
    CHECK(!slot{}.filled());
    const auto s = slot::best_of(arch::detect());
    CHECK(s.filled());
    CHECK((s.best.run == kernel::best_for(kernel::igemm_list<>, arch::detect()).run));
    CHECK((s.reading(kernel::igemm_vector_tile).run == s.best.run));
    CHECK(s.reading({3, 5}).name == std::string_view("portable"));
    CHECK(slot::portable().reading(kernel::igemm_vector_tile).name == std::string_view("portable"));
}

TEST_CASE("slot: an entry whose kernel this compiler does not have is never chosen") {
    constexpr kernel::entry<kernel::add_u8_args> list[] = {
        {"elsewhere", arch::isa::none, format::any_tile, nullptr},
        kernel::portable_entry<kernel::add_u8_args>::value,
    };
    CHECK(kernel::best_for(list, arch::detect()).name == std::string_view("portable"));
}
