// SPDX-License-Identifier: MIT
#ifndef PITH_TESTS_FUZZ_SEEDS_HPP
#define PITH_TESTS_FUZZ_SEEDS_HPP
/// Small valid files to mutate: packed programs and an ONNX model, each with many kinds of operation.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <protozero/pbf_writer.hpp>

#include <pith/base/random.hpp>
#include <pith/graph/builder.hpp>
#include <pith/plan/pack.hpp>
#include <pith/quantize/post_training.hpp>

namespace fuzz {

using bytes = std::vector<std::byte>;

inline pith::graph<float> small_network() {
    pith::graph_builder<float> b(5);
    const auto x = b.input({1, 9, 8, 3});
    const auto stem = b.relu(b.conv(x, {.out = 8, .pads = {1, 1, 1, 1}}));
    const auto wide = b.conv(b.clip(b.depthwise(stem), 0, 6), {.out = 8, .kernel = {1, 1}});
    const auto sum = b.relu(b.add(wide, stem));
    const auto joined = b.add_node(pith::concat{3}, {b.max_pool(sum, 2), b.average_pool(sum, 2)});
    const auto curved = b.activate(joined, {pith::unary_op::tanh});
    const auto y = b.soft_max(b.fully_connected(b.flatten(b.global_average(curved)), 10));
    auto g = std::move(b).finish({y, joined});
    return g ? std::move(*g) : pith::graph<float>{};
}

/// Empty where packing fails.
inline bytes float_program() {
    auto packed = pith::plan::pack(small_network());
    return packed ? std::move(*packed) : bytes{};
}

inline pith::result<pith::graph<float>> int8_network() {
    pith::quantize::post_training quantize;
    quantize.calibration = [](std::size_t index) -> std::optional<pith::any_tensors<float>> {
        if (index == 4)
            return std::nullopt;
        pith::random_bits bits(index);
        pith::tensor<float> image(pith::shape{1, 9, 8, 3});
        for (auto& v : image.data())
            v = bits.unit() * 2 - 1;
        return pith::any_tensors<float>{std::move(image)};
    };
    return quantize(small_network());
}

inline bytes int8_program() {
    auto g = int8_network();
    if (!g)
        return {};
    auto packed = pith::plan::pack(std::move(*g));
    return packed ? std::move(*packed) : bytes{};
}

/// Weights of three bits, and by turns of two with levels.
inline bytes low_bit_program() {
    auto g = int8_network();
    if (!g)
        return {};
    bool listed = false;
    for (const auto& n : g->nodes)
        for (const auto id : n.inputs) {
            if (id == pith::no_value || !pith::has_weight_codes((*g)[id]))
                continue;
            auto e = (*g)[id].encoded;
            if (listed)
                e.element = pith::format::codebook{{-120, -30, 30, 120}, 4};
            else
                e.element = pith::format::affine_codes{.lowest = -4, .highest = 3};
            for (auto& s : e.scales)
                s *= 127.f / static_cast<float>(-e.codes().lowest);
            (*g)[id].encoded = e;
            listed = !listed;
        }
    auto packed = pith::plan::pack(std::move(*g));
    return packed ? std::move(*packed) : bytes{};
}

/// Writes the fields of onnx.proto that a small model needs.
class onnx_writer {
public:
    void weights(const std::string& name, const std::vector<std::int64_t>& dims, std::uint64_t seed) {
        std::int64_t count = 1;
        for (const auto d : dims)
            count *= d;
        pith::random_bits bits(seed);
        std::string raw(static_cast<std::size_t>(count) * 4, '\0');
        for (std::size_t i = 0; i < raw.size(); i += 4)
            pith::store_le(reinterpret_cast<std::byte*>(raw.data() + i), bits.unit() - 0.5f);
        protozero::pbf_writer tensor(graph_, 5);
        tensor.add_packed_int64(1, dims.begin(), dims.end());
        tensor.add_int32(2, 1);
        tensor.add_string(8, name);
        tensor.add_bytes(9, raw);
    }
    void indices(const std::string& name, const std::vector<std::int64_t>& values) {
        const std::vector<std::int64_t> dims{static_cast<std::int64_t>(values.size())};
        protozero::pbf_writer tensor(graph_, 5);
        tensor.add_packed_int64(1, dims.begin(), dims.end());
        tensor.add_int32(2, 7);
        tensor.add_packed_int64(7, values.begin(), values.end());
        tensor.add_string(8, name);
    }

