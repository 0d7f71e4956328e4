// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_BUILDER_HPP
#define PITH_GRAPH_BUILDER_HPP
/// Networks made by hand: each call adds a node and gives its output.

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "../base/random.hpp"
#include "../base/result.hpp"
#include "graph.hpp"
#include "infer.hpp"
#include "value_info.hpp"

namespace pith {

struct conv_options {
    std::int64_t out = 1;
    std::array<std::int64_t, 2> kernel{3, 3};
    std::array<std::uint32_t, 2> strides{1, 1};
    std::array<std::uint32_t, 4> pads{0, 0, 0, 0}; ///< top, left, bottom, right
    std::array<std::uint32_t, 2> dilations{1, 1};
    std::uint32_t groups = 1;
    bool bias = true;
};

/// A graph under construction. Weights that are not given are random, from one seed. After a mistake every
/// call gives no_value, and finish() gives the fault.
template <class T = float, class Layers = layer_list>
class graph_builder {
    static_assert(sizeof(typename Layers::template each<detail::checked_layer>) != 0);

public:
    explicit graph_builder(std::uint64_t seed = 1) : random_(seed) {}

    value_id input(shape dims, std::string name = "input") {
        const value_id id = named(std::move(name), dims);
        net_.inputs.push_back(id);
        net_.input_layouts.emplace_back();
        return id;
    }

    value_id constant(tensor<T> elements, std::string name = "constant") {
        const value_id id = named(std::move(name), elements.dims());
        net_[id].constant = std::move(elements);
        return id;
    }

    value_id indices(tensor<std::int64_t> elements, std::string name = "indices") {
        const value_id id = named(std::move(name), elements.dims());
        net_[id].type = format::dtype::i64;
        net_[id].constant = std::move(elements);
        return id;
    }

    /// Uniform random numbers in [-limit, limit].
    value_id random(shape dims, double limit, std::string name = "weights") {
        tensor<T> w(dims);
        for (auto& v : w.data())
            v = static_cast<T>((static_cast<double>(random_.unit()) * 2 - 1) * limit);
        return constant(std::move(w), std::move(name));
    }

    /// Any layer; all its outputs.
    template <class Layer>
    std::vector<value_id> node_of(Layer layer, const std::vector<value_id>& inputs) {
        node<Layers> n{
            std::string(kind_of(layer)) + std::to_string(net_.nodes.size()), std::move(layer), inputs, {}};
        const auto infos = failed_ ? result<value_infos>(fault_) : infer_node(net_, n);
        if (!infos) {
            fault_ = failed_ ? fault_ : infos.error();
            failed_ = true;
            return {no_value};
        }
        for (const auto& info : *infos) {
            const value_id id = named(n.name, info.dims);
            net_[id].type = info.type;
            n.outputs.push_back(id);
        }
        net_.nodes.push_back(n);
        return n.outputs;
    }
    /// Any layer; its first output.
    template <class Layer>
    value_id add_node(Layer layer, const std::vector<value_id>& inputs) {
        return node_of(std::move(layer), inputs)[0];
    }

    value_id conv(value_id x, const conv_options& o) {
        if (failed_ || net_[x].dims.rank() != 4 || o.groups == 0)
            return refuse("a convolution needs an image [n, h, w, c] and at least one group");
        const std::int64_t in = net_[x].dims[3] / o.groups;
        std::vector<value_id> inputs{
            x, random({o.out, o.kernel[0], o.kernel[1], in}, limit_for(in * o.kernel[0] * o.kernel[1]))};
        if (o.bias)
            inputs.push_back(random({o.out}, 0.2, "bias"));
        return add_node(conv2d{o.strides, o.pads, o.dilations, o.groups}, inputs);
    }
    /// 3 x 3, one filter per channel, padded by 1.
    value_id depthwise(value_id x, std::uint32_t stride = 1) {
        if (failed_ || net_[x].dims.rank() != 4)
            return refuse("a convolution needs an image [n, h, w, c]");
        const std::int64_t channels = net_[x].dims[3];
        return conv(x, {.out = channels,
                        .strides = {stride, stride},
                        .pads = {1, 1, 1, 1},
                        .groups = static_cast<std::uint32_t>(channels)});
    }
    value_id fully_connected(value_id x, std::int64_t out, bool bias = true) {
        if (failed_ || net_[x].dims.rank() == 0)
            return refuse("a dense layer needs at least one axis");
        const std::int64_t in = net_[x].dims.back();
        std::vector<value_id> inputs{x, random({out, in}, limit_for(in))};
        if (bias)
            inputs.push_back(random({out}, 0.2, "bias"));
        return add_node(dense{}, inputs);
    }
    value_id normalize(value_id x) {
        if (failed_ || net_[x].dims.rank() == 0)
            return refuse("batch normalisation needs at least one axis");
        const shape channels{net_[x].dims.back()};
        tensor<T> variance(channels);
        for (auto& v : variance.data())
            v = static_cast<T>(0.5f + random_.unit());
        return add_node(batch_norm{}, {x, random(channels, 1.5, "gamma"), random(channels, 0.5, "beta"),
                                       random(channels, 0.5, "mean"), constant(variance, "variance")});
    }
    value_id activate(value_id x, unary layer) { return add_node(layer, {x}); }
    value_id relu(value_id x) { return activate(x, {unary_op::relu}); }
    value_id clip(value_id x, double low, double high) { return activate(x, {unary_op::clip, low, high}); }
    value_id combine(binary_op op, value_id a, value_id b) { return add_node(binary{op}, {a, b}); }
    value_id add(value_id a, value_id b) { return combine(binary_op::add, a, b); }
    value_id max_pool(value_id x, std::uint32_t size) {
        return add_node(pool2d{.op = pool_op::max, .kernel = {size, size}, .strides = {size, size}}, {x});
    }
    value_id average_pool(value_id x, std::uint32_t size) {
        return add_node(pool2d{.op = pool_op::average, .kernel = {size, size}, .strides = {size, size}}, {x});
    }
    value_id global_average(value_id x) {
        return add_node(pool2d{.op = pool_op::average, .global = true}, {x});
    }
    value_id flatten(value_id x) { return add_node(reshape{{0, -1}}, {x}); }
    value_id soft_max(value_id x) {
        const std::size_t rank = x == no_value ? 1 : net_[x].dims.rank();
        return add_node(softmax{static_cast<std::uint8_t>(rank - 1)}, {x});
    }

    /// The value under construction, to name or annotate it. @pre id is not no_value
    [[nodiscard]] value<T>& operator[](value_id id) noexcept { return net_[id]; }

    /// The graph, or the first mistake.
    [[nodiscard]] result<graph<T, Layers>> finish(std::vector<value_id> outputs) && {
        if (failed_)
            return fault_;
        net_.outputs = std::move(outputs);
        net_.output_layouts.resize(net_.outputs.size());
        return std::move(net_);
    }

private:
    value_id named(std::string name, shape dims) {
        value<T> v;
        v.name = std::move(name);
        v.dims = dims;
        return net_.add_value(std::move(v));
    }
    value_id refuse(const char* sentence) {
        if (!failed_)
            fault_ = fault{errc::bad_shape, sentence};
        failed_ = true;
        return no_value;
    }
    /// Keeps the size of activations behind a relu (He).
    static double limit_for(std::int64_t depth) {
        return std::sqrt(6.0 / static_cast<double>(depth > 0 ? depth : 1));
    }

    graph<T, Layers> net_;
    random_bits random_;
    fault fault_;
    bool failed_ = false;
};

} // namespace pith

#endif
