// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

#include <pith/base/random.hpp>
#include <pith/graph/builder.hpp>
#include <pith/search/weight_bits.hpp>

using namespace pith;

namespace {

/// A wide layer that hardly matters, since the layer behind it multiplies it by little, beside one that does.
graph<float> uneven_network() {
    graph_builder<float> b(5);
    const auto x = b.input({1, 32}, "x");
    const auto wide = b.relu(b.fully_connected(x, 64));
    const auto narrow = b.relu(b.fully_connected(wide, 32));
    return *std::move(b).finish({b.fully_connected(narrow, 8)});
}

sample_source noise(std::size_t count) {
    std::vector<any_tensors<float>> list;
    random_bits random(11);
    for (std::size_t i = 0; i < count; ++i) {
        tensor<float> t(shape{1, 32});
        for (auto& v : t.data())
            v = random.unit();
        list.push_back({t});
    }
    return samples_from(std::move(list));
}

std::size_t packed_bytes(const graph<float>& g, std::uint8_t bits) {
    search::bit_plan plan;
    for (const auto& n : g.nodes)
        if (has_weights(n.layer))
            plan.push_back({n.name, bits});
    const auto coded = search::follow_plan{plan, {.calibration = noise(64), .samples = 32}}(g);
    REQUIRE(coded);
    return plan::pack(*coded)->size();
}

} // namespace

TEST_CASE(
    "weight_bits: the budget holds, more bytes never lose more, and a plan gives the same bytes again") {
    const auto g = uneven_network();
    search::weight_bits search{
        .options = {.calibration = noise(64), .samples = 32}, .widths = {2, 4, 8}, .judged = 32};
    const std::size_t least = packed_bytes(g, 2), most = packed_bytes(g, 8);
    REQUIRE(least < most);
    double last = 1e9;
    for (const std::size_t budget : {least, (least + most) / 2, most}) {
        search.bytes = budget;
        std::size_t told = 0;
        const auto plans = search(g, [&](const search::measured_choice& c) {
            ++told;
            CHECK(c.bytes < 0);
            CHECK(c.loss >= 0);
        });
        REQUIRE(plans);
        CHECK(told == 6); // three layers, two widths
        REQUIRE_FALSE(plans->empty());
        const auto& best = plans->front();
        CHECK(best.bytes <= budget);
        CHECK(best.loss < last * 1.01);
        last = best.loss;
        const auto again = search::follow_plan{best.plan, search.options}(g);
        REQUIRE(again);
        const auto program = plan::pack(*again);
        REQUIRE(program);
        CHECK(program->size() == best.bytes);
        CHECK(*program == *plan::pack(*search::follow_plan{best.plan, search.options}(g)));
    }
}

TEST_CASE("weight_bits: budgets, widths and layers that cannot be are refused with the numbers") {
    const auto g = uneven_network();
    search::weight_bits search{
        .options = {.calibration = noise(16), .samples = 8}, .bytes = 100, .widths = {2}, .judged = 4};
    const auto quiet = [](const search::measured_choice&) {};
    const auto small = search(g, quiet);
    REQUIRE_FALSE(small);
    CHECK(small.error().code == errc::no_memory);
    CHECK(std::string(small.error().where).find("of 100") != std::string::npos);
    search.widths = {9};
    CHECK(search(g, quiet).error().code == errc::bad_option);
    const auto missing = search::follow_plan{{{"nowhere", 4}}, search.options}(g);
    REQUIRE_FALSE(missing);
    CHECK(std::string(missing.error().where) == "nowhere");
}
