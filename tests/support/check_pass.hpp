// SPDX-License-Identifier: MIT
#ifndef PITH_TESTS_SUPPORT_CHECK_PASS_HPP
#define PITH_TESTS_SUPPORT_CHECK_PASS_HPP
/// A pass on a small network: what it computes must stay.

#include <cstddef>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <pith/graph/builder.hpp>
#include <pith/graph/evaluate.hpp>

#include "layers.hpp"

namespace pith::tests {

using net = graph<double>;

inline std::vector<any_tensor<double>> sample(const net& g) {
    random_bits bits(11);
    std::vector<any_tensor<double>> in;
    for (const auto id : g.inputs)
        in.emplace_back(random_tensor<double>(g[id].dims, bits));
    return in;
}

/// The pass leaves what the network computes, up to rounding, and as many nodes as expected.
template <class Pass>
net check_pass(graph_builder<double> b, std::vector<value_id> outputs, const Pass& pass, std::size_t nodes) {
    const auto g = std::move(b).finish(std::move(outputs));
    REQUIRE(g.has_value());
    const auto before = evaluate(*g, sample(*g));
    auto changed = pass(*g);
    REQUIRE(changed.has_value());
    CHECK(changed->nodes.size() == nodes);
    const auto after = evaluate(*changed, sample(*changed));
    REQUIRE(before.has_value());
    REQUIRE(after.has_value());
    REQUIRE(before->size() == after->size());
    for (std::size_t i = 0; i < after->size(); ++i) {
        CHECK(difference(std::get<0>((*before)[i]), std::get<0>((*after)[i])) < 1e-12);
        CHECK((*g)[g->outputs[i]].name == (*changed)[changed->outputs[i]].name);
    }
    return std::move(*changed);
}

} // namespace pith::tests

#endif
