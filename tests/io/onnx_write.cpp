// SPDX-License-Identifier: MIT
/// Graphs written as ONNX models: what is written is read back as the same graph, in as many bytes.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <pith/base/random.hpp>
#include <pith/graph/builder.hpp>
#include <pith/graph/passes/simplify.hpp>
#include <pith/io/onnx.hpp>
#include <pith/io/onnx_write.hpp>
#include <pith/quantize/post_training.hpp>

#include "support/compiled.hpp"
#include "support/data_folder.hpp"
#include "support/door.hpp"
#include "support/onnx_writer.hpp"
#include "support/skip.hpp"

namespace {

using namespace pith;
using namespace pith::tests;
namespace fs = std::filesystem;

any_tensors<float> noise(const shape& dims, std::uint64_t seed) {
    random_bits bits(seed);
    tensor<float> t(dims);
    for (auto& v : t.data())
        v = 2.F * bits.unit() - 1.F;
    return {t};
}

const std::vector<std::uint8_t> to_file{0, 3, 1, 2}; ///< [n, h, w, c] to [n, c, h, w]

std::vector<std::byte> written(const graph<float>& g, const io::onnx_write_options& options = {}) {
    const auto bytes = io::onnx_bytes(g, options);
    REQUIRE_MESSAGE(bytes, bytes.error().what, " ", bytes.error().where);
    return *bytes;
}

graph<float> read(const std::vector<std::byte>& bytes) {
    const auto g = io::parse_onnx(bytes);
    REQUIRE_MESSAGE(g, g.error().what, " ", g.error().where);
    return *g;
}

std::size_t count(const std::vector<std::byte>& bytes, const std::string& text) {
    const std::string all(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    std::size_t n = 0;
    for (std::size_t at = all.find(text); at != std::string::npos; at = all.find(text, at + 1))
        ++n;
    return n;
}

graph<float> finish(graph_builder<float>&& b, std::vector<value_id> outputs) {
    auto g = std::move(b).finish(std::move(outputs));
    REQUIRE_MESSAGE(g, g.error().what);
    return *g;
}

/// A residual network with unfolded normalisation, flattened before its last layer.
graph<float> residual_network() {
    graph_builder<float> b(3);
    const auto x = b.input({1, 6, 8, 3}, "image");
    const auto stem = b.relu(b.normalize(b.conv(x, {.out = 5, .pads = {1, 1, 1, 1}, .bias = false})));
    const auto more = b.normalize(b.conv(stem, {.out = 5, .pads = {1, 1, 1, 1}, .bias = false}));
    const auto sum = b.relu(b.add(stem, more));
    const auto y = b.soft_max(b.fully_connected(b.relu(b.flatten(b.max_pool(sum, 2))), 4));
    return finish(std::move(b), {y});
}

TEST_CASE("a network made by hand is written channels first, without a transpose") {
    const auto g = residual_network();
    const auto bytes = written(g);
    CHECK(count(bytes, "Transpose") == 0);
    CHECK(count(bytes, "BatchNormalization") == 2);
    const auto again = read(bytes);
    CHECK(again.input_layouts[0].permutation == std::vector<std::uint8_t>{0, 2, 3, 1});
    CHECK(again[again.inputs[0]].name == "image");
    const auto x = noise({1, 6, 8, 3}, 5);
    const auto want = evaluate(g, x);
    const auto have = evaluate_as_file(again, {permuted(x[0], to_file)});
    REQUIRE(want);
    REQUIRE(have);
    CHECK(difference((*have)[0], (*want)[0], 1e-6F, 1e-6F) == "");
    CHECK(again.nodes.size() == g.nodes.size());
    CHECK(written(again) == bytes);
}

TEST_CASE("a free batch has a symbol, in the file and when it is read") {
    const auto g = read(written(residual_network(), {.batch = "N"}));
    bool named = false;
    for (const auto& [key, text] : g.metadata)
        named = named || (key == "batch" && text == "N");
    CHECK(named);
    auto wide = read(written(g));
    REQUIRE(set_batch(wide, 3));
    CHECK(wide[wide.outputs[0]].dims == shape{3, 4});
}

TEST_CASE("a model that says nothing of its producer keeps the order of its axes") {
    onnx_writer m;
    m.input("x", {1, 2, 3, 4}).node("Relu", {"x"}, {"y"}).output("y");
    const std::string text = m.text();
    const auto g = io::parse_onnx(as_bytes(text));
    REQUIRE(g);
    const auto again = read(written(*g));
    CHECK((*g)[g->inputs[0]].dims == shape{1, 2, 3, 4});
    CHECK(again[again.inputs[0]].dims == shape{1, 2, 3, 4});
}

TEST_CASE("metadata and the producer's name are kept") {
    auto g = residual_network();
    g.metadata = {{"producer", "somebody"}, {"labels", "cat,dog"}};
    g.input_layouts[0].permutation = {0, 2, 3, 1};
    CHECK(read(written(g)).metadata == g.metadata);
}

TEST_CASE("functions that an opset lacks are written by parts") {
    for (const auto op : {unary_op::hard_swish, unary_op::mish, unary_op::gelu, unary_op::silu})
        for (const double alpha : {0.0, 1.0})
            for (const std::int64_t opset : {13, 17, 20, 21}) {
                if (alpha == 0 && op == unary_op::silu)
                    continue;
                CAPTURE(opset);
                graph_builder<float> b;
                const auto x = b.input({2, 9}, "x");
                const auto g = finish(std::move(b), {b.activate(x, {op, alpha})});
                const auto again = read(written(g, {.opset = opset}));
                const auto in = noise({2, 9}, 8);
                CHECK(difference((*evaluate(again, in))[0], (*evaluate(g, in))[0], 1e-6F, 1e-6F) == "");
                CHECK(written(read(written(again))) == written(again));
            }
}

TEST_CASE("outputs that are inputs, constants or named twice have names of their own") {
    graph_builder<float> b;
    const auto x = b.input({1, 3}, "x");
    const auto y = b.relu(x);
    const auto c = b.constant(tensor<float>(shape{2}, 1.5F), "c");
    const auto g = finish(std::move(b), {x, y, y, c});
    const auto again = read(written(g));
    REQUIRE(again.outputs.size() == 4);
    const auto in = noise({1, 3}, 2);
    const auto have = evaluate(again, in);
    const auto want = evaluate(g, in);
    REQUIRE(have);
    for (std::size_t i = 0; i < 4; ++i)
        CHECK(difference((*have)[i], (*want)[i], 0.F, 0.F) == "");
}

TEST_CASE("an output keeps its name, whatever the values before it are called") {
    graph_builder<float> b;
    const auto inner = b.relu(b.input({1, 4}, "x"));
    const auto y = b.activate(inner, {unary_op::sigmoid});
    b[inner].name = "y";
    b[y].name = "y";
    const auto again = read(written(finish(std::move(b), {y})));
    CHECK(again[again.outputs[0]].name == "y");
    CHECK(again[again.nodes[0].outputs[0]].name != "y");
}

TEST_CASE("what cannot be written is refused") {
    const auto g = residual_network();
    CHECK(io::onnx_bytes(g, {.opset = 12}).error().code == errc::bad_option);
    CHECK(io::onnx_bytes(g, {.opset = 25}).error().code == errc::bad_option);
    graph_builder<float> b;
    const auto x = b.input({1, 4, 4, 1}, "x");
    const auto wrap =
        finish(std::move(b), {b.add_node(pad{{0, 1, 1, 0}, {0, 1, 1, 0}, pad_mode::wrap}, {x})});
    auto askew = g;
    askew.input_layouts[0].permutation = {0, 2, 2, 1};
    CHECK(io::onnx_bytes(askew).error().code == errc::bad_shape);
    const auto refused = io::onnx_bytes(wrap);
    REQUIRE(!refused);
    CHECK(std::string(refused.error().where) == "node 'pad0' (pad)");
    CHECK(io::onnx_bytes(wrap, {.opset = 19}));
    CHECK(io::save_onnx(g, "/nowhere/at/all.onnx").error().code == errc::io);
}

/// Codes for every value of the residual network, as post_training leaves them.
graph<float> quantized_network(std::uint8_t bits) {
    auto g = passes::simplify{}(residual_network());
    REQUIRE(g);
    auto q = quantize::post_training{.calibration = [](std::size_t i) -> std::optional<any_tensors<float>> {
                                         return noise({1, 6, 8, 3}, 100 + i);
                                     },
                                     .samples = 8,
                                     .weights = {.bits = bits}}(std::move(*g));
    REQUIRE_MESSAGE(q, q.error().what);
    return *std::move(q);
}

TEST_CASE(
    "encodings are written as pairs around real operators, and activations that codes imply are left out") {
    const auto bytes = written(quantized_network(8));
    CHECK(count(bytes, "Relu") == 1); // behind the flattening; the other two are in their layers' codes
    CHECK(count(bytes, "Transpose") == 0);
    CHECK(count(bytes, "com.microsoft") == 0);
    // image, two convolutions, their sum, pool, flatten, relu, dense, softmax
    CHECK(count(bytes, "QuantizeLinear") == 9);
    // those, and weights and biases of three layers
    CHECK(count(bytes, "DequantizeLinear") == 9 + 6);
    const auto again = io::parse_onnx(written(quantized_network(8), {.codes = io::onnx_codes::none}));
    REQUIRE(again);
    CHECK(again->nodes.size() == quantized_network(8).nodes.size());
}

TEST_CASE("encodings are written as operators on codes") {
    const auto bytes = written(quantized_network(8), {.codes = io::onnx_codes::operators});
    CHECK(count(bytes, "QLinearConv") == 2);
    CHECK(count(bytes, "QLinearAdd") == 1);
    CHECK(count(bytes, "QGemm") == 1);
    CHECK(count(bytes, "QLinearSoftmax") == 1);
    CHECK(count(bytes, "DequantizeLinear") == 2); // before that relu, and at the end
    CHECK(count(bytes, "com.microsoft") == 4);    // three operators, and the import
}

TEST_CASE("weights of four bits take half a byte each") {
    const auto wide = written(quantized_network(4), {.opset = 21});
    const auto narrow = written(quantized_network(4), {.opset = 21, .int4 = true});
    CHECK(count(narrow, "Cast") > count(wide, "Cast"));
    CHECK(io::onnx_bytes(quantized_network(4), {.opset = 20, .int4 = true}).error().code == errc::bad_option);
}

TEST_CASE("real models: load, save, load is a fixed point, and the outputs stay") {
    const fs::path folder = data_folder() / "models";
    if (data_folder().empty() || !fs::exists(folder))
        return skip("no real models (set PITH_DATA to the data folder)");
    std::size_t checked = 0;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        if (entry.path().string().find("/wild/") != std::string::npos)
            continue; // networks of all kinds: some become other layers that compute the same
        const auto g = entry.path().extension() == ".onnx" ? io::load_onnx(entry.path().string())
                                                           : result<graph<float>>(fault{});
        if (!g || (*g)[g->inputs[0]].dims.elements() > 100000)
            continue;
        CAPTURE(entry.path().filename().string());
        const auto bytes = written(*g);
        const auto again = read(bytes);
        CHECK(written(again) == bytes);
        CHECK(again.nodes.size() == g->nodes.size());
        for (const auto& entry_of_g : g->metadata)
            CHECK(std::count(again.metadata.begin(), again.metadata.end(), entry_of_g) == 1);
        std::vector<any_tensor<float>> in;
        for (std::size_t i = 0; i < g->inputs.size(); ++i)
            in.push_back(
                permuted(noise((*g)[g->inputs[i]].dims, i)[0], inverse(g->input_layouts[i].permutation)));
        const auto want = evaluate_as_file(*g, in);
        const auto have = evaluate_as_file(again, in);
        REQUIRE(want);
        REQUIRE(have);
        for (std::size_t i = 0; i < want->size(); ++i)
            CHECK(difference((*have)[i], (*want)[i], 1e-6F, 1e-6F) == "");
        ++checked;
    }
    CHECK(checked >= 15);
}

/// What is written is read again, with the same outputs.
void comes_back(const onnx_writer& w) {
    const auto text = w.text();
    const auto g = io::parse_onnx(as_bytes(text));
    REQUIRE_MESSAGE(g, g.error().what, " ", g.error().where);
    const auto bytes = io::onnx_bytes(*g);
    if (!bytes) {
        CHECK(std::string(bytes.error().what).find("without elements") != std::string::npos);
        return;
    }
    const auto again = io::parse_onnx(*bytes);
    REQUIRE_MESSAGE(again, again.error().what, " ", again.error().where);
    REQUIRE(again->outputs.size() == g->outputs.size());
    for (std::size_t i = 0; i < g->outputs.size(); ++i)
        CHECK((*again)[again->outputs[i]].dims.elements() == (*g)[g->outputs[i]].dims.elements());
}

TEST_CASE("values without elements come back, or are not written") {
    comes_back(
        onnx_writer{}.input("x", {3}).input("y", {2, 2, 0, 1}).output("z").node("Pow", {"x", "y"}, {"z"}));
    comes_back(onnx_writer{}
                   .input("x", {3})
                   .input("low", {2, 4, 0, 1})
                   .input("high", {})
                   .output("y")
                   .node("Clip", {"x", "low", "high"}, {"y"}));
    comes_back(onnx_writer{}
                   .constant("x", {1, 0, 0}, std::vector<float>{})
                   .input("y", {1})
                   .output("z")
                   .node("Add", {"x", "y"}, {"z"}));
    comes_back(onnx_writer{}
                   .input("x", {1, 0, 2, 3})
                   .output("z")
                   .constant("s", {3}, sizes{1, 0, 6})
                   .node("Reshape", {"x", "s"}, {"z"}));
}

} // namespace
