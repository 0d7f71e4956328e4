// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>
#include <pith/base/random.hpp>
#include <pith/graph/builder.hpp>
#include <pith/graph/evaluate.hpp>
#include <pith/quantize/positive_norms.hpp>

#include "support/compiled.hpp"

using namespace pith;

TEST_CASE("positive norms: the same function, with no negative scale behind a layer") {
    graph_builder<double> b(3);
    const auto image = b.input({1, 5, 5, 2});
    const auto x = b.normalize(b.conv(image, {.out = 4}));
    auto g = std::move(b).finish({b.normalize(b.fully_connected(b.flatten(x), 3))});
    REQUIRE(g);
    random_bits bits(5);
    for (auto& n : g->nodes)
        if (std::holds_alternative<batch_norm>(n.layer))
            for (std::size_t i = 1; i < 5; ++i)
                for (auto& e : g->values[n.inputs[i]].reals()->data())
                    e = static_cast<double>(bits.unit()) * 2 - (i == 4 ? 0 : 1);
    tensor<double> in({1, 5, 5, 2});
    for (auto& e : in.data())
        e = static_cast<double>(bits.unit());
    const any_tensor<double> inputs[] = {in};
    const auto before = *evaluate(*g, inputs);
    quantize::make_norms_positive(*g);
    const auto after = *evaluate(*g, inputs);
    for (std::size_t i = 0; i < 3; ++i)
        CHECK(std::get<0>(after[0])[i] == doctest::Approx(std::get<0>(before[0])[i]).epsilon(1e-12));
    for (const auto& n : g->nodes)
        if (std::holds_alternative<batch_norm>(n.layer))
            for (const auto e : g->values[n.inputs[1]].reals()->data())
                CHECK(e >= 0);
}
