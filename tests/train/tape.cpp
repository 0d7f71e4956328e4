// SPDX-License-Identifier: MIT
#include <algorithm>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>
#include <pith/graph/evaluate.hpp>
#include <pith/train/models.hpp>
#include <pith/train/tape.hpp>

#include "layer_check.hpp"
#include "support/compiled.hpp"

namespace {

using namespace pith;

/// Convolutions of every kind with normalisations between them, so that each does the others' work.
result<graph<double>> chained_net() {
    tests::net b;
    auto x = b.input({3, 6, 5, 2});
    x = b.relu(b.normalize(b.conv(x, {.out = 5, .pads = {1, 1, 1, 1}}))); // with a bias
    auto depthwise = train::detail::three_by_three(5, 2);
    depthwise.groups = 5;
    x = train::detail::conv_norm(b, x, depthwise);
    x = train::detail::conv_norm(b, x, train::detail::pointwise(4));
    auto grouped = train::detail::three_by_three(4);
    grouped.groups = 2;
    auto y = train::detail::conv_norm(b, x, grouped, false);
    y = train::detail::conv_norm(b, y, train::detail::three_by_three(4), false);
    x = b.relu(b.add(y, x));
    auto z = train::detail::conv_norm(b, x, train::detail::three_by_three(6, 2));
    z = train::detail::conv_norm(b, z, train::detail::three_by_three(6), false);
    x = b.relu(b.add(train::detail::conv_norm(b, x, train::detail::pointwise(6, 2), false), z));
    return std::move(b).finish({b.fully_connected(b.flatten(b.global_average(x)), 3)});
}

/// The same network to any scalar.
std::vector<double> outputs_of(train::tape<double>& tape, bool training) {
    tape.train(training);
    random_bits bits(3);
    for (auto& e : tape.input())
        e = static_cast<double>(bits.unit());
    REQUIRE(tape.forward());
    return {tape.output().begin(), tape.output().end()};
}

} // namespace

TEST_CASE("tape: gradients of a network whose convolutions work for the normalisations between them") {
    for (const bool training : {false, true})
        for (const bool fuse : {false, true})
            CHECK(tests::error_of(chained_net(), {.training = training, .fuse = fuse, .step = 1e-5}) < 1e-6);
}

TEST_CASE("tape: with running statistics it computes what the graph computes, fused and not") {
    const auto g = *chained_net();
    for (const bool fuse : {false, true}) {
        auto tape = *train::tape<double>::make(g, {.batch = 3, .fuse = fuse});
        const auto y = outputs_of(tape, false);
        tensor<double> x(tape.input_dims());
        std::copy(tape.input().begin(), tape.input().end(), x.data().begin());
        const any_tensor<double> in[] = {x};
        const auto out = *evaluate(g, in);
        const auto& expected = std::get<0>(out[0]);
        for (std::size_t i = 0; i < y.size(); ++i)
            CHECK(y[i] == doctest::Approx(expected[i]).epsilon(1e-9));
    }
}

TEST_CASE("tape: fused and plain networks give the same outputs and running statistics in training") {
    const auto g = *chained_net();
    auto fused = *train::tape<double>::make(g, {.batch = 3, .fuse = true});
    auto plain = *train::tape<double>::make(g, {.batch = 3, .fuse = false});
    const auto a = outputs_of(fused, true);
    const auto b = outputs_of(plain, true);
    for (std::size_t i = 0; i < a.size(); ++i)
        CHECK(a[i] == doctest::Approx(b[i]).epsilon(1e-9));
    for (std::size_t i = 0; i < fused.other_constants().size(); ++i)
        CHECK(fused.other_constants()[i] == doctest::Approx(plain.other_constants()[i]).epsilon(1e-9));
    CHECK(fused.working_bytes() < plain.working_bytes());
}

TEST_CASE("tape: gradients share memory, values that are needed do not") {
    auto tape = *train::tape<float>::make(*train::build_model<float>("resnet20"), {.batch = 2});
    std::size_t values = 0;
    const auto g = tape.network();
    for (const auto& n : g.nodes)
        for (const auto id : n.outputs)
            values += static_cast<std::size_t>(2 * g[id].dims.elements()) * sizeof(float);
    CHECK(tape.working_bytes() < values);
}

TEST_CASE("tape: refuses operators that are not computed, by name") {
    graph_builder<float> b;
    opaque unknown;
    unknown.op_type = "Unheard";
    unknown.dims = {shape{2, 4}};
    const auto y = b.add_node(unknown, {b.input({2, 4})});
    const auto made = train::tape<float>::make(*std::move(b).finish({y}), {.batch = 2});
    REQUIRE(!made);
    CHECK(made.error().code == errc::unsupported);
    CHECK(std::string_view(made.error().where).find("Unheard") != std::string_view::npos);
}

TEST_CASE("tape: only the constants asked for are learned") {
    graph_builder<double> b;
    const auto x = b.input({2, 4});
    const auto g = *std::move(b).finish({b.fully_connected(b.fully_connected(x, 3), 2)});
    auto all = train::learned_constants(g);
    CHECK(all.size() == 4);
    auto tape = *train::tape<double>::make(g, {.batch = 2}, {all[2]});
    REQUIRE(tape.parameters().size() == 1);
    CHECK(tape.parameters()[0].value.size() == 6);
    CHECK(tests::error_of(g, {.learned = {all[1], all[2]}}) < 1e-9);
}

TEST_CASE("tape: zeros that sparse weights came with stay through updates, those of others do not") {
    tests::net b;
    const auto x = b.relu(b.fully_connected(b.input({2, 6}), 8));
    auto g = *std::move(b).finish({b.fully_connected(x, 3)});
    for (auto& n : g.nodes)
        if (n.inputs.size() > 1 && g[n.inputs[1]].reals() != nullptr)
            for (std::size_t i = 0; i < g[n.inputs[1]].reals()->size(); i += 2)
                (*g[n.inputs[1]].reals())[i] = 0;
    const value_id sparse = g.nodes[0].inputs[1];
    const value_id dense = g.nodes.back().inputs[1];
    g[sparse].sparsity = format::sparsity::free();
    auto tape = *train::tape<double>::make(g, {.batch = 2});
    for (int step = 0; step < 3; ++step) {
        static_cast<void>(outputs_of(tape, true));
        for (auto& e : tape.output_gradient())
            e = 1;
        tape.backward();
        for (const auto& p : tape.parameters())
            for (std::size_t i = 0; i < p.value.size(); ++i)
                p.value[i] -= 0.1 * p.gradient[i];
        tape.after_update();
    }
    const auto trained = tape.network();
    const auto zeros = [&](value_id id) {
        return std::count(trained[id].reals()->data().begin(), trained[id].reals()->data().end(), 0.);
    };
    CHECK(zeros(sparse) == 24);
    CHECK(zeros(dense) < 12);
    CHECK(trained[sparse].sparsity == format::sparsity::free());
    bool moved = false;
    for (std::size_t i = 1; i < 48; i += 2)
        moved = moved || (*trained[sparse].reals())[i] != (*g[sparse].reals())[i];
    CHECK(moved);
}
