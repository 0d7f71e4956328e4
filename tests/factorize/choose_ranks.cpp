// SPDX-License-Identifier: MIT
#include "pith/factorize/choose_ranks.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

#include <doctest/doctest.h>

using namespace pith::factorize;

namespace {

std::int64_t removed(const std::vector<std::vector<rank_choice>>& layers,
                     const std::vector<std::size_t>& chosen) {
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < layers.size(); ++i)
        sum += layers[i][0].macs - layers[i][chosen[i]].macs;
    return sum;
}

} // namespace

TEST_CASE("choose ranks: a layer may have the multiples that make it cheaper") {
    const std::vector<double> energies{8, 4, 2, 1, 1, 0, 0, 0, 0, 0};
    const auto c = rank_choices(energies, 9, 600, 100, 2);
    REQUIRE(c.size() == 3); // whole, 4 and 2: 8 and 6 are not cheaper
    CHECK(c[0].rank == 0);
    CHECK(c[0].macs == 600);
    CHECK(c[0].error == 0);
    CHECK(c[1].rank == 4);
    CHECK(c[1].macs == 400);
    CHECK(c[1].error == doctest::Approx(1. / 16));
    CHECK(c[2].rank == 2);
    CHECK(c[2].error == doctest::Approx(4. / 16));
    CHECK(rank_choices(energies, 9, 600, 100, 16).size() == 1);
    CHECK(rank_choices(energies, 9, 100, 100, 1).size() == 1);
    CHECK(rank_choices(std::vector<double>(4), 4, 600, 100, 2).back().error == 0);
}

TEST_CASE("choose ranks: the layer that loses least for what it saves goes first") {
    const std::vector<std::vector<rank_choice>> layers{
        {{0, 100, 0}, {2, 60, 0.1}, {1, 30, 0.5}}, {{0, 100, 0}, {2, 60, 0.3}, {1, 30, 0.4}}, {{0, 100, 0}}};
    CHECK(choose_ranks(layers, 0) == std::vector<std::size_t>{0, 0, 0});
    CHECK(choose_ranks(layers, 40) == std::vector<std::size_t>{1, 0, 0});
    // The second layer's rank 2 is no bargain: rank 1 saves more for nearly the same.
    CHECK(choose_ranks(layers, 110) == std::vector<std::size_t>{1, 2, 0});
    // Of what was removed too much, the most harmful part is given back.
    CHECK(choose_ranks(layers, 80) == std::vector<std::size_t>{1, 1, 0});
    CHECK(choose_ranks(layers, 140) == std::vector<std::size_t>{2, 2, 0});
    CHECK(choose_ranks(layers, 1000) == std::vector<std::size_t>{2, 2, 0});
    for (std::int64_t goal = 0; goal <= 140; goal += 10)
        CHECK(removed(layers, choose_ranks(layers, goal)) >= goal);
}
