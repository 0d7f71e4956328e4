// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <pith/quantize/observer.hpp>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <vector>

#include <pith/base/random.hpp>

using namespace pith;
using quantize::observer;
using quantize::range_observer;

namespace {

std::vector<float> stream(std::size_t n) {
    random_bits random(11);
    std::vector<float> x;
    for (std::size_t i = 0; i < n; ++i)
        x.push_back((random.unit() + random.unit() + random.unit() - 1.2f) *
                    (random.below(500) == 0 ? 9.f : 1.f));
    return x;
}

constexpr observer all[] = {observer::minmax, observer::percentile, observer::mse, observer::entropy};

} // namespace

TEST_CASE("observer: names") {
    CHECK(quantize::observer_named("minmax") == observer::minmax);
    CHECK(quantize::observer_named("percentile") == observer::percentile);
    CHECK(quantize::observer_named("mse") == observer::mse);
    CHECK(quantize::observer_named("entropy") == observer::entropy);
    CHECK(!quantize::observer_named("median"));
}

TEST_CASE("observer: one chunk, many chunks and the reverse order give one range") {
    auto x = stream(6000);
    for (const auto kind : all) {
        range_observer whole({.kind = kind});
        whole.observe(x);
        range_observer singles({.kind = kind});
        for (std::size_t i = x.size(); i-- > 0;)
            singles.observe({x.data() + i, 1});
        CHECK(whole.affine_range() == singles.affine_range());
        CHECK(whole.symmetric_largest(127) == singles.symmetric_largest(127));
    }
}

TEST_CASE("observer: min-max is exact; the others stay inside it") {
    const auto x = stream(6000);
    range_observer minmax;
    minmax.observe(x);
    const auto full = minmax.affine_range();
    CHECK(full.low == *std::min_element(x.begin(), x.end()));
    CHECK(full.high == *std::max_element(x.begin(), x.end()));
    for (const auto kind : all) {
        range_observer o({.kind = kind});
        o.observe(x);
        const auto r = o.affine_range();
        CHECK(r.low >= full.low);
        CHECK(r.high <= full.high);
        CHECK(r.low <= 0.f);
        CHECK(r.high > 0.f);
        CHECK((kind != observer::minmax || r == full));
    }
}

TEST_CASE("observer: nothing seen, or only zeros, is the empty range") {
    for (const auto kind : all) {
        range_observer o({.kind = kind});
        CHECK(o.affine_range() == quantize::range{});
        const float zeros[] = {0.f, -0.f};
        o.observe(zeros);
        CHECK(o.affine_range() == quantize::range{});
        CHECK(o.symmetric_largest(127) == 0.f);
        CHECK(o.finite());
    }
}

TEST_CASE("observer: NaN and infinity are noticed") {
    for (const auto kind : all)
        for (const float bad :
             {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(),
              -std::numeric_limits<float>::infinity()}) {
            range_observer o({.kind = kind});
            const float x[] = {1.f, bad, 2.f};
            o.observe(x);
            CHECK(!o.finite());
        }
}
