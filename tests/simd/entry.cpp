// SPDX-License-Identifier: MIT
#include "pith/simd/entry.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using namespace pith;

namespace {

struct job {
    int* done;
};
void first(const job& j) noexcept {
    *j.done = 1;
}
void second(const job& j) noexcept {
    *j.done = 2;
}
void last(const job& j) noexcept {
    *j.done = 3;
}

constexpr simd::entry<job> list[] = {
    {"elsewhere", arch::isa::none, format::any_tile, nullptr},
    {"wide", arch::isa::avx2 | arch::isa::avx512, {16, 4}, &first},
    {"narrow", arch::isa::avx2, {8, 4}, &second},
    {"portable", arch::isa::none, format::any_tile, &last},
};

int run(const simd::entry<job>& e) {
    int done = 0;
    e.run({&done});
    return done;
}

} // namespace

TEST_CASE("entry: the first of a list that a processor runs") {
    CHECK(run(simd::best_for(list, arch::isa::avx2 | arch::isa::avx512)) == 1);
    CHECK(run(simd::best_for(list, arch::isa::avx2)) == 2);
    CHECK(run(simd::best_for(list, arch::isa::avx512)) == 3);
    CHECK(run(simd::best_for(list, arch::isa::none)) == 3);
}

TEST_CASE("entry: weights packed for another tile pass a kernel by") {
    CHECK(run(simd::best_for(list, arch::isa::avx2 | arch::isa::avx512, {8, 4})) == 2);
    CHECK(run(simd::best_for(list, arch::isa::avx2 | arch::isa::avx512, {4, 4})) == 3);
    CHECK(simd::fits(list[3], arch::isa::none, {4, 4}));
    CHECK(!simd::fits(list[2], arch::isa::none, {8, 4}));
}

TEST_CASE("entry: every kernel a processor runs, and none that this compiler does not have") {
    std::string names;
    simd::for_each_supported(list, arch::isa::avx2,
                             [&](const auto& e) { names += std::string(e.name) + ' '; });
    CHECK(names == "narrow portable ");
}

TEST_CASE("entry: a table of functions is chosen like a function") {
    struct table {
        int lanes;
    };
    static constexpr table wide{16}, plain{4};
    static constexpr simd::entry_of<const table*> tables[] = {
        {"wide", arch::isa::avx512, format::any_tile, &wide},
        {"portable", arch::isa::none, format::any_tile, &plain},
    };
    CHECK(simd::best_for(tables, arch::isa::avx512).run->lanes == 16);
    CHECK(simd::best_for(tables, arch::isa::avx2).run->lanes == 4);
}
