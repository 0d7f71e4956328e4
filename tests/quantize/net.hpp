// SPDX-License-Identifier: MIT
#ifndef PITH_TESTS_QUANTIZE_NET_HPP
#define PITH_TESTS_QUANTIZE_NET_HPP
/// Small networks with random weights, and random samples for them.

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <pith/base/random.hpp>
#include <pith/graph/evaluate.hpp>
#include <pith/graph/graph.hpp>
#include <pith/graph/infer.hpp>
#include <pith/quantize/post_training.hpp>

namespace pith::test {

inline tensor<float> random_tensor(shape dims, std::uint64_t seed, float low = -1.f, float high = 1.f) {
    random_bits random(seed);
    tensor<float> t(dims);
    for (auto& v : t.data())
        v = low + (high - low) * random.unit();
    return t;
}

/// A network under construction.
struct net {
    graph<float> g;
    std::uint64_t seed = 100;

    value_id input(shape dims) {
        value<float> v;
        v.name = "input";
        v.dims = dims;
        g.inputs.push_back(g.add_value(std::move(v)));
        g.input_layouts.emplace_back();
        return g.inputs.back();
    }
    value_id constant(tensor<float> t) {
        value<float> v;
        v.dims = t.dims();
        v.constant = std::move(t);
        return g.add_value(std::move(v));
    }
    value_id add(const std::string& name, layer_list::any layer, std::vector<value_id> inputs) {
        value<float> v;
        v.name = name;
        const value_id out = g.add_value(std::move(v));
        g.nodes.push_back({name, std::move(layer), std::move(inputs), {out}});
        REQUIRE(infer_shapes(g));
        return out;
    }
    value_id conv(const std::string& name, value_id x, std::int64_t out, std::int64_t kernel = 3) {
        const auto pad = static_cast<std::uint32_t>(kernel / 2);
        const auto w = constant(random_tensor({out, kernel, kernel, g[x].dims[3]}, ++seed, -0.4f, 0.4f));
        const auto b = constant(random_tensor({out}, ++seed, -0.2f, 0.2f));
        return add(name, conv2d{.pads = {pad, pad, pad, pad}}, {x, w, b});
    }
    value_id relu(const std::string& name, value_id x) { return add(name, unary{.op = unary_op::relu}, {x}); }
    value_id dense_layer(const std::string& name, value_id x, std::int64_t out) {
        const auto w = constant(random_tensor({out, g[x].dims.back()}, ++seed));
        const auto b = constant(random_tensor({out}, ++seed));
        return add(name, dense{}, {x, w, b});
    }
    graph<float> finish(value_id out) {
        g.outputs = {out};
        g.output_layouts.resize(1);
        return g;
    }
};

/// conv relu pool conv add relu average reshape dense softmax, with a residual around the second conv.
inline graph<float> residual_net() {
    net n;
    const auto x = n.input({1, 8, 8, 3});
    const auto first = n.relu("relu1", n.conv("conv1", x, 8));
    const auto pooled = n.add("pool", pool2d{.kernel = {2, 2}, .strides = {2, 2}}, {first});
    const auto second = n.conv("conv2", pooled, 8);
    const auto sum = n.relu("relu2", n.add("add", binary{}, {second, pooled}));
    const auto mean = n.add("mean", pool2d{.op = pool_op::average, .global = true}, {sum});
    const auto flat = n.add("flat", reshape{{0, -1}}, {mean});
    const auto logits = n.dense_layer("dense", flat, 5);
    return n.finish(n.add("softmax", softmax{.axis = 1}, {logits}));
}

inline any_tensors<float> sample(const graph<float>& g, std::uint64_t seed) {
    any_tensors<float> in;
    for (const auto id : g.inputs)
        in.emplace_back(random_tensor(g[id].dims, seed));
    return in;
}

inline quantize::sample_source samples_for(const graph<float>& g) {
    return [g](std::size_t i) { return std::optional(sample(g, 1000 + i)); };
}

/// @pre there is such a value
inline const value<float>& named(const graph<float>& g, const std::string& name) {
    for (const auto& v : g.values)
        if (v.name == name)
            return v;
    FAIL("no value " << name);
    return g.values[0];
}

} // namespace pith::test

#endif