    struct attribute {
        std::string name;
        std::vector<std::int64_t> integers; ///< one alone is written as a single integer
        bool list = true;
    };
    void node(const std::string& op, const std::vector<std::string>& inputs, const std::string& output,
              const std::vector<attribute>& attributes = {}) {
        protozero::pbf_writer n(graph_, 1);
        for (const auto& input : inputs)
            n.add_string(1, input);
        n.add_string(2, output);
        n.add_string(3, output + "_node");
        n.add_string(4, op);
        for (const auto& a : attributes) {
            protozero::pbf_writer field(n, 5);
            field.add_string(1, a.name);
            if (a.list)
                field.add_packed_int64(8, a.integers.begin(), a.integers.end());
            else
                field.add_int64(3, a.integers.front());
            field.add_int32(20, a.list ? 7 : 2);
        }
    }

    enum class door : protozero::pbf_tag_type { input = 11, output = 12 };
    void real(door d, const std::string& name, const std::vector<std::int64_t>& dims) {
        protozero::pbf_writer value(graph_, static_cast<protozero::pbf_tag_type>(d));
        value.add_string(1, name);
        protozero::pbf_writer type(value, 2);
        protozero::pbf_writer tensor(type, 1);
        tensor.add_int32(1, 1);
        protozero::pbf_writer shape(tensor, 2);
        for (const auto size : dims) {
            protozero::pbf_writer dim(shape, 1);
            dim.add_int64(1, size);
        }
    }

    [[nodiscard]] bytes model(std::int64_t opset) {
        std::string whole;
        protozero::pbf_writer m(whole);
        m.add_int64(1, 8);
        {
            protozero::pbf_writer set(m, 8);
            set.add_int64(2, opset);
        }
        m.add_message(7, text_);
        const auto* first = reinterpret_cast<const std::byte*>(whole.data());
        return {first, first + whole.size()};
    }

private:
    std::string text_;
    protozero::pbf_writer graph_{text_};
};

inline bytes small_onnx() {
    using door = onnx_writer::door;
    onnx_writer w;
    w.real(door::input, "x", {1, 3, 8, 8});
    w.weights("w1", {8, 3, 3, 3}, 1);
    w.weights("b1", {8}, 2);
    w.weights("w2", {8, 1, 3, 3}, 3);
    for (const char* name : {"scale", "shift", "mean", "variance"})
        w.weights(name, {8}, 4);
    w.weights("w3", {10, 128}, 5);
    w.weights("b3", {10}, 6);
    w.indices("flat", {1, -1});
    w.node("Conv", {"x", "w1", "b1"}, "c1", {{"pads", {1, 1, 1, 1}}, {"kernel_shape", {3, 3}}});
    w.node("Relu", {"c1"}, "r1");
    w.node("Conv", {"r1", "w2"}, "c2", {{"pads", {1, 1, 1, 1}}, {"group", {8}, false}});
    w.node("BatchNormalization", {"c2", "scale", "shift", "mean", "variance"}, "n2");
    w.node("Add", {"n2", "r1"}, "sum");
    w.node("MaxPool", {"sum"}, "pooled", {{"kernel_shape", {2, 2}}, {"strides", {2, 2}}});
    w.node("Transpose", {"pooled"}, "turned", {{"perm", {0, 2, 3, 1}}});
    w.node("Reshape", {"turned", "flat"}, "row");
    w.node("Gemm", {"row", "w3", "b3"}, "logits", {{"transB", {1}, false}});
    w.node("Softmax", {"logits"}, "y", {{"axis", {1}, false}});
    w.real(door::output, "y", {1, 10});
    return w.model(13);
}

} // namespace fuzz

#endif
