// SPDX-License-Identifier: MIT
#include "pith/prune/taylor.hpp"

#include <cmath>
#include <numeric>

#include <pith/prune/channels.hpp>

#include "networks.hpp"
#include "support/compiled.hpp"

using namespace pith;
using namespace pith::prune;

namespace {

/// Noise in three classes.
struct noise {
    shape extent{4, 4, 2};

    [[nodiscard]] std::size_t size() const { return 8; }
    [[nodiscard]] std::int32_t label(std::size_t i) const { return static_cast<std::int32_t>(i % 3); }
    [[nodiscard]] const shape& dims() const { return extent; }
    void image(std::size_t i, std::span<float> out) const {
        random_bits bits(i + 1);
        for (float& v : out)
            v = 2 * bits.unit() - 1;
    }
};

graph<double> classifier() {
    test::builder b(3);
    const auto x = b.input({1, 4, 4, 2});
    const auto wide = b.relu(b.conv(x, {.out = 6, .kernel = {3, 3}, .pads = {1, 1, 1, 1}}));
    return *std::move(b).finish({b.fully_connected(b.flatten(b.global_average(wide)), 3)});
}

/// The loss on all of the noise.
double loss_of(const graph<double>& g) {
    auto t = train::trainer<double>::make(g, {.tape = {.batch = 8}});
    REQUIRE(t.has_value());
    std::vector<std::uint32_t> all(8);
    std::iota(all.begin(), all.end(), 0u);
    const auto s = t->differentiate(noise{}, all, train::on_labels<>{});
    REQUIRE(s.has_value());
    return s->loss;
}

const taylor_options one_batch{.batch = 8, .batches = 4, .seed = 1};

} // namespace

static_assert(channel_criterion<taylor>);

TEST_CASE("taylor: a channel's score is the square of what the loss changes by as the channel fades") {
    const auto g = classifier();
    const auto criterion = taylor::of(g, noise{}, train::on_labels<>{}, one_batch);
    REQUIRE(criterion.has_value());
    const auto groups = find_channel_groups(g);
    REQUIRE(groups.has_value());
    const auto scores = (*criterion)(weights_of(g, uses_of(g), (*groups)[0]));
    REQUIRE(scores.has_value());
    REQUIRE(scores->size() == 6);
    const double step = 1e-5;
    for (std::size_t u = 0; u < 6; ++u) {
        const auto faded = [&](double by) {
            auto f = g;
            auto& w = *f[f.nodes[0].inputs[1]].reals();
            for (std::size_t i = u * w.size() / 6; i < (u + 1) * w.size() / 6; ++i)
                w[i] *= 1 + by;
            return loss_of(f);
        };
        const double slope = (faded(step) - faded(-step)) / (2 * step);
        CHECK((*scores)[u] == doctest::Approx(slope * slope).epsilon(1e-4));
    }
}

TEST_CASE("taylor: channels are removed by it, and another network's gradients are refused") {
    const auto g = classifier();
    const auto criterion = taylor::of(g, noise{}, train::on_labels<>{}, one_batch);
    REQUIRE(criterion.has_value());
    std::vector<channel_outcome> outcomes;
    REQUIRE(channels{.criterion = *criterion, .remove = 0.5f, .multiple_of = 1}(g, outcomes));
    CHECK(outcomes[0].removed == 3);
    const auto other = test::random_network(2);
    REQUIRE(channels{.criterion = *criterion, .remove = 0.5f, .multiple_of = 1}(other, outcomes));
    for (const auto& o : outcomes)
        CHECK(o.removed == 0);
}

TEST_CASE("taylor: too few samples for a batch are refused") {
    const auto criterion = taylor::of(classifier(), noise{}, train::on_labels<>{}, {.batch = 9});
    REQUIRE_FALSE(criterion.has_value());
    CHECK(criterion.error().code == errc::missing);
}
