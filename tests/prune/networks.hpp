// SPDX-License-Identifier: MIT
#ifndef PITH_TESTS_PRUNE_NETWORKS_HPP
#define PITH_TESTS_PRUNE_NETWORKS_HPP
/// Random networks in which channels depend on each other in every known way, and what pruning leaves of one.

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include <pith/base/random.hpp>
#include <pith/graph/builder.hpp>
#include <pith/graph/evaluate.hpp>
#include <pith/graph/samples.hpp>
#include <pith/prune/group_weights.hpp>
#include <pith/prune/keep_channels.hpp>

#include "support/layers.hpp"

namespace pith::test {

using builder = graph_builder<double>;

/// A step of a network that is made at random: image to image.
struct random_step {
    builder& b;
    random_bits& bits;

    [[nodiscard]] std::int64_t channels(value_id x) { return b[x].dims[3]; }
    value_id conv(value_id x, std::int64_t out, std::uint32_t groups = 1) {
        const bool wide = bits.below(2) == 0;
        const std::int64_t k = wide ? 3 : 1;
        const std::uint32_t pad = wide ? 1 : 0;
        return b.conv(x, {.out = out,
                          .kernel = {k, k},
                          .pads = {pad, pad, pad, pad},
                          .groups = groups,
                          .bias = bits.below(3) != 0});
    }
    value_id some_conv(value_id x) { return conv(x, 2 + bits.below(7)); }
    value_id residual(value_id x) {
        const auto inner = b.relu(some_conv(x));
        return b.relu(b.add(conv(inner, channels(x)), x));
    }
    /// The shortcut without weights: every second pixel, channels of zeros around.
    value_id shortcut(value_id x) {
        const std::int64_t c = channels(x);
        const shape& d = b[x].dims;
        const std::int64_t more = 1 + bits.below(3);
        const auto taken =
            b.add_node(slice{{0, 0, 0, 0}, {1, (d[1] + 1) / 2, (d[2] + 1) / 2, -1}, {1, 2, 2, 1}}, {x});
        const auto padded = b.add_node(pad{{0, 0, 0, more}, {0, 0, 0, more}}, {taken});
        const auto branch = b.conv(x, {.out = c + 2 * more, .strides = {2, 2}, .pads = {1, 1, 1, 1}});
        return b.relu(b.add(branch, padded));
    }
    value_id join(value_id x) {
        const auto left = b.relu(some_conv(x));
        const auto right = bits.below(2) == 0 ? x : b.normalize(some_conv(x));
        return b.add_node(concat{3}, {left, right});
    }
    value_id part(value_id x) {
        const std::int64_t c = channels(x);
        if (c < 2)
            return some_conv(x);
        const std::int64_t first = 1 + bits.below(static_cast<std::uint64_t>(c - 1));
        const auto parts = b.node_of(split{3, {first, c - first}}, {x});
        return b.add_node(concat{3}, {b.relu(conv(parts[1], 3)), parts[0]});
    }
    value_id crop(value_id x) {
        const std::int64_t c = channels(x);
        if (c < 3)
            return x;
        if (bits.below(2) == 0)
            return b.add_node(pad{{0, 0, 0, -1}, {0, 0, 0, bits.below(2) == 0 ? -1 : 2}}, {x});
        const std::int64_t step = bits.below(4) == 0 ? 2 : 1;
        return b.add_node(slice{{0, 0, 0, 1}, {-1, -1, -1, (c - 1) / step}, {1, 1, 1, step}}, {x});
    }
    value_id grouped(value_id x) {
        const auto even = conv(x, 2 * (1 + static_cast<std::int64_t>(bits.below(4))));
        return conv(b.relu(even), 2 * (1 + static_cast<std::int64_t>(bits.below(4))), 2);
    }
    /// Channels weighed by a gate that sees the whole image.
    value_id gate(value_id x) {
        const auto seen = b.relu(b.conv(b.global_average(x), {.out = 3, .kernel = {1, 1}}));
        const auto weight =
            b.activate(b.conv(seen, {.out = channels(x), .kernel = {1, 1}}), {unary_op::sigmoid});
        return b.combine(binary_op::mul, x, weight);
    }
    /// Pixels weighed by a map of one channel.
    value_id spotlight(value_id x) {
        const auto map = b.activate(b.conv(x, {.out = 1, .kernel = {1, 1}}), {unary_op::sigmoid});
        return b.combine(binary_op::mul, x, map);
    }
    value_id scaled(value_id x) {
        const std::int64_t c = channels(x);
        const auto by = b.random(bits.below(2) == 0 ? shape{c} : shape{1}, 1.);
        return b.combine(bits.below(2) == 0 ? binary_op::add : binary_op::prelu, x, by);
    }
    value_id heads(value_id x) {
        const shape d = b[x].dims;
        if (d[3] % 2 != 0)
            return x;
        const auto apart = b.add_node(reshape{{0, d[1], d[2], 2, d[3] / 2}}, {x});
        return b.add_node(reshape{{0, d[1], d[2], d[3]}}, {b.relu(apart)});
    }
    value_id operator()(value_id x) {
        switch (bits.below(15)) {
        case 0:
            return residual(x);
        case 1:
            return shortcut(x);
        case 2:
            return join(x);
        case 3:
            return part(x);
        case 4:
            return crop(x);
        case 5:
            return grouped(x);
        case 6:
            return gate(x);
        case 7:
            return spotlight(x);
        case 8:
            return scaled(x);
        case 9:
            return b.relu(b.depthwise(some_conv(x)));
        case 10:
            return b.relu(conv(x, 2 * channels(x), static_cast<std::uint32_t>(channels(x))));
        case 11:
            return heads(some_conv(x));
        case 12:
            return b.max_pool(some_conv(x), b[x].dims[1] > 1 ? 1 + bits.below(2) : 1);
        case 13:
            return b.add_node(transpose{{0, 2, 1, 3}}, {some_conv(x)});
        default:
            return b.clip(b.normalize(some_conv(x)), -1., 1.);
        }
    }
};

inline graph<double> random_network(std::uint64_t seed) {
    random_bits bits(seed);
    builder b(seed);
    const auto size = 4 + static_cast<std::int64_t>(bits.below(3));
    value_id x = b.input({1, size, size, 1 + static_cast<std::int64_t>(bits.below(3))});
    random_step step{b, bits};
    x = b.relu(step.some_conv(x));
    for (std::size_t steps = 1 + bits.below(6); steps > 0; --steps)
        x = step(x);
    const value_id middle = x;
    std::vector<value_id> outputs;
    if (bits.below(3) == 0)
        x = b.add_node(reduce{reduce_op::mean, {1, 2}, false}, {x});
    else if (bits.below(2) == 0)
        x = b.flatten(b.global_average(x));
    else
        x = b.flatten(x);
    x = b.relu(b.fully_connected(x, 5));
    outputs.push_back(bits.below(2) == 0 ? b.fully_connected(x, 4) : b.soft_max(b.fully_connected(x, 4)));
    if (bits.below(5) == 0)
        outputs.push_back(middle);
    auto g = std::move(b).finish(outputs);
    REQUIRE(g.has_value());
    return *std::move(g);
}

inline any_tensors<double> random_inputs(const graph<double>& g, std::uint64_t seed) {
    random_bits bits(seed);
    any_tensors<double> in;
    for (const auto id : g.inputs)
        in.emplace_back(tests::random_tensor<double>(g[id].dims, bits));
    return in;
}

inline sample_source samples_for(const graph<double>& g) {
    return [g](std::size_t i) {
        any_tensors<float> in;
        for (const auto& t : random_inputs(g, 1000 + i)) {
            const auto& x = std::get<tensor<double>>(t);
            in.emplace_back(tensor<float>(x.dims(), {x.data().begin(), x.data().end()}));
        }
        return std::optional(in);
    };
}

/// The network in which the weights that meet channels that go are zero: the oracle of pruning.
inline graph<double> masked(graph<double> g, const prune::kept_of_values& kept) {
    for (auto& n : g.nodes) {
        if (!reads_rows(n) || !prune::detail::loses(kept[n.inputs[0]]) || prune::detail::filters_each(g, n))
            continue;
        auto& w = *g[n.inputs[1]].reals();
        const auto columns = static_cast<std::size_t>(w.dims().back());
        for (std::size_t i = 0; i < w.size(); ++i)
            if (!kept[n.inputs[0]][i % columns]) // of groups, each loses the same
                w[i] = 0;
    }
    return g;
}

/// Greatest difference between the outputs of two networks, relative to the greatest output.
inline double difference_of(const graph<double>& a, const graph<double>& b, std::uint64_t seed = 5) {
    const auto x = evaluate(a, random_inputs(a, seed));
    const auto y = evaluate(b, random_inputs(b, seed));
    REQUIRE(x.has_value());
    REQUIRE_MESSAGE(y.has_value(), (y ? "" : y.error().what));
    REQUIRE(x->size() == y->size());
    double worst = 0;
    double most = 1e-3;
    for (std::size_t i = 0; i < x->size(); ++i) {
        const auto& p = std::get<0>((*x)[i]);
        const auto& q = std::get<0>((*y)[i]);
        REQUIRE(p.dims() == q.dims());
        for (std::size_t k = 0; k < p.size(); ++k) {
            worst = std::fmax(worst, std::fabs(p[k] - q[k]));
            most = std::fmax(most, std::fabs(p[k]));
        }
    }
    return worst / most;
}

} // namespace pith::test

#endif
