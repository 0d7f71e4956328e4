// SPDX-License-Identifier: MIT
#include "pith/prune/schedule.hpp"

#include <doctest/doctest.h>

#include <pith/graph/builder.hpp>
#include <pith/prune/magnitude.hpp>

#include "sparse_net.hpp"

using namespace pith;
using namespace pith::prune;
static_assert(schedule<one_shot> && schedule<cubic> && !schedule<float>);

TEST_CASE("cubic schedule: Zhu and Gupta's numbers") {
    const double expected[] = {0, .2439, .4392, .5913, .7056, .7875, .8424, .8757, .8928, .8991, .9};
    const cubic c{.first = 0.f, .last = 0.9f, .count = 10};
    for (std::size_t i = 0; i <= 10; ++i)
        CHECK(static_cast<double>(c.at(i)) == doctest::Approx(expected[i]).epsilon(1e-5));
    CHECK(c.at(11) == 0.9f);
    CHECK(cubic{.count = 0}.at(0) == 0.9f);
    CHECK(one_shot{0.3f}.at(1) == 0.3f);
}

TEST_CASE("gradual pruning: prunes and trains in turn, and stops at the first fault") {
    const auto g = test::sparse_net();
    std::vector<std::int64_t> zeros;
    const auto prune_to = [](graph<float> net, float share) {
        return magnitude{.remove = share, .dense = test::everywhere()}(std::move(net));
    };
    const auto done = prune_gradually(g, cubic{.last = 0.8f, .count = 4}, prune_to,
                                      [&](graph<float> net, std::size_t step) -> result<graph<float>> {
                                          zeros.push_back(count_weights(net).zeros);
                                          CHECK(step == zeros.size());
                                          return net;
                                      });
    REQUIRE(done);
    REQUIRE(zeros.size() == 4);
    CHECK(std::is_sorted(zeros.begin(), zeros.end()));
    CHECK(zeros[3] == 115 * 2 + 9); // 0.8 of 144, twice, and of 12
    const auto fails = [](graph<float>, std::size_t) -> result<graph<float>> {
        return fault{errc::diverged, "it did"};
    };
    CHECK(prune_gradually(g, one_shot{}, prune_to, fails).error().code == errc::diverged);
    const auto no = [](graph<float>, float) -> result<graph<float>> { return fault{errc::bad_option, "no"}; };
    CHECK(prune_gradually(g, one_shot{}, no, fails).error().code == errc::bad_option);
}
