// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>
#include <pith/train/schedule.hpp>

using namespace pith;

static_assert(train::schedule<train::cosine_rate>);
static_assert(!train::schedule<int>);

TEST_CASE("schedules: begin, turn and end where they should") {
    CHECK(train::constant_rate{}(0.7) == 1);
    const train::step_rate step{{0.5, 0.75}, 0.1};
    CHECK(step(0.49) == 1);
    CHECK(step(0.5) == doctest::Approx(0.1));
    CHECK(step(0.9) == doctest::Approx(0.01));
    const train::cosine_rate cosine{.warm_up = 0.1, .last = 0.01};
    CHECK(cosine(0) == 0);
    CHECK(cosine(0.05) == doctest::Approx(0.5));
    CHECK(cosine(0.1) == doctest::Approx(1));
    CHECK(cosine(0.55) == doctest::Approx(0.505));
    CHECK(cosine(1) == doctest::Approx(0.01));
    const train::one_cycle_rate cycle{.peak = 0.25, .first = 0.1, .last = 0.001};
    CHECK(cycle(0) == doctest::Approx(0.1));
    CHECK(cycle(0.25) == doctest::Approx(1));
    CHECK(cycle(1) == doctest::Approx(0.001));
    CHECK(train::rate_at(cycle, 0.25) == doctest::Approx(1));
}
