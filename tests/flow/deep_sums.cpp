// SPDX-License-Identifier: MIT
// Layers whose sums of codes leave int32: simulation and program still agree bit for bit, and are right.
#include <cmath>
#include <cstring>
#include <functional>

#include "networks.hpp"
#include "pith/graph/quantized.hpp"
#include "pith/graph/simulate.hpp"
#include "pith/plan/explain.hpp"
#include "support/compiled.hpp"

namespace {

using namespace pith;

void encode(flow::network& g, value_id v, float scale, std::int32_t zero = 0) {
    g[v].encoded = encoding::per_tensor({.scale = scale, .zero = zero});
}
void encode_weights(flow::network& g, std::size_t node, encoding e) {
    g[g.nodes[node].inputs[1]].encoded = std::move(e);
}
void fill(flow::network& g, std::size_t node, std::size_t input, float with) {
    for (auto& e : g[g.nodes[node].inputs[input]].reals()->data())
        e = with;
}

/// What the simulation gives, after a comparison of the program with it by every kernel set. Real values must
/// have its bits too.
tensor<float> answer(const flow::network& g, const flow::inputs& in, bool same_reals = true) {
    for (const bool fuse : {true, false}) {
        const auto p = flow::pack(g, {.fuse = fuse});
        for (const auto isa : flow::levels()) {
            const auto c = flow::compare(g, p, in, isa);
            CHECK(c.codes + c.reals > 0);
            if (same_reals)
                CHECK(c.worst == 0);
        }
    }
    const auto y = simulate(g, in);
    REQUIRE(y);
    return std::get<tensor<float>>((*y)[0]);
}

flow::inputs constant(const shape& dims, float v) {
    return {tensor<float>(dims, v)};
}

void check_all(const tensor<float>& y, float expected, float tolerance) {
    for (const float e : y.data())
        CHECK(std::abs(e - expected) <= tolerance);
}

/// x [1, depth] -> relu(dense), all weights 1, so the sum is depth * x.
flow::network all_ones(std::int64_t depth, bool coded, encoding weights) {
    graph_builder<float> b(1);
    const auto x = b.input({1, depth});
    const auto d = b.fully_connected(x, 3);
    const auto y = coded ? b.relu(d) : d;
    auto g = flow::finish(std::move(b), {y});
    encode(g, x, 1.f / 255.f);
    fill(g, 0, 1, 1.f);
    fill(g, 0, 2, 0.25f);
    encode_weights(g, 0, std::move(weights));
    if (coded)
        encode(g, y, static_cast<float>(depth) / 250.f, 3);
    return g;
}

const encoding bytes{format::affine_codes{.lowest = -127, .highest = 127}, {1.f / 127.f}};
const encoding signs{format::codebook{{-127, 127}, 2}, {1.f / 127.f}};

} // namespace

TEST_CASE("deep sums: extreme codes, past the depth that int32 holds") {
    for (const std::int64_t depth : {66310, 66312, 70001, 150000})
        for (const auto& weights : {bytes, signs})
            for (const bool coded : {true, false}) {
                CAPTURE(depth);
                CAPTURE(coded);
                const auto g = all_ones(depth, coded, weights);
                const auto how = executions_of(g)[0];
                CHECK(how.how == execution::integer);
                CHECK(how.parts.size() == (depth > 140000 ? 3U : depth > 66311 ? 2U : 0U));
                const auto sum = static_cast<float>(depth);
                check_all(answer(g, constant({1, depth}, 1.f)), sum + 0.25f,
                          coded ? sum / 250.f : sum * 1e-6f);
                answer(g, flow::random_inputs(g, 3));
            }
}

