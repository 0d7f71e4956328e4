// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <pith/base/random.hpp>
#include <pith/search/best_choices.hpp>

using pith::search::best_choices;
using pith::search::choice;

namespace {

/// Losses of all selections within the budget, ascending.
std::vector<double> all_losses(const std::vector<std::vector<choice>>& layers, std::uint64_t budget) {
    std::vector<choice> sums{{0, 0}};
    for (const auto& choices : layers) {
        std::vector<choice> next;
        for (const auto& s : sums)
            for (const auto& c : choices)
                next.push_back({s.cost + c.cost, s.loss + c.loss});
        sums = next;
    }
    std::vector<double> losses;
    for (const auto& s : sums)
        if (s.cost <= budget)
            losses.push_back(s.loss);
    std::sort(losses.begin(), losses.end());
    return losses;
}

} // namespace

TEST_CASE("best_choices: the best few of all selections, for every budget") {
    pith::random_bits random(7);
    for (int trial = 0; trial < 20; ++trial) {
        std::vector<std::vector<choice>> layers(1 + random.below(5));
        for (auto& choices : layers)
            for (std::uint32_t c = 1 + random.below(4); c > 0; --c)
                choices.push_back({random.below(30), static_cast<double>(random.unit())});
        for (std::uint64_t budget = 0; budget < 100; budget += 7) {
            const auto expected = all_losses(layers, budget);
            const auto found = best_choices(layers, budget);
            REQUIRE(found.size() == std::min<std::size_t>(4, expected.size()));
            for (std::size_t i = 0; i < found.size(); ++i) {
                CHECK(found[i].loss == doctest::Approx(expected[i]));
                CHECK(found[i].cost <= budget);
                double loss = 0;
                for (std::size_t l = 0; l < layers.size(); ++l)
                    loss += layers[l][found[i].chosen[l]].loss;
                CHECK(loss == doctest::Approx(found[i].loss));
            }
        }
    }
}

TEST_CASE("best_choices: costs beyond the number of buckets are rounded up, so that the budget holds") {
    const std::vector<std::vector<choice>> layers(3, {{1000000, 3}, {2000001, 1}});
    const auto coarse = best_choices(layers, 5100000, {.buckets = 100});
    REQUIRE_FALSE(coarse.empty());
    CHECK(coarse[0].loss == 7);
    const auto fine = best_choices(layers, 5100000);
    REQUIRE_FALSE(fine.empty());
    CHECK(fine[0].loss == 5);
    CHECK(fine[0].cost == 5000002);
    CHECK(best_choices(layers, 2999999).empty());
}
