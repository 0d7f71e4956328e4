// SPDX-License-Identifier: MIT
/// The door as a whole: layouts, options, refusals. Single operators are tested by the conformance cases.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <doctest/doctest.h>

#include <pith/base/random.hpp>
#include <pith/graph/evaluate.hpp>
#include <pith/io/onnx.hpp>

#include "support/compiled.hpp"
#include "support/door.hpp"
#include "support/onnx_writer.hpp"

namespace {

using namespace pith;
using namespace pith::tests;
using attr = onnx_attribute;

result<graph<float>> parse(const std::string& text, const io::onnx_options& options = {}) {
    return io::parse_onnx(as_bytes(text), options);
}

graph<float> load(const onnx_writer& w, const io::onnx_options& options = {}) {
    auto g = parse(w.text(), options);
    REQUIRE_MESSAGE(g, g.error().where, ": ", g.error().what);
    return std::move(*g);
}

template <class Layer>
std::ptrdiff_t count(const graph<float>& g) {
    return std::count_if(g.nodes.begin(), g.nodes.end(),
                         [](const auto& n) { return std::holds_alternative<Layer>(n.layer); });
}

std::vector<float> ramp(std::int64_t n, float step = 0.1F) {
    std::vector<float> out;
    for (std::int64_t i = 0; i < n; ++i)
        out.push_back(step * static_cast<float>(i % 17 - 8));
    return out;
}

tensor<float> ramp_tensor(const shape& dims) {
    return {dims, ramp(dims.elements(), 0.25F)};
}

any_tensor<float> run(const graph<float>& g, const tensor<float>& x) {
    auto out = evaluate_as_file(g, {x});
    REQUIRE_MESSAGE(out, out.error().where, ": ", out.error().what);
    return (*out)[0];
}

TEST_CASE("an image goes in channels last, and no layer moves it") {
    const onnx_writer w =
        std::move(onnx_writer{}
                      .input("x", {1, 3, 8, 6})
                      .output("y")
                      .constant("w", {4, 3, 3, 3}, ramp(108))
                      .constant("k", {5, 96}, ramp(480))
                      .constant("scale", {4, 1, 1}, ramp(4))
                      .node("Conv", {"x", "w"}, {"a"}, {attr::wholes("pads", {1, 1, 1, 1})})
                      .node("Mul", {"a", "scale"}, {"b"})
                      .node("MaxPool", {"b"}, {"c"},
                            {attr::wholes("kernel_shape", {2, 2}), attr::wholes("strides", {2, 1}),
                             attr::wholes("pads", {0, 0, 0, 1})})
                      .node("Relu", {"c"}, {"d"})
                      .node("Flatten", {"d"}, {"e"})
                      .node("Gemm", {"e", "k"}, {"y"}, {attr::whole("transB", 1)}));
    const auto g = load(w);
    CHECK(g[g.inputs[0]].dims == shape{1, 8, 6, 3});
    CHECK(g.input_layouts[0].permutation == std::vector<std::uint8_t>{0, 2, 3, 1});
    CHECK(g.output_layouts[0].permutation.empty());
    CHECK(count<transpose>(g) == 0);
    CHECK(g.nodes.size() == 6);

    // The same by hand, in the model's own order.
    const auto x = ramp_tensor({1, 3, 8, 6});
    const auto weights = ramp(108);
    tensor<float> a({4, 8, 6});
    for (std::int64_t o = 0; o < 4; ++o)
        for (std::int64_t i = 0; i < 48; ++i)
            for (std::int64_t c = 0; c < 3; ++c)
                for (std::int64_t t = 0; t < 9; ++t) {
                    const std::int64_t r = i / 6 + t / 3 - 1;
                    const std::int64_t k = i % 6 + t % 3 - 1;
                    if (r >= 0 && r < 8 && k >= 0 && k < 6)
                        a[static_cast<std::size_t>(o * 48 + i)] +=
                            x[static_cast<std::size_t>((c * 8 + r) * 6 + k)] *
                            weights[static_cast<std::size_t>((o * 3 + c) * 9 + t)] *
                            ramp(4)[static_cast<std::size_t>(o)];
                }
    std::vector<float> flat;
    for (std::int64_t o = 0; o < 4; ++o)
        for (std::int64_t r = 0; r < 8; r += 2)
            for (std::int64_t k = 0; k < 6; ++k) {
                float most = 0;
                for (std::int64_t t = 0; t < 4; ++t)
                    if (k + t % 2 < 6)
                        most =
                            std::max(most, a[static_cast<std::size_t>((o * 8 + r + t / 2) * 6 + k + t % 2)]);
                flat.push_back(most);
            }
    REQUIRE(flat.size() == 96);
    tensor<float> y({1, 5});
    for (std::size_t o = 0; o < 5; ++o)
        for (std::size_t i = 0; i < 96; ++i)
            y[o] += flat[i] * ramp(480)[o * 96 + i];
    CHECK(difference(run(g, x), y) == "");
}

TEST_CASE("a channels-last model's transposes around its convolutions vanish") {
    const auto g = load(onnx_writer{}
                            .input("x", {1, 5, 5, 2})
                            .output("y")
                            .constant("w", {3, 2, 1, 1}, ramp(6))
                            .node("Transpose", {"x"}, {"a"}, {attr::wholes("perm", {0, 3, 1, 2})})
                            .node("Conv", {"a", "w"}, {"b"})
                            .node("Transpose", {"b"}, {"c"}, {attr::wholes("perm", {0, 2, 3, 1})})
                            .node("Softmax", {"c"}, {"y"}, {attr::whole("axis", -1)}));
    CHECK(g.nodes.size() == 2);
    CHECK(g.input_layouts[0].permutation.empty());
    CHECK(g.output_layouts[0].permutation.empty());
    CHECK(g[g.outputs[0]].dims == shape{1, 5, 5, 3});
}

TEST_CASE("one-dimensional layers are images of height 1 from one to the next") {
    const auto g = load(onnx_writer{}
                            .input("x", {1, 2, 16})
                            .output("y")
                            .constant("w", {4, 2, 3}, ramp(24))
                            .constant("v", {4, 1, 5}, ramp(20))
                            .node("Conv", {"x", "w"}, {"a"}, {attr::wholes("pads", {1, 1})})
                            .node("Relu", {"a"}, {"b"})
                            .node("Conv", {"b", "v"}, {"c"},
                                  {attr::whole("group", 4), attr::wholes("strides", {2}),
                                   attr::text("auto_pad", "SAME_UPPER")})
                            .node("AveragePool", {"c"}, {"y"}, {attr::wholes("kernel_shape", {2})}));
    CHECK(count<conv2d>(g) == 2);
    CHECK(count<reshape>(g) == 2); // one at each door
    CHECK(count<transpose>(g) == 0);
    CHECK(g[g.inputs[0]].dims == shape{1, 16, 2});
    CHECK(g.output_layouts[0].permutation == std::vector<std::uint8_t>{0, 2, 1});
    const auto y = run(g, ramp_tensor({1, 2, 16}));
    CHECK(dims_of(y) == shape{1, 4, 7});
}

TEST_CASE("a channel shuffle costs one transpose") {
    const auto g = load(
        onnx_writer{}
            .input("x", {1, 6, 4, 4})
            .output("y")
            .constant("w", {6, 1, 3, 3}, ramp(54))
            .constant("split", {5}, sizes{1, 2, 3, 4, 4})
            .constant("join", {4}, sizes{1, 6, 4, 4})
            .node("Conv", {"x", "w"}, {"a"}, {attr::whole("group", 6), attr::wholes("pads", {1, 1, 1, 1})})
            .node("Reshape", {"a", "split"}, {"b"})
            .node("Transpose", {"b"}, {"c"}, {attr::wholes("perm", {0, 2, 1, 3, 4})})
            .node("Reshape", {"c", "join"}, {"d"})
            .node("Conv", {"d", "w"}, {"y"}, {attr::whole("group", 6), attr::wholes("pads", {1, 1, 1, 1})}));
    CHECK(count<transpose>(g) == 1);
}

TEST_CASE("a sum behind a layer without bias becomes its bias") {
    const auto g = load(onnx_writer{}
                            .input("x", {1, 2, 4, 4})
                            .output("y")
                            .constant("w", {3, 2, 1, 1}, ramp(6))
                            .constant("b", {1, 3, 1, 1}, ramp(3))
                            .constant("k", {3, 2}, ramp(6))
                            .constant("d", {2}, ramp(2))
                            .node("Conv", {"x", "w"}, {"a"})
                            .node("Add", {"b", "a"}, {"s"})
                            .node("GlobalAveragePool", {"s"}, {"p"})
                            .node("Flatten", {"p"}, {"f"})
                            .node("MatMul", {"f", "k"}, {"m"})
                            .node("Add", {"m", "d"}, {"y"}));
    CHECK(count<binary>(g) == 0);
    CHECK(g.nodes.size() == 4);
    CHECK(g[g.outputs[0]].name == "y");
}

TEST_CASE("a sum stays where the layer's own output is read too") {
    const auto g = load(onnx_writer{}
                            .input("x", {1, 2, 4, 4})
                            .output("y")
                            .output("a")
                            .constant("w", {3, 2, 1, 1}, ramp(6))
                            .constant("b", {3, 1, 1}, ramp(3))
                            .node("Conv", {"x", "w"}, {"a"})
                            .node("Add", {"a", "b"}, {"y"}));
    CHECK(count<binary>(g) == 1);
}

TEST_CASE("a value times its own gate is one activation") {
    const auto g = load(onnx_writer{}
                            .input("x", {1, 8})
                            .output("y")
                            .node("Sigmoid", {"x"}, {"s"})
                            .node("Mul", {"x", "s"}, {"a"})
                            .node("HardSigmoid", {"a"}, {"h"}, {attr::real("alpha", 1.F / 6.F)})
                            .node("Mul", {"h", "a"}, {"b"})
                            .node("Sigmoid", {"b"}, {"t"})
                            .node("Mul", {"x", "t"}, {"y"}));
    REQUIRE(g.nodes.size() == 4);
    CHECK(kind_of(std::get<unary>(g.nodes[0].layer)) == "silu");
    CHECK(kind_of(std::get<unary>(g.nodes[1].layer)) == "hard_swish");
    CHECK(count<binary>(g) == 1);
    const auto x = ramp_tensor({1, 8});
    tensor<float> y({1, 8});
    for (std::size_t i = 0; i < 8; ++i) {
        const float a = x[i] / (1 + std::exp(-x[i]));
        const float b = a * std::clamp(a / 6 + 0.5F, 0.F, 1.F);
        y[i] = x[i] / (1 + std::exp(-b));
    }
    CHECK(difference(run(g, x), y) == "");
}

TEST_CASE("shape arithmetic is computed while loading, and the batch stays free") {
    auto g = load(onnx_writer{}
                      .input("x", {-1, 2, 3, 4})
                      .output("y")
                      .constant("zero", {}, sizes{0})
                      .constant("rest", {1}, sizes{-1})
                      .constant("front", {1}, sizes{0})
                      .node("Shape", {"x"}, {"s"})
                      .node("Gather", {"s", "zero"}, {"n"})
                      .node("Unsqueeze", {"n", "front"}, {"u"})
                      .node("Concat", {"u", "rest"}, {"t"}, {attr::whole("axis", 0)})
                      .node("Reshape", {"x", "t"}, {"r"})
                      .node("Relu", {"r"}, {"y"}));
    CHECK(g.nodes.size() == 2);
    CHECK(g[g.outputs[0]].dims == shape{1, 24});
    CHECK(std::count(g.metadata.begin(), g.metadata.end(),
                     std::pair<std::string, std::string>{"batch", "N1"}) == 1);
    REQUIRE(set_batch(g, 5));
    CHECK(g[g.outputs[0]].dims == shape{5, 24});
}

TEST_CASE("dimensions without size are given by name, or the input is refused") {
    const auto w = onnx_writer{}.input("x", {-1, -7}).output("y").node("Relu", {"x"}, {"y"}).text();
    const auto refused = parse(w);
    REQUIRE(!refused);
    CHECK(std::string_view(refused.error().where) == "input 'x', dimension 'N7'");
    const auto g = parse(w, {.dims = {{"N7", 12}, {"N1", 3}}, .fixed = {}});
    REQUIRE(g);
    CHECK((*g)[g->outputs[0]].dims == shape{3, 12});
}

TEST_CASE("an input can be fixed to a constant") {
    const auto w = onnx_writer{}
                       .input("x", {2, 6})
                       .input("s", {2}, 7)
                       .output("y")
                       .node("Reshape", {"x", "s"}, {"y"})
                       .text();
    CHECK(!parse(w));
    const io::array s{"s", format::dtype::i64, tensor<std::int64_t>({2}, {3, 4})};
    const auto g = parse(w, {.dims = {}, .fixed = {s}});
    REQUIRE(g);
    CHECK(g->inputs.size() == 1);
    CHECK((*g)[g->outputs[0]].dims == shape{3, 4});
    const io::array wrong{"s", format::dtype::f32, tensor<float>({2}, {3, 4})};
    CHECK(!parse(w, {.dims = {}, .fixed = {wrong}}));
}

TEST_CASE("initializers that are listed among the inputs are weights") {
    const auto g = load(onnx_writer{}
                            .input("x", {1, 3})
                            .input("w", {3, 2})
                            .output("y")
                            .constant("w", {3, 2}, ramp(6))
                            .node("MatMul", {"x", "w"}, {"y"}));
    CHECK(g.inputs.size() == 1);
    CHECK(count<dense>(g) == 1);
}

TEST_CASE("before opset 7 an operand is aligned by an attribute") {
    onnx_writer w;
    w.opset = 6;
    const auto g =
        load(w.input("x", {1, 2, 2, 2})
                 .output("y")
                 .constant("b", {2}, std::vector<float>{10, 20})
                 .node("Add", {"x", "b"}, {"y"}, {attr::whole("axis", 1), attr::whole("broadcast", 1)}));
    CHECK(difference(run(g, tensor<float>({1, 2, 2, 2})),
                     tensor<float>({1, 2, 2, 2}, {10, 10, 10, 10, 20, 20, 20, 20})) == "");
}

TEST_CASE("before opset 13 a softmax runs over all axes from its own on") {
    onnx_writer w;
    w.opset = 11;
    const auto g = load(w.input("x", {1, 2, 2}).output("y").node("Softmax", {"x"}, {"y"}));
    const auto y = std::get<0>(run(g, tensor<float>({1, 2, 2})));
    CHECK(difference(y, tensor<float>({1, 2, 2}, 0.25F)) == "");
}

TEST_CASE("functions of the model are written out where they are called") {
    std::string function;
    protozero::pbf_writer f{function};
    f.add_string(1, "shifted");
    f.add_string(4, "a");
    f.add_string(5, "b");
    f.add_message(7, onnx_node("Constant", {}, {"c"}, {attr::reference("value_float", "by", 1)}));
    f.add_message(7, onnx_node("Add", {"a", "c"}, {"b"}));
    f.add_string(10, "mine");
    const auto g = load(onnx_writer{}
                            .input("x", {2})
                            .output("y")
                            .node("shifted", {"x"}, {"t"}, {attr::real("by", 1.F)}, "mine")
                            .node("shifted", {"t"}, {"y"}, {attr::real("by", 2.F)}, "mine")
                            .model_field(25, function));
    CHECK(difference(run(g, tensor<float>({2})), tensor<float>({2}, 3.F)) == "");

    // One that calls itself.
    std::string loop;
    protozero::pbf_writer l{loop};
    l.add_string(1, "again");
    l.add_string(4, "a");
    l.add_string(5, "b");
    l.add_message(7, onnx_node("again", {"a"}, {"b"}, {}, "mine"));
    l.add_string(10, "mine");
    const auto endless = parse(onnx_writer{}
                                   .input("x", {2})
                                   .output("y")
                                   .node("again", {"x"}, {"y"}, {}, "mine")
                                   .model_field(25, loop)
                                   .text());
    REQUIRE(!endless);
    CHECK(std::string_view(endless.error().what).find("too deeply") != std::string_view::npos);
}

TEST_CASE("nodes in another order are sorted, and dead ones are not looked at") {
    const auto g = load(onnx_writer{}
                            .input("x", {2})
                            .output("y")
                            .node("Neg", {"b"}, {"y"})
                            .node("Conjure", {"x"}, {"nothing"})
                            .node("Abs", {"x"}, {"b"}));
    CHECK(g.nodes.size() == 2);
    CHECK(kind_of(std::get<unary>(g.nodes[0].layer)) == "abs");
}

} // namespace
