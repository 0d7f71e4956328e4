// SPDX-License-Identifier: MIT
/// What the ONNX door refuses, with which words; and that hostile bytes neither crash it nor eat the memory.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include <pith/base/random.hpp>
#include <pith/io/file.hpp>
#include <pith/io/onnx.hpp>

#include "support/compiled.hpp"
#include "support/data_folder.hpp"
#include "support/onnx_writer.hpp"
#include "support/skip.hpp"

namespace {

using namespace pith;
using namespace pith::tests;
using attr = onnx_attribute;

void refused(const std::string& text, std::string_view what, std::string_view where = {}) {
    const auto g = io::parse_onnx(as_bytes(text));
    REQUIRE(!g);
    CHECK_MESSAGE(std::string_view(g.error().what).find(what) != std::string_view::npos, g.error().what);
    CHECK_MESSAGE(std::string_view(g.error().where).find(where) != std::string_view::npos, g.error().where);
}

void refused(const onnx_writer& w, std::string_view what, std::string_view where = {}) {
    refused(w.text(), what, where);
}

/// x [1, 4] through one node to y.
onnx_writer one(const std::string& op, const std::vector<attr>& attributes = {},
                const std::string& domain = {}) {
    return std::move(onnx_writer{}.input("x", {1, 4}).output("y").node(op, {"x"}, {"y"}, attributes, domain));
}

TEST_CASE("an operator that is not supported is refused with node, operator and domain") {
    refused(one("TopK"), "not supported", "node 'the TopK' (TopK)");
    refused(one("FusedGemm", {}, "com.microsoft"), "not supported", "(FusedGemm, com.microsoft)");
    refused(one("Relu", {}, "my.domain"), "not supported", "(Relu, my.domain)");
    refused(one("Trunc"), "only Quant and BipolarQuant", "(Trunc)");
    refused(one("If", {attr::graph("then_branch", "")}), "control flow", "(If)");
    refused(one("Relu", {attr::graph("body", "")}), "sub-graphs", "(Relu)");
    refused(one(std::string(500, 'x')), "not supported");
}

TEST_CASE("a model that is not whole is refused") {
    refused(std::string{}, "no graph");
    refused("hello, world", "");
    refused(onnx_writer{}.input("x", {1}), "no outputs");
    refused(onnx_writer{}.input("x", {1}).output("z").node("Relu", {"x"}, {"y"}),
            "no node, input or initializer", "z");
    refused(onnx_writer{}.input("x", {1}).output("y").node("Add", {"x", "w"}, {"y"}),
            "no node, input or initializer", "(Add)");
    refused(
        onnx_writer{}.input("x", {1}).output("y").node("Add", {"x", "z"}, {"y"}).node("Neg", {"y"}, {"z"}),
        "cycle");
    refused(onnx_writer{}.input("x", {1}).output("y").node("Relu", {"x"}, {"y"}).node("Neg", {"x"}, {"y"}),
            "same value");
    refused(onnx_writer{}.input("x", {1}).input("x", {2}).output("y").node("Relu", {"x"}, {"y"}),
            "same name");
    refused(onnx_writer{}.input("x", {1}).output("y").node("Relu", {}, {"y"}), "lacks an input", "(Relu)");
    onnx_writer future;
    future.opset = 25;
    refused(future.input("x", {1}).output("y").node("Relu", {"x"}, {"y"}), "newer than 24", "opset 25");
}

TEST_CASE("what inputs may be is said") {
    for (const auto& [element, name] :
         {std::pair{8, "string"}, {14, "complex64"}, {15, "complex128"}, {0, "not given"}, {99, "unknown"}})
        refused(onnx_writer{}.input("x", {1}, element).output("y").node("Relu", {"x"}, {"y"}), name,
                "input 'x'");
    refused(onnx_writer{}.input("x", {1, 2, 3, 4, 5, 6, 7, 8, 9}).output("y").node("Relu", {"x"}, {"y"}),
            "8 dimensions");
    refused(onnx_writer{}.input("x", {1 << 20, 1 << 20}).output("y").node("Relu", {"x"}, {"y"}), "2^31");
    std::string sequence;
    protozero::pbf_writer w{sequence};
    w.add_string(1, "x");
    w.add_message(2, std::string("\x22\x00", 2));
    refused(onnx_writer{}.graph_field(11, sequence).output("y").node("Relu", {"x"}, {"y"}), "only tensors");
}

std::string raw_tensor(const sizes& dims, int element, std::size_t bytes, protozero::pbf_tag_type extra = 0) {
    std::string out;
    protozero::pbf_writer w{out};
    w.add_packed_int64(1, dims.begin(), dims.end());
    w.add_int32(2, element);
    w.add_string(8, "w");
    w.add_bytes(9, std::string(bytes, '\0'));
    if (extra == 14)
        w.add_enum(14, 1);
    if (extra == 3)
        w.add_message(3, std::string());
    return out;
}

TEST_CASE("weights that lie elsewhere, are sparse, or have another size are refused by name") {
    const auto with = [](const std::string& weights) {
        return std::move(onnx_writer{}
                             .input("x", {1, 4})
                             .output("y")
                             .graph_field(5, weights)
                             .node("MatMul", {"x", "w"}, {"y"}));
    };
    refused(with(raw_tensor({4, 2}, 1, 32, 14)), "external data", "w");
    refused(with(raw_tensor({4, 2}, 1, 32, 3)), "segments", "w");
    refused(with(raw_tensor({4, 2}, 1, 31)), "raw data", "w");
    refused(with(raw_tensor({4, 2}, 1, 36)), "raw data", "w");
    refused(with(raw_tensor({4, 2}, 14, 64)), "complex64", "w");
    refused(with(raw_tensor({1 << 30, 1 << 30}, 1, 8)), "2^31", "w");
    refused(with(raw_tensor({-4, 2}, 1, 32)), "negative", "w");
    refused(with(raw_tensor({5, 2}, 1, 40)), "", "(MatMul)");
    refused(onnx_writer{}.input("x", {1}).output("y").graph_field(15, "").node("Relu", {"x"}, {"y"}),
            "sparse");
}

TEST_CASE("attributes out of range are refused, not computed with") {
    const auto conv = [](const std::vector<attr>& attributes) {
        return std::move(onnx_writer{}
                             .input("x", {1, 4, 8, 8})
                             .output("y")
                             .constant("w", {2, 4, 3, 3}, std::vector<float>(72))
                             .node("Conv", {"x", "w"}, {"y"}, attributes));
    };
    refused(conv({attr::wholes("strides", {0, 1})}), "is 0", "(Conv)");
    refused(conv({attr::wholes("strides", {1})}), "another length", "(Conv)");
    refused(conv({attr::wholes("pads", {-1, 0, 0, 0})}), "negative or too large", "(Conv)");
    refused(conv({attr::wholes("dilations", {1LL << 40, 1})}), "negative or too large", "(Conv)");
    refused(conv({attr::whole("group", 3)}), "", "(Conv)");
    refused(conv({attr::whole("group", 0)}), "", "(Conv)");
    refused(conv({attr::wholes("kernel_shape", {5, 5})}), "kernel_shape", "(Conv)");
    refused(conv({attr::text("auto_pad", "SOMEHOW")}), "auto_pad", "(Conv)");
    refused(conv({attr::real("strides", 1.F)}), "another type", "(Conv)");
    refused(one("Softmax", {attr::whole("axis", 2)}), "axis", "(Softmax)");
    refused(one("Concat", {attr::whole("axis", -3)}), "axis", "(Concat)");
    refused(one("Transpose", {attr::wholes("perm", {0, 0})}), "perm", "(Transpose)");
    refused(one("DepthToSpace", {attr::whole("blocksize", 2)}), "", "(DepthToSpace)");
    refused(std::move(onnx_writer{}
                          .input("x", {1, 1, 4, 4, 4, 4})
                          .output("y")
                          .node("MaxPool", {"x"}, {"y"}, {attr::wholes("kernel_shape", {2, 2, 2, 2})})),
            "", "(MaxPool)");
    refused(std::move(onnx_writer{}
                          .input("x", {1, 4})
                          .input("s", {2}, 7)
                          .output("y")
                          .node("Reshape", {"x", "s"}, {"y"})),
            "computed at run time", "(Reshape)");
    refused(std::move(onnx_writer{}
                          .input("x", {1, 4})
                          .output("y")
                          .constant("s", {3}, sizes{3, -1, -1})
                          .node("Reshape", {"x", "s"}, {"y"})),
            "-1", "(Reshape)");
}

TEST_CASE("a small file cannot ask for much memory") {
    const sizes huge{1 << 14, 1 << 14};
    const auto filled = std::move(onnx_writer{}
                                      .input("x", {1})
                                      .output("y")
                                      .constant("s", {2}, huge)
                                      .node("ConstantOfShape", {"s"}, {"c"})
                                      .node("Add", {"x", "c"}, {"y"}));
    refused(filled, "far more memory", "(ConstantOfShape)");
    refused(std::move(onnx_writer{}
                          .input("x", {1})
                          .output("y")
                          .constant("v", {1}, std::vector<float>{1.F})
                          .constant("s", {2}, huge)
                          .node("Expand", {"v", "s"}, {"c"})
                          .node("Add", {"x", "c"}, {"y"})),
            "far more memory", "(Expand)");
    refused(std::move(onnx_writer{}
                          .input("x", {1})
                          .output("y")
                          .constant("a", {}, sizes{0})
                          .constant("b", {}, sizes{1LL << 30})
                          .constant("d", {}, sizes{1})
                          .node("Range", {"a", "b", "d"}, {"c"})
                          .node("Cast", {"c"}, {"f"}, {attr::whole("to", 1)})
                          .node("Add", {"x", "f"}, {"y"})),
            "far more memory", "(Range)");
    // Two bytes of file per empty node.
    std::string nodes;
    for (int i = 0; i < 2000000; ++i)
        nodes += std::string("\x0a\x00", 2);
    std::string model;
    protozero::pbf_writer w{model};
    w.add_message(7, nodes);
    refused(model, "far more memory");
}

TEST_CASE("deeply nested messages do not exhaust the stack") {
    std::string nested;
    for (int i = 0; i < 20000; ++i) {
        std::string outer;
        protozero::pbf_writer w{outer};
        w.add_string(1, "g");
        w.add_enum(20, 5);
        outer += '\x32'; // attribute's graph
        protozero::add_varint_to_buffer(&outer, nested.size());
        nested = outer + nested;
        if (nested.size() > 400000)
            break;
    }
    refused(std::move(onnx_writer{}.input("x", {1}).output("y").node("Relu", {"x"}, {"y"}, {attr{nested}})),
            "sub-graphs");
}

std::string small_network() {
    std::vector<float> weights(4 * 3 * 3 * 3, 0.5F);
    return onnx_writer{}
        .input("x", {-1, 3, 6, 6})
        .output("y")
        .constant("w", {4, 3, 3, 3}, weights)
        .constant("b", {4}, std::vector<float>{1, 2, 3, 4})
        .constant("shape", {2}, sizes{0, -1})
        .constant("k", {64, 2}, std::vector<float>(128, 0.25F))
        .constant("roi", {0}, std::vector<float>{})
        .constant("scales", {4}, std::vector<float>{1, 1, 2, 2})
        .node("Conv", {"x", "w", "b"}, {"a"},
              {attr::wholes("strides", {1, 1}), attr::text("auto_pad", "VALID")})
        .node("BatchNormalization", {"a", "b", "b", "b", "b"}, {"n"}, {attr::real("epsilon", 1e-3F)})
        .node("Clip", {"n"}, {"c"})
        .node("Resize", {"c", "roi", "scales"}, {"z"}, {attr::text("mode", "nearest")})
        .node("MaxPool", {"z"}, {"p"},
              {attr::wholes("kernel_shape", {2, 2}), attr::wholes("strides", {2, 2})})
        .node("Reshape", {"p", "shape"}, {"r"})
        .node("MatMul", {"r", "k"}, {"m"})
        .node("Softmax", {"m"}, {"y"}, {attr::whole("axis", 1)})
        .text();
}

/// Loads damaged copies of a file; whatever comes out must be a graph or a fault that says something.
void survive(const std::string& whole, std::size_t mutations, std::uint64_t seed) {
    random_bits bits{seed};
    std::size_t accepted = 0;
    for (std::size_t i = 0; i < mutations; ++i) {
        std::string text = whole;
        for (std::uint64_t flips = 1 + bits() % 4; flips-- > 0;) {
            const std::size_t at = bits() % text.size();
            if (bits() % 3 == 0)
                text[at] = static_cast<char>(bits());
            else
                text[at] = static_cast<char>(text[at] ^ (1 << (bits() % 8)));
        }
        if (bits() % 8 == 0)
            text.resize(bits() % text.size());
        const auto g = io::parse_onnx(as_bytes(text));
        accepted += g.has_value() ? 1 : 0;
        if (!g)
            CHECK(std::string_view(g.error().what) != io::onnx::unforeseen);
    }
    CHECK(accepted < mutations);
}

TEST_CASE("a damaged model is refused or loaded, never worse") {
    const std::string whole = small_network();
    REQUIRE(io::parse_onnx(as_bytes(whole)));
    survive(whole, 6000, 1);
}

TEST_CASE("a truncated model is refused at every length") {
    const std::string whole = small_network();
    std::size_t accepted = 0;
    for (std::size_t n = 0; n < whole.size(); ++n)
        accepted += io::parse_onnx(as_bytes(whole.substr(0, n))).has_value() ? 1 : 0;
    // Only cutting off what follows the graph (the opset list) can leave a whole model.
    CHECK(accepted <= 8);
}

TEST_CASE("damaged copies of a real model are refused or loaded") {
    const auto path = data_folder() / "models" / "mnist-cntk" / "model.onnx";
    if (data_folder().empty() || !std::filesystem::exists(path))
        return skip("no real models (set PITH_DATA to the data folder)");
    const auto bytes = io::read_file(path.string());
    REQUIRE(bytes);
    survive(std::string(reinterpret_cast<const char*>(bytes->data()), bytes->size()), 3000, 2);
}

onnx_writer gemm(const sizes& a, std::int64_t flipped) {
    return std::move(onnx_writer{}
                         .input("x", a)
                         .output("y")
                         .constant("w", {4, 3}, std::vector<float>(12, 1.F))
                         .node("Gemm", {"x", "w"}, {"y"}, {attr::whole("transA", flipped)}));
}

TEST_CASE("inputs with fewer or more axes than an operator needs are refused") {
    for (const std::int64_t flipped : {0, 1})
        for (const auto& dims : {sizes{}, sizes{4}, sizes{4, 4, 4}})
            refused(gemm(dims, flipped), "Gemm needs matrices", "(Gemm)");
    for (const auto& dims : {sizes{}, sizes{4}, sizes{2, 4}})
        refused(onnx_writer{}.input("x", dims).output("y").node("Attention", {"x", "x", "x"}, {"y"}),
                "three or four axes", "(Attention)");
    refused(onnx_writer{}
                .input("x", {1, 2, 4})
                .input("k", {1, 1, 2, 4})
                .output("y")
                .node("Attention", {"x", "k", "k"}, {"y"},
                      {attr::whole("q_num_heads", 1), attr::whole("kv_num_heads", 1)}),
            "three or four axes", "(Attention)");
    refused(onnx_writer{}
                .input("x", {1, 1, 2, 4})
                .input("p", {4})
                .output("y")
                .node("Attention", {"x", "x", "x", "", "p", "p"}, {"y"}),
            "past ones four", "(Attention)");
    // An axis that is not there, met where a reader did not ask before.
    refused(onnx_writer{}.input("x", {4}).output("y").node("MeanVarianceNormalization", {"x"}, {"y"}), "",
            "");
}

TEST_CASE("constants that would take far more work than the file's size justifies are refused") {
    onnx_writer w;
    w.input("x", {1, 1}).output("y").constant("s", {2}, sizes{1, 8'000'000}).constant("axes", {1}, sizes{1});
    w.node("ConstantOfShape", {"s"}, {"big"});
    std::vector<std::string> all{"x"};
    for (int i = 0; i < 100; ++i) {
        all.push_back("r" + std::to_string(i));
        w.node("ReduceSum", {"big", "axes"}, {all.back()});
    }
    refused(w.node("Sum", all, {"y"}), "far more work than a file of this size may use", "(ReduceSum)");
}

TEST_CASE("lists that are searched are not endless") {
    std::vector<attr> many;
    for (int i = 0; i < 2000; ++i)
        many.push_back(attr::whole("a" + std::to_string(i), 1));
    refused(one("Relu", many), "more than 1,024 attributes");
}

} // namespace