TEST_CASE("deep sums: the mean of a flattened image") {
    for (const bool coded : {true, false}) {
        graph_builder<float> b(1);
        const auto x = b.input({1, 224, 224, 3});
        const auto f = b.flatten(x);
        const auto y = b.fully_connected(f, 1);
        auto g = flow::finish(std::move(b), {y});
        constexpr float share = 1.f / (3 * 224 * 224);
        fill(g, 1, 1, share);
        fill(g, 1, 2, 0.f);
        for (const auto v : {x, f})
            encode(g, v, 1.f / 255.f);
        encode_weights(g, 1, {bytes.element, {share / 127.f}});
        if (coded)
            encode(g, y, 1.f / 255.f);
        const auto choices = plan::explain(g);
        REQUIRE(choices);
        CHECK((*choices)[1].how == plan::fate::codes);
        CHECK((*choices)[1].sums.find("0 to 4874849280, do not fit in int32: 3 parts") != std::string::npos);
        check_all(answer(g, constant({1, 224, 224, 3}, 0.7f)), 0.7f, 1.f / 255.f);
    }
}

TEST_CASE("deep sums: convolutions with padding, an addition and an activation behind them") {
    graph_builder<float> b(2);
    const auto x = b.input({2, 3, 2, 8000});
    const auto c = b.conv(x, {.out = 5, .pads = {1, 1, 1, 1}});
    const auto side = b.conv(x, {.out = 5, .kernel = {1, 1}});
    const auto y = b.relu(b.add(c, side));
    auto g = flow::finish(std::move(b), {y});
    encode(g, x, 1.f / 255.f, 7);
    encode(g, c, 400.f, 2);
    encode(g, side, 40.f, 100);
    encode(g, y, 500.f, 9);
    fill(g, 0, 1, -1.f);
    for (const std::size_t node : {std::size_t{0}, std::size_t{1}})
        encode_weights(g, node, bytes);
    CHECK(executions_of(g)[0].parts.size() == 2);
    answer(g, flow::random_inputs(g, 4));
    answer(g, constant({2, 3, 2, 8000}, 1.f));
    fill(g, 0, 1, 1.f);
    const auto sums = answer(g, constant({2, 3, 2, 8000}, 0.97f));
    CHECK(std::abs(sums[0] - 4 * 8000 * 0.97f) < 1000.f);
}

TEST_CASE("deep sums: a bias that int32 holds, but not with the sum") {
    for (const std::uint32_t groups : {1U, 2U, 4U})
        for (const std::uint8_t bits : {std::uint8_t{8}, std::uint8_t{3}}) {
            CAPTURE(groups);
            graph_builder<float> b(3);
            const auto x = b.input({1, 4, 4, 4});
            const auto y = b.conv(x, {.out = 4, .pads = {1, 1, 1, 1}, .groups = groups});
            auto g = flow::finish(std::move(b), {y});
            const float unit = 1.f / 255.f / 127.f;
            encode(g, x, 1.f / 255.f, 128);
            encode(g, y, 2147483647.f * unit / 200.f, 2);
            fill(g, 0, 1, 1.f);
            fill(g, 0, 2, 2147483647.f * unit);
            encode_weights(g, 0, {format::affine_codes{0, bits == 8 ? -127 : 120, 127}, {1.f / 127.f}});
            const auto how = executions_of(g)[0];
            CHECK(how.parts.size() == (groups == 4 ? 0U : 1U));
            CHECK((how.how == execution::real) == (groups == 4));
            const auto in = constant({1, 4, 4, 4}, 0.49f);
            check_all(answer(g, in, groups != 4), 2147483647.f * unit, 2147483647.f * unit / 200.f);
        }
}

TEST_CASE("deep sums: the mean of more pixels than int32 holds codes") {
    graph_builder<float> b(1);
    const shape dims{1, 2902, 2903, 1};
    const auto x = b.input(dims);
    const auto y = b.global_average(x);
    auto g = flow::finish(std::move(b), {y});
    encode(g, x, 1.f / 255.f);
    encode(g, y, 1.f / 255.f);
    const auto choices = plan::explain(g);
    REQUIRE(choices);
    CHECK((*choices)[0].how == plan::fate::reals);
    CHECK((*choices)[0].sums.find("0 to 2148249030, do not fit in int32") != std::string::npos);
    check_all(answer(g, constant(dims, 1.f)), 1.f, 0.f);
    check_all(answer(g, constant(dims, 0.7f)), 0.7f, 0.5f / 255.f + 1e-6f);
}
