// SPDX-License-Identifier: MIT
/// Operators on codes: the same as real ones between pairs.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "support/compiled.hpp"
#include "support/quantized_model.hpp"

namespace {

using namespace pith;
using namespace pith::tests;
using namespace pith::tests::quantized;

/// The same operator twice: between pairs, and on codes.
void same_as_pairs(const onnx_writer& on_codes, const onnx_writer& pairs, const shape& dims) {
    const auto a = read(on_codes);
    const auto b = read(pairs);
    CHECK(all_in_codes(a));
    REQUIRE(a.nodes.size() == b.nodes.size());
    for (std::size_t k = 0; k < a.nodes.size(); ++k)
        CHECK(a[a.nodes[k].outputs[0]].encoded == b[b.nodes[k].outputs[0]].encoded);
    for (std::uint64_t seed = 1; seed < 4; ++seed) {
        const tensor<float> x = noise(dims, 9.F, seed);
        CHECK(difference(evaluated(a, {x}), evaluated(b, {x}), 0.F, 0.F) == "");
    }
}

/// x and a second operand on codes, whose real numbers are xr and ar.
model two_operands(const sizes& dims, int element) {
    const std::int64_t shift = element == i8 ? 128 : 0;
    model m;
    m.input("x", dims).output("y");
    m.code("x", 0.07F, 120 - shift, element).code("a", 0.05F, 77 - shift, element);
    m.code("y", 0.11F, 99 - shift, element);
    m.quantize("x", "xq", "x").node("Neg", {"x"}, {"n"}).quantize("n", "aq", "a");
    m.decode("xq", "xr", "x").decode("aq", "ar", "a");
    return m;
}

TEST_CASE("operators of two operands on codes are those between pairs") {
    const std::vector<std::pair<std::string, std::string>> all{{"QLinearAdd", "Add"}, {"QLinearMul", "Mul"}};
    for (const int element : {u8, i8})
        for (const auto& [op, real] : all) {
            model codes = two_operands({1, 3, 4, 4}, element);
            codes.node(op, {"xq", "x_s", "x_z", "aq", "a_s", "a_z", "y_s", "y_z"}, {"yq"}, {}, runtime);
            codes.decode("yq", "y", "y");
            model pairs = two_operands({1, 3, 4, 4}, element);
            pairs.node(real, {"xr", "ar"}, {"p"}).quantize("p", "yq", "y").decode("yq", "y", "y");
            const auto a = read(codes);
            CHECK(a[a.outputs[0]].encoded.codes().moved == (element == i8 ? 128 : 0));
            const auto x = noise({1, 3, 4, 4}, 9.F);
            CHECK(difference(evaluated(a, {x}), evaluated(read(pairs), {x}), 0.F, 0.F) == "");
        }
}

TEST_CASE("operators of one operand on codes are those between pairs") {
    struct kind {
        std::string codes, real;
        std::vector<attr> attributes;
        bool spatial = true;
    };
    const std::vector<attr> window{attr::wholes("kernel_shape", {2, 2}), attr::wholes("strides", {2, 1}),
                                   attr::wholes("pads", {0, 1, 0, 0})};
    for (const auto& k :
         {kind{"QLinearAveragePool", "AveragePool", window},
          kind{"QLinearGlobalAveragePool", "GlobalAveragePool", {}}, kind{"QLinearSigmoid", "Sigmoid", {}},
          kind{"QLinearLeakyRelu", "LeakyRelu", {attr::real("alpha", 0.3F)}},
          kind{"QLinearSoftmax", "Softmax", {attr::whole("axis", 1)}}})
        for (const int element : {u8, i8}) {
            const std::int64_t shift = element == i8 ? 128 : 0;
            const auto base = [&] {
                model m;
                m.input("x", {1, 3, 4, 4}).output("y");
                m.code("x", 0.07F, 120 - shift, element).code("y", 1.F / 256, -shift, element);
                m.quantize("x", "xq", "x");
                return m;
            };
            model codes = base();
            auto attributes = k.attributes;
            if (k.codes == "QLinearSoftmax")
                attributes.push_back(attr::whole("opset", 13));
            codes.node(k.codes, {"xq", "x_s", "x_z", "y_s", "y_z"}, {"yq"}, attributes, runtime);
            codes.decode("yq", "y", "y");
            model pairs = base();
            pairs.decode("xq", "xr", "x").node(k.real, {"xr"}, {"p"}, k.attributes);
            pairs.quantize("p", "yq", "y").decode("yq", "y", "y");
            INFO(k.codes);
            same_as_pairs(codes, pairs, {1, 3, 4, 4});
        }
}

TEST_CASE(
    "averages between pairs have ONNX Runtime's codes near ties, of one type and from one to the other") {
    struct kind {
        int from, to;
        float scale;
        std::int64_t from_zero, to_zero;
        sizes codes, expected; ///< 2 x 17; 1 x 16, as ONNX Runtime 1.30 gave them
    };
    const kind kinds[] = {
        {i8,
         u8,
         0.5F,
         3,
         131,
         {2,  21, -10, -23, -40, -34, 53,  29, -57, -14, 7,  2,   57,  20,  -47, -15, 13,
          62, 21, 32,  -52, 36,  -9,  -36, 33, 0,   35,  -3, -37, -36, -27, -51, -43, -41},
         {155, 144, 115, 108, 116, 121, 148, 129, 119, 134, 120, 125, 131, 102, 89, 107}},
        {u8,
         i8,
         0.5F,
         131,
         3,
         {135, 182, 189, 146, 79, 170, 159, 120, 172, 166, 184, 84,  188, 108, 97, 157, 99,
          163, 172, 124, 184, 82, 169, 105, 187, 97,  121, 106, 114, 174, 76,  96, 161, 184},
         {35, 39, 33, -5, -3, 23, 15, 16, 11, 16, -6, 12, 9, -34, 0, 22}},
        {i8,
         i8,
         0.0371F,
         -5,
         91,
         {-65, 47,  -13, -58, 49,  -17, 43, -3,  -48, -62, -35, -11, 29,  51, 43, -51, 11,
          -65, -50, 32,  9,   -40, 49,  44, -40, -23, -64, 49,  -55, -48, 4,  52, -63, -1},
         {63, 100, 88, 86, 106, 126, 107, 68, 47, 68, 83, 75, 105, 127, 91, 70}},
        {u8,
         u8,
         0.0371F,
         123,
         219,
         {73,  136, 126, 131, 180, 88, 116, 71,  113, 87,  144, 160, 74, 152, 137, 81, 85,
          183, 140, 155, 68,  69,  97, 134, 150, 140, 172, 82,  158, 97, 157, 136, 67, 78},
         {229, 235, 216, 208, 204, 205, 214, 214, 224, 217, 232, 218, 216, 242, 201, 174}},
    };
    for (const auto& k : kinds) {
        CAPTURE(k.from);
        CAPTURE(k.to);
        model m;
        m.input("x", {1, 1, 2, 17}).output("y");
        m.code("x", k.scale, k.from_zero, k.from).code("y", k.scale, k.to_zero, k.to);
        m.quantize("x", "xq", "x").decode("xq", "xr", "x");
        m.node("AveragePool", {"xr"}, {"p"}, {attr::wholes("kernel_shape", {2, 2})});
        m.quantize("p", "yq", "y").decode("yq", "y", "y");
        tensor<float> x({1, 1, 2, 17});
        for (std::size_t i = 0; i < x.size(); ++i)
            x[i] = static_cast<float>(k.codes[i] - k.from_zero) * k.scale;
        tensor<float> y({1, 1, 1, 16});
        for (std::size_t i = 0; i < y.size(); ++i)
            y[i] = static_cast<float>(k.expected[i] - k.to_zero) * k.scale;
        CHECK(difference(evaluated(read(m), {x}), any_tensor<float>(y), 0.F, 0.F) == "");
    }
}

TEST_CASE("products on codes are those between pairs, with their bias to the unit") {
    for (const std::string op : {"QLinearConv", "QLinearMatMul", "QGemm"}) {
        const bool conv = op == "QLinearConv";
        const bool gemm = op == "QGemm";
        const sizes input = conv ? sizes{1, 4, 5, 5} : sizes{1, 4};
        const auto base = [&] {
            model m;
            m.input("x", input).output("y").code("x", 0.07F, 120).code("y", 0.2F, 128);
            m.codes("w", i8, conv ? sizes{6, 4, 3, 3} : sizes{4, 6},
                    random_codes(conv ? 216 : 24, -128, 127, 4));
            m.constant("w_s", {6}, std::vector<float>{0.01F, 0.02F, 0.03F, 0.01F, 0.02F, 0.03F});
            m.codes("w_z", i8, {6}, sizes(6, 0)).codes("b", i32, {6}, {-900, 30, 7777, 0, 1, -1});
            m.quantize("x", "xq", "x");
            return m;
        };
        model codes = base();
        if (gemm)
            codes.node(op, {"xq", "x_s", "x_z", "w", "w_s", "w_z", "b", "y_s", "y_z"}, {"yq"}, {}, runtime);
        else if (conv)
            codes.node(op, {"xq", "x_s", "x_z", "w", "w_s", "w_z", "y_s", "y_z", "b"}, {"yq"});
        else
            codes.node(op, {"xq", "x_s", "x_z", "w", "w_s", "w_z", "y_s", "y_z"}, {"yq"});
        codes.decode("yq", "y", "y");
        model pairs = base();
        std::vector<float> factors;
        for (const float s : {0.01F, 0.02F, 0.03F, 0.01F, 0.02F, 0.03F})
            factors.push_back(0.07F * s);
        pairs.constant("b_s", {6}, factors).codes("b_z", i32, {6}, sizes(6, 0));
        pairs.decode("xq", "xr", "x").decode("w", "wr", "w", {attr::whole("axis", conv ? 0 : 1)});
        pairs.decode("b", "br", "b", {attr::whole("axis", 0)});
        if (conv)
            pairs.node("Conv", {"xr", "wr", "br"}, {"p"});
        else if (gemm)
            pairs.node("Gemm", {"xr", "wr", "br"}, {"p"});
        else
            pairs.node("MatMul", {"xr", "wr"}, {"p"});
        pairs.quantize("p", "yq", "y").decode("yq", "y", "y");
        INFO(op);
        same_as_pairs(codes, pairs, conv ? shape{1, 4, 5, 5} : shape{1, 4});
        const auto g = read(codes);
        if (op != "QLinearMatMul")
            CHECK(
                bias_codes(g[g.nodes[0].inputs[2]].reals(), 0.07F, weight_scales(g[g.nodes[0].inputs[1]])) ==
                std::vector<std::int32_t>{-900, 30, 7777, 0, 1, -1});
    }
}

TEST_CASE("a concatenation of codes recodes what has others") {
    model m = two_operands({1, 3, 2, 2}, u8);
    m.node("QLinearConcat", {"x_s", "x_z", "xq", "x_s", "x_z", "aq", "a_s", "a_z"}, {"yq"},
           {attr::whole("axis", 1)}, runtime);
    m.decode("yq", "y", "x");
    const auto g = read(m);
    const auto x = noise({1, 3, 2, 2}, 4.F);
    const auto y = std::get<0>(evaluated(g, {x}));
    for (std::size_t i = 0; i < 12; ++i) {
        CHECK(y[i] == format::decode({0.07F, 120}, format::encode({0.07F, 120}, x[i])));
        const float a = format::decode({0.05F, 77}, format::encode({0.05F, 77}, -x[i]));
        CHECK(y[12 + i] == format::decode({0.07F, 120}, format::encode({0.07F, 120}, a)));
    }
}

TEST_CASE("operators that move codes move them in codes, padding with the code that is asked for") {
    model m;
    m.input("x", {1, 3, 4, 4}).output("y").code("x", 0.07F, 5, i8).codes("fill", i8, {}, {-9});
    m.constant("pads", {8}, sizes{0, 0, 1, 0, 0, 0, 0, 2}).constant("flat", {2}, sizes{1, -1});
    m.quantize("x", "q", "x")
        .node("Pad", {"q", "pads", "fill"}, {"p"})
        .node("MaxPool", {"p"}, {"m"}, {attr::wholes("kernel_shape", {2, 2})});
    m.node("Transpose", {"m"}, {"t"}, {attr::wholes("perm", {0, 2, 3, 1})});
    m.node("Concat", {"t", "t"}, {"c"}, {attr::whole("axis", 3)}).node("Reshape", {"c", "flat"}, {"f"});
    m.decode("f", "y", "x");
    const auto g = read(m);
    const format::affine code{0.07F, 133, 0, 255, 128};
    const auto x = noise({1, 3, 4, 4}, 9.F);
    const auto y = std::get<0>(evaluated(g, {x}));
    const auto at = [&](int c, int r, int k) {
        if (r < 1 || k > 3)
            return format::decode(code, -9 + 128);
        return format::decode(code,
                              format::encode(code, x[static_cast<std::size_t>((c * 4 + r - 1) * 4 + k)]));
    };
    REQUIRE(y.dims() == shape{1, 4 * 5 * 6});
    for (int r = 0; r < 4; ++r)
        for (int k = 0; k < 5; ++k)
            for (int c = 0; c < 6; ++c)
                CHECK(y[static_cast<std::size_t>((r * 5 + k) * 6 + c)] ==
                      std::max({at(c % 3, r, k), at(c % 3, r + 1, k), at(c % 3, r, k + 1),
                                at(c % 3, r + 1, k + 1)}));
    for (const auto& n : g.nodes)
        if (!std::holds_alternative<pad>(n.layer)) // whose filling is not 0
            CHECK(g[n.outputs[0]].is_coded());
}

TEST_CASE("Relu and Clip of codes cut the codes") {
    for (const bool relu : {true, false}) {
        model m;
        m.input("x", {1, 5})
            .output("y")
            .code("x", 0.5F, -3, i8)
            .codes("low", i8, {}, {-5})
            .codes("high", i8, {}, {1});
        m.quantize("x", "q", "x");
        relu ? m.node("Relu", {"q"}, {"c"}) : m.node("Clip", {"q", "low", "high"}, {"c"});
        m.decode("c", "y", "x");
        const auto g = read(m);
        CHECK(all_in_codes(g));
        const tensor<float> x({1, 5}, {-4.F, -1.F, 0.F, 1.9F, 4.F});
        const auto y = std::get<0>(evaluated(g, {x}));
        for (std::size_t i = 0; i < 5; ++i) {
            const float code = std::nearbyint(x[i] / 0.5F) - 3;
            CHECK(y[i] == 0.5F * ((relu ? std::max(code, 0.F) : std::clamp(code, -5.F, 1.F)) + 3));
        }
    }
}

TEST_CASE("codes that leave the model are whole numbers of their type") {
    model m;
    m.input("x", {1, 3}).code("x", 0.5F, -3, i8).quantize("x", "y", "x");
    m.graph_field(12, onnx_writer::value("y", {1, 3}, i8));
    const auto y = std::get<1>(evaluated(read(m), {tensor<float>({1, 3}, {1.F, -200.F, 200.F})}));
    CHECK(y.data()[0] == -1);
    CHECK(y.data()[1] == -128);
    CHECK(y.data()[2] == 127);
}

} // namespace
