// SPDX-License-Identifier: MIT
/// Quantised ONNX models of every dialect: what they become, and that it computes what they say.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <pith/base/random.hpp>
#include <pith/graph/quantized.hpp>
#include <pith/graph/simulate.hpp>
#include <pith/io/onnx.hpp>

#include "support/door.hpp"
#include "support/onnx_writer.hpp"

namespace {

using namespace pith;
using namespace pith::tests;
using attr = onnx_attribute;

constexpr int u8 = 2;
constexpr int i8 = 3;
constexpr int i32 = 6;
constexpr int u4 = 21;
constexpr int i4 = 22;
const std::string runtime = "com.microsoft";
const std::string qonnx = "qonnx.custom_op.general";

/// A model with constants of any whole type.
struct model : onnx_writer {
    model() { opset = 21; }
    model& input(const std::string& name, const sizes& dims, int element = 1) {
        onnx_writer::input(name, dims, element);
        return *this;
    }
    model& output(const std::string& name) {
        onnx_writer::output(name);
        return *this;
    }
    model& node(const std::string& op, const std::vector<std::string>& inputs,
                const std::vector<std::string>& outputs, const std::vector<attr>& attributes = {},
                const std::string& domain = {}) {
        onnx_writer::node(op, inputs, outputs, attributes, domain);
        return *this;
    }
    template <class E>
    model& constant(const std::string& name, const sizes& dims, const std::vector<E>& values) {
        onnx_writer::constant(name, dims, values);
        return *this;
    }
    model& codes(const std::string& name, int element, const sizes& dims, const sizes& values) {
        std::string raw;
        for (std::size_t i = 0; i < values.size(); ++i) {
            const auto v = static_cast<std::uint32_t>(values[i]);
            if (element != u4 && element != i4)
                for (int byte = 0; byte < (element == i32 ? 4 : 1); ++byte)
                    raw.push_back(static_cast<char>(v >> 8 * byte));
            else if (i % 2 == 0)
                raw.push_back(static_cast<char>(v & 15U));
            else
                raw.back() = static_cast<char>(static_cast<unsigned char>(raw.back()) | (v & 15U) << 4U);
        }
        std::string out;
        protozero::pbf_writer w{out};
        w.add_packed_int64(1, dims.begin(), dims.end());
        w.add_int32(2, element);
        w.add_string(8, name);
        w.add_bytes(9, raw);
        graph_field(5, out);
        return *this;
    }
    /// Scale NAME_s and zero point NAME_z.
    model& code(const std::string& name, float scale, std::int64_t zero, int element = u8) {
        constant(name + "_s", {}, std::vector<float>{scale});
        return codes(name + "_z", element, {}, {zero});
    }
    model& quantize(const std::string& x, const std::string& y, const std::string& by,
                    const std::vector<attr>& attributes = {}) {
        node("QuantizeLinear", {x, by + "_s", by + "_z"}, {y}, attributes);
        return *this;
    }
    model& decode(const std::string& x, const std::string& y, const std::string& by,
                  const std::vector<attr>& attributes = {}) {
        node("DequantizeLinear", {x, by + "_s", by + "_z"}, {y}, attributes);
        return *this;
    }
};

graph<float> read(const onnx_writer& w) {
    const std::string text = w.text();
    const auto g = io::parse_onnx(as_bytes(text));
    REQUIRE_MESSAGE(g, g.error().what, " ", g.error().where);
    return *g;
}

void refused(const onnx_writer& w, std::string_view what, std::string_view where) {
    const std::string text = w.text();
    const auto g = io::parse_onnx(as_bytes(text));
    REQUIRE(!g);
    CHECK_MESSAGE(std::string_view(g.error().what).find(what) != std::string_view::npos, g.error().what);
    CHECK_MESSAGE(std::string_view(g.error().where).find(where) != std::string_view::npos, g.error().where);
}

any_tensor<float> run(const graph<float>& g, std::vector<any_tensor<float>> inputs) {
    const auto y = through_doors(g, std::move(inputs),
                                 [](const auto& net, const auto& in) { return simulate(net, in); });
    REQUIRE_MESSAGE(y, y.error().what, " ", y.error().where);
    return (*y)[0];
}

tensor<float> noise(const shape& dims, float limit, std::uint64_t seed = 1) {
    random_bits bits(seed);
    tensor<float> t(dims);
    for (auto& v : t.data())
        v = limit * (2.F * bits.unit() - 1.F);
    return t;
}

sizes random_codes(std::size_t count, std::int64_t low, std::int64_t high, std::uint64_t seed) {
    random_bits bits(seed);
    sizes out(count);
    for (auto& v : out)
        v = low + static_cast<std::int64_t>(bits.below(static_cast<std::uint64_t>(high - low + 1)));
    return out;
}

const affine_encoding& code_of(const graph<float>& g, value_id id) {
    REQUIRE(g[id].affine() != nullptr);
    return *g[id].affine();
}

/// Whether every node runs in codes or is part of one that does.
bool all_in_codes(const graph<float>& g) {
    const auto how = executions_of(g);
    return std::all_of(how.begin(), how.end(), [](const auto& e) { return e.how != execution::real; });
}

// Pairs
// -------------------------------------------------------------------------------------------------------

TEST_CASE("a convolution between pairs keeps its very codes") {
    model m;
    const sizes w = random_codes(3 * 2 * 9, -127, 127, 1);
    m.input("x", {1, 2, 5, 5}).output("y");
    m.code("x", 0.02F, 120).code("y", 0.07F, 3).codes("w", i8, {3, 2, 3, 3}, w);
    m.constant("w_s", {3}, std::vector<float>{0.01F, 0.02F, 0.03F}).codes("w_z", i8, {3}, {0, 0, 0});
    m.codes("b", i32, {3}, {-1000, 7, 100000});
    m.constant("b_s", {3}, std::vector<float>{0.02F * 0.01F, 0.02F * 0.02F, 0.02F * 0.03F});
    m.codes("b_z", i32, {3}, {0, 0, 0});
    m.quantize("x", "xq", "x").decode("xq", "xr", "x");
    m.decode("w", "wr", "w", {attr::whole("axis", 0)}).decode("b", "br", "b", {attr::whole("axis", 0)});
    m.node("Conv", {"xr", "wr", "br"}, {"c"});
    m.quantize("c", "cq", "y").decode("cq", "y", "y");
    const auto g = read(m);
    REQUIRE(g.nodes.size() == 1);
    CHECK(all_in_codes(g));
    CHECK(code_of(g, g.inputs[0]) == affine_encoding::per_tensor({0.02F, 120}));
    CHECK(code_of(g, g.outputs[0]) == affine_encoding::per_tensor({0.07F, 3}));
    CHECK(g[g.outputs[0]].name == "y");
    const auto& weights = g[g.nodes[0].inputs[1]];
    REQUIRE(has_weight_codes(weights));
    CHECK(weights.affine()->scales == std::vector<float>{0.01F, 0.02F, 0.03F});
    CHECK(weights.affine()->bits == 8);
    const auto codes = weight_codes(weights); // [3, 3, 3, 2] now
    for (std::size_t o = 0; o < 3; ++o)
        for (std::size_t i = 0; i < 2; ++i)
            for (std::size_t k = 0; k < 9; ++k)
                REQUIRE(codes[(o * 9 + k) * 2 + i] == w[(o * 2 + i) * 9 + k]);
    CHECK(bias_codes(g[g.nodes[0].inputs[2]].reals(), 0.02F, weight_scales(weights)) ==
          std::vector<std::int32_t>{-1000, 7, 100000});
}

TEST_CASE("every int32 bias up to 2^22, and most beyond, comes back from its float master") {
    random_bits bits(5);
    const auto back = [](std::int32_t code, float input, float weight) {
        const float scale = input * weight;
        return format::quantize_bias(io::onnx::detail::bias_master(code, scale), input, weight) == code;
    };
    std::size_t lost = 0;
    std::size_t beyond = 0;
    for (int i = 0; i < 2000000; ++i) {
        const float input = 0.001F + bits.unit() * 0.2F;
        const float weight = 1e-5F + bits.unit() * 0.05F;
        const auto small = static_cast<std::int32_t>(bits.below(1U << 23U)) - (1 << 22);
        lost += back(small, input, weight) ? 0U : 1U;
        const auto large = static_cast<std::int32_t>(bits.below(1U << 23U) + (1U << 22U));
        beyond += back(large, input, weight) ? 0U : 1U;
    }
    CHECK(lost == 0);
    CHECK(beyond < 2000000 / 5); // a float has 24 bits, and the product of two scales takes its share
    MESSAGE("biases between 2^22 and 1.5 * 2^23 that are off by one: ", beyond, " of 2000000");
}

TEST_CASE("pairs of other codes behind each other recode; equal ones are one") {
    model m;
    m.input("x", {1, 4}).output("y").code("a", 0.1F, 128).code("b", 0.25F, 100);
    m.quantize("x", "q1", "a").decode("q1", "r1", "a").quantize("r1", "q2", "a").decode("q2", "r2", "a");
    m.quantize("r2", "q3", "b").decode("q3", "y", "b");
    const auto g = read(m);
    REQUIRE(g.nodes.size() == 1);
    CHECK(kind_of(std::get<unary>(g.nodes[0].layer)) == "identity");
    CHECK(all_in_codes(g));
    const auto y = std::get<0>(run(g, {tensor<float>({1, 4}, {0.36F, -0.34F, 0.05F, 100.F})}));
    CHECK(y.data()[0] == 0.5F); // 0.4 is 1.6 steps of 0.25
    CHECK(y.data()[1] == -0.25F);
    CHECK(y.data()[2] == 0.F);
    CHECK(y.data()[3] == doctest::Approx(12.75F)); // (255 - 128) * 0.1, then 151 steps of 0.25
}

TEST_CASE("a value that is also read unrounded keeps its real numbers") {
    model m;
    m.input("x", {1, 2}).output("y").output("z").code("a", 1.F, 128);
    m.node("Relu", {"x"}, {"r"});
    m.quantize("r", "q", "a").decode("q", "y", "a").node("Neg", {"r"}, {"z"});
    const auto g = read(m);
    const auto both = simulate(g, any_tensors<float>{tensor<float>({1, 2}, {0.3F, 1.7F})});
    REQUIRE(both);
    CHECK(std::get<0>((*both)[0]).data()[1] == 2.F);
    CHECK(std::get<0>((*both)[1]).data()[1] == -1.7F);
}

TEST_CASE("decoding by other numbers than those it was coded by is computed as it stands") {
    model m;
    m.input("x", {1, 3}).output("y").code("a", 0.5F, 10).code("b", 0.25F, 7);
    m.quantize("x", "q", "a").decode("q", "y", "b");
    const auto y = std::get<0>(run(read(m), {tensor<float>({1, 3}, {1.F, -3.F, 1000.F})}));
    CHECK(y.data()[0] == 0.25F * (12 - 7));
    CHECK(y.data()[1] == 0.25F * (4 - 7));
    CHECK(y.data()[2] == 0.25F * (255 - 7));
}

TEST_CASE("codes per channel of an activation, and in blocks, are computed exactly") {
    for (const bool blocked : {false, true}) {
        model m;
        m.input("x", {2, 4}).output("y");
        if (blocked)
            m.constant("p_s", {2, 2}, std::vector<float>{0.5F, 1.F, 2.F, 0.25F})
                .codes("p_z", u8, {2, 2}, {0, 128, 7, 255});
        else
            m.constant("p_s", {4}, std::vector<float>{0.5F, 1.F, 2.F, 0.25F})
                .codes("p_z", u8, {4}, {0, 128, 7, 255});
        std::vector<attr> how{attr::whole("axis", 1)};
        if (blocked)
            how.push_back(attr::whole("block_size", 2));
        m.quantize("x", "q", "p", how).decode("q", "y", "p", how);
        const tensor<float> x({2, 4}, {1.3F, -7.F, 9.F, -2.1F, 500.F, 3.F, -100.F, 0.6F});
        const auto y = std::get<0>(run(read(m), {x}));
        const float scales[] = {0.5F, 1.F, 2.F, 0.25F};
        const float zeros[] = {0, 128, 7, 255};
        for (std::size_t i = 0; i < 8; ++i) {
            const std::size_t k = blocked ? i / 4 * 2 + i % 4 / 2 : i % 4;
            const float code = std::clamp(std::nearbyint(x[i] / scales[k]) + zeros[k], 0.F, 255.F);
            CHECK(y[i] == (code - zeros[k]) * scales[k]);
        }
    }
}

TEST_CASE("weights of every type become signed codes where these fit") {
    struct kind {
        int element;
        std::int64_t low, high, zero;
        int bits; ///< of the encoding; 0: none
    };
    for (const kind k : {kind{i8, -127, 127, 0, 8}, kind{u8, 0, 255, 128, 8}, kind{u8, 100, 200, 150, 8},
                         kind{u8, 0, 255, 7, 0}, kind{i4, -8, 7, 0, 4}, kind{u4, 0, 15, 8, 4},
                         kind{i8, -3, 3, 0, 3}, kind{i8, -1, 1, 0, 2}, kind{i8, -128, 127, -100, 0}}) {
        model m;
        m.input("x", {1, 16}).output("y").code("x", 0.1F, 128).code("y", 0.5F, 128);
        sizes w = random_codes(8 * 16, k.low, k.high, 3);
        w[0] = k.low;
        w[1] = k.high;
        m.codes("w", k.element, {8, 16}, w).code("w", 0.03F, k.zero, k.element);
        m.quantize("x", "xq", "x").decode("xq", "xr", "x").decode("w", "wr", "w");
        m.node("Gemm", {"xr", "wr"}, {"g"}, {attr::whole("transB", 1)});
        m.quantize("g", "gq", "y").decode("gq", "y", "y");
        const auto g = read(m);
        const auto& held = g[g.nodes[0].inputs[1]];
        CHECK(has_weight_codes(held) == (k.bits != 0));
        CHECK(all_in_codes(g) == (k.bits != 0));
        if (k.bits != 0)
            CHECK(held.affine()->bits == k.bits);
        const tensor<float> x = noise({1, 16}, 12.F);
        const auto y = std::get<0>(run(g, {x}));
        for (std::size_t o = 0; o < 8; ++o) {
            std::int64_t sum = 0;
            for (std::size_t i = 0; i < 16; ++i)
                sum += (std::clamp<std::int64_t>(std::lrintf(x[i] / 0.1F) + 128, 0, 255) - 128) *
                       (w[o * 16 + i] - k.zero);
            const float code = std::nearbyint(static_cast<float>(sum) * (0.1F * 0.03F / 0.5F));
            CHECK(y[o] == 0.5F * std::clamp(code, -128.F, 127.F));
        }
    }
}

TEST_CASE("eight-bit weights that are few numbers far apart are a codebook again") {
    model m;
    m.input("x", {1, 64}).output("y").code("x", 0.1F, 128);
    const sizes levels{-128, -64, -32, -16, 0, 16, 32, 64, 127};
    sizes w = random_codes(16 * 64, 0, 8, 3);
    for (auto& v : w)
        v = levels[static_cast<std::size_t>(v)];
    m.codes("w", i8, {16, 64}, w).code("w", 0.03F, 0, i8);
    m.quantize("x", "xq", "x").decode("xq", "xr", "x").decode("w", "wr", "w");
    m.node("Gemm", {"xr", "wr"}, {"y"}, {attr::whole("transB", 1)});
    const auto g = read(m);
    const auto& e = code_of(g, g.nodes[0].inputs[1]);
    CHECK(e.levels == std::vector<std::int16_t>(levels.begin(), levels.end()));
    CHECK(e.bits == 4);
    const auto codes = weight_codes(g[g.nodes[0].inputs[1]]);
    CHECK(std::equal(codes.begin(), codes.end(), w.begin()));
}

// Operators on codes
// ------------------------------------------------------------------------------------------

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
        CHECK(difference(run(a, {x}), run(b, {x}), 0.F, 0.F) == "");
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
            CHECK(a[a.outputs[0]].affine()->moved == (element == i8 ? 128 : 0));
            const auto x = noise({1, 3, 4, 4}, 9.F);
            CHECK(difference(run(a, {x}), run(read(pairs), {x}), 0.F, 0.F) == "");
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
    const auto y = std::get<0>(run(g, {x}));
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
    const auto y = std::get<0>(run(g, {x}));
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
            CHECK(g[n.outputs[0]].affine() != nullptr);
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
        const auto y = std::get<0>(run(g, {x}));
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
    const auto y = std::get<1>(run(read(m), {tensor<float>({1, 3}, {1.F, -200.F, 200.F})}));
    CHECK(y.data()[0] == -1);
    CHECK(y.data()[1] == -128);
    CHECK(y.data()[2] == 127);
}

// Products of integers
// ---------------------------------------------------------------------------------------

TEST_CASE("products of integers are exact, however deep") {
    for (const std::int64_t depth : {7, 300, 1500}) {
        model m;
        m.input("x", {2, depth}, u8)
            .codes("w", i8, {depth, 3}, random_codes(static_cast<std::size_t>(3 * depth), -128, 127, 2));
        m.codes("xz", u8, {}, {3}).codes("wz", i8, {3}, {0, -5, 127});
        m.node("MatMulInteger", {"x", "w", "xz", "wz"}, {"y"});
        m.graph_field(12, onnx_writer::value("y", {2, 3}, i32));
        const auto g = read(m);
        const auto n = static_cast<std::size_t>(depth);
        tensor<std::int64_t> x({2, depth}, random_codes(2 * n, 200, 255, 9));
        const sizes w = random_codes(3 * n, -128, 127, 2);
        const auto y = std::get<1>(run(g, {x}));
        const std::int64_t zeros[] = {0, -5, 127};
        for (std::size_t r = 0; r < 2; ++r)
            for (std::size_t c = 0; c < 3; ++c) {
                std::int64_t sum = 0;
                for (std::size_t k = 0; k < n; ++k)
                    sum += (x[r * n + k] - 3) * (w[k * 3 + c] - zeros[c]);
                CHECK(y[r * 3 + c] == sum);
            }
    }
}

TEST_CASE("convolutions of integers are exact, and pad with the zero point") {
    model m;
    constexpr std::int64_t channels = 80;
    const sizes w = random_codes(2 * channels * 9, -128, 127, 2);
    m.input("x", {1, channels, 3, 3}, u8).codes("w", i8, {2, channels, 3, 3}, w).codes("xz", u8, {}, {9});
    m.node("ConvInteger", {"x", "w", "xz"}, {"y"}, {attr::wholes("pads", {1, 1, 1, 1})});
    m.graph_field(12, onnx_writer::value("y", {1, 2, 3, 3}, i32));
    tensor<std::int64_t> x({1, channels, 3, 3}, random_codes(channels * 9, 150, 255, 9));
    const auto y = std::get<1>(run(read(m), {x}));
    for (int o = 0; o < 2; ++o)
        for (int r = 0; r < 3; ++r)
            for (int k = 0; k < 3; ++k) {
                std::int64_t sum = 0;
                for (int c = 0; c < channels; ++c)
                    for (int i = 0; i < 9; ++i) {
                        const int row = r + i / 3 - 1;
                        const int column = k + i % 3 - 1;
                        if (row >= 0 && row < 3 && column >= 0 && column < 3)
                            sum += (x[static_cast<std::size_t>(c * 9 + row * 3 + column)] - 9) *
                                   w[static_cast<std::size_t>((o * channels + c) * 9 + i)];
                    }
                CHECK(y[static_cast<std::size_t>(o * 9 + r * 3 + k)] == sum);
            }
}

TEST_CASE("a network quantised at run time computes what it says") {
    model m;
    m.input("x", {2, 32}).output("y").codes("w", i8, {32, 4}, random_codes(128, -127, 127, 2));
    m.constant("ws", {}, std::vector<float>{0.02F});
    m.node("DynamicQuantizeLinear", {"x"}, {"q", "s", "z"}).node("MatMulInteger", {"q", "w", "z"}, {"p"});
    m.node("Cast", {"p"}, {"f"}, {attr::whole("to", 1)})
        .node("Mul", {"s", "ws"}, {"both"})
        .node("Mul", {"f", "both"}, {"y"});
    const auto g = read(m);
    const tensor<float> x = noise({2, 32}, 3.F);
    const auto y = std::get<0>(run(g, {x}));
    const auto [low, high] = std::minmax_element(x.data().begin(), x.data().end());
    const float scale = (*high - *low) / 255.F;
    const float zero = std::nearbyint(0.F - *low / scale);
    const sizes w = random_codes(128, -127, 127, 2);
    for (std::size_t r = 0; r < 2; ++r)
        for (std::size_t c = 0; c < 4; ++c) {
            std::int64_t sum = 0;
            for (std::size_t k = 0; k < 32; ++k)
                sum += static_cast<std::int64_t>(std::nearbyint(x[r * 32 + k] / scale)) * w[k * 4 + c];
            CHECK(zero > 0);
            CHECK(y[r * 4 + c] == doctest::Approx(static_cast<float>(sum) * scale * 0.02F).epsilon(1e-5));
        }
}

// QONNX
// --------------------------------------------------------------------------------------------------------

model quant(float scale, float zero, float bits, const std::vector<attr>& attributes,
            const std::string& domain) {
    model m;
    m.input("x", {1, 6}).output("y").constant("s", {}, std::vector<float>{scale});
    m.constant("z", {}, std::vector<float>{zero}).constant("b", {}, std::vector<float>{bits});
    m.node("Quant", {"x", "s", "z", "b"}, {"y"}, attributes, domain);
    return m;
}

TEST_CASE("Quant of activations, in every width and rounding") {
    const tensor<float> x({1, 6}, {-9.F, -0.75F, 0.25F, 0.6F, 1.75F, 30.F});
    struct kind {
        float zero, bits;
        bool narrow, has_sign;
        const char* mode;
    };
    for (const kind k : {kind{0, 4, false, true, "ROUND"}, kind{0, 2, true, true, "ROUND"},
                         kind{0, 8, false, false, "ROUND"}, kind{3, 4, false, false, "ROUND"},
                         kind{0, 4, false, true, "FLOOR"}, kind{1, 5, true, true, "CEIL"},
                         kind{0, 3, false, true, "ROUND_TO_ZERO"}, kind{0, 12, false, true, "ROUND"}})
        for (const std::string& domain : {qonnx, std::string("onnx.brevitas")}) {
            const auto g = read(quant(0.5F, k.zero, k.bits,
                                      {attr::whole("narrow", k.narrow), attr::whole("signed", k.has_sign),
                                       attr::text("rounding_mode", k.mode)},
                                      domain));
            const float span = std::pow(2.F, k.bits - (k.has_sign ? 1.F : 0.F));
            const float low = k.has_sign ? -span + (k.narrow ? 1.F : 0.F) : 0.F;
            const float high = span - 1 - (k.narrow && !k.has_sign ? 1.F : 0.F);
            const auto y = std::get<0>(run(g, {x}));
            CHECK((g[g.outputs[0]].affine() != nullptr) == (k.bits <= 8));
            for (std::size_t i = 0; i < 6; ++i) {
                const float v = std::clamp(x[i] / 0.5F + k.zero, low, high);
                const std::string mode = k.mode;
                const float code = mode == "FLOOR"   ? std::floor(v)
                                   : mode == "CEIL"  ? std::ceil(v)
                                   : mode == "ROUND" ? std::nearbyint(v)
                                                     : std::trunc(v);
                CHECK(y[i] == (code - k.zero) * 0.5F);
            }
        }
}

TEST_CASE("a low-bit network of Quant and BipolarQuant runs in codes") {
    model m;
    m.input("x", {1, 32}).output("y").constant("one", {}, std::vector<float>{0.F});
    m.constant("s", {}, std::vector<float>{0.25F}).constant("four", {}, std::vector<float>{4.F});
    const tensor<float> w = noise({16, 32}, 1.F, 3);
    const tensor<float> v = noise({32, 16}, 1.F, 4);
    m.constant("w", {16, 32}, std::vector<float>(w.data().begin(), w.data().end()));
    m.constant("v", {32, 16}, std::vector<float>(v.data().begin(), v.data().end()));
    std::vector<float> rows(16);
    for (std::size_t i = 0; i < 16; ++i)
        rows[i] = 0.1F + 0.01F * static_cast<float>(i);
    m.constant("ws", {16, 1}, rows);
    m.node("Quant", {"x", "s", "one", "four"}, {"xq"}, {}, qonnx);
    m.node("Quant", {"w", "ws", "one", "four"}, {"wq"}, {attr::whole("narrow", 1)}, qonnx);
    m.node("BipolarQuant", {"v", "s"}, {"vq"}, {}, qonnx);
    m.node("Gemm", {"xq", "wq"}, {"h"}, {attr::whole("transB", 1)}).node("Relu", {"h"}, {"r"});
    m.node("Quant", {"r", "s", "one", "four"}, {"rq"}, {attr::whole("signed", 0)}, qonnx);
    m.node("Gemm", {"rq", "vq"}, {"y"}, {attr::whole("transB", 1)});
    const auto g = read(m);
    CHECK(all_in_codes(g));
    const auto& first = code_of(g, g.nodes[0].inputs[1]);
    CHECK(first.bits == 4);
    CHECK(first.axis == 0);
    CHECK(first.scales == rows);
    const auto& second = code_of(g, g.nodes.back().inputs[1]);
    CHECK(second.bits == 1);
    CHECK(second.levels == std::vector<std::int16_t>{-1, 1});
    const auto codes = weight_codes(g[g.nodes[0].inputs[1]]);
    for (std::size_t i = 0; i < codes.size(); ++i)
        REQUIRE(codes[i] == std::clamp(std::nearbyint(w[i] / rows[i / 32]), -7.F, 7.F));
}

TEST_CASE("BipolarQuant of activations takes 0 for positive") {
    model m;
    m.input("x", {1, 3}).output("y").constant("s", {}, std::vector<float>{0.5F});
    m.node("BipolarQuant", {"x", "s"}, {"y"}, {}, qonnx);
    const auto y = std::get<0>(run(read(m), {tensor<float>({1, 3}, {-0.1F, 0.F, 7.F})}));
    CHECK(y.data()[0] == -0.5F);
    CHECK(y.data()[1] == 0.5F);
    CHECK(y.data()[2] == 0.5F);
}

TEST_CASE("a large file of codes takes no more memory than its size justifies") {
    model m; // 20 MB; held as int64 they alone would be 160 MB
    constexpr std::int64_t size = 1414;
    m.input("x0", {1, size}).output("x10").code("w", 0.5F, 0, i8);
    const sizes codes(static_cast<std::size_t>(size * size), -127);
    for (int i = 0; i < 10; ++i) {
        const std::string k = std::to_string(i);
        m.codes("w" + k, i8, {size, size}, codes).decode("w" + k, "r" + k, "w");
        m.node("MatMul", {"x" + k, "r" + k}, {"x" + std::to_string(i + 1)});
    }
    const auto g = read(m);
    CHECK((*g[g.nodes[9].inputs[1]].reals())[7] == -63.5F);
}

TEST_CASE("parameters of other types and shapes than they should have break nothing") {
    model m;
    m.input("x", {1, 6}).output("y").constant("s", {1}, sizes{1}).constant("z", {}, std::vector<float>{0});
    m.constant("b", {}, std::vector<float>{4}).constant("w", {6, 2}, std::vector<float>(12, 0.25F));
    m.constant("many", {1, 2}, std::vector<float>{1, 2}).constant("few", {1, 3}, std::vector<float>{0, 0, 0});
    m.node("Quant", {"x", "s", "z", "b"}, {"xq"}, {}, qonnx);
    m.node("Gemm", {"xq", "w"}, {"y"});
    CHECK(read(m).nodes.size() == 1);
    m.output("u").node("Quant", {"w", "many", "few", "b"}, {"u"}, {}, qonnx);
    refused(m, "broadcast", "the Quant");
}

TEST_CASE("what is not supported is refused by its node") {
    refused(quant(1, 0, 2.5F, {}, qonnx), "whole bit widths", "the Quant");
    refused(quant(1, 0, 1, {attr::whole("narrow", 1), attr::whole("signed", 0)}, qonnx), "one level",
            "the Quant");
    refused(quant(1, 0, 4, {attr::text("rounding_mode", "HALF_UP")}, qonnx), "rounding mode", "the Quant");
    for (const char* const op : {"Trunc", "FloatQuant"}) {
        model m;
        m.input("x", {1, 6}).output("y").node(op, {"x"}, {"y"}, {}, qonnx);
        refused(m, "only Quant and BipolarQuant", std::string("(") + op);
    }
    model scales;
    scales.input("x", {1, 6})
        .output("y")
        .constant("p_s", {2}, std::vector<float>{1, 2})
        .codes("p_z", u8, {2}, {0, 0});
    scales.quantize("x", "q", "p").decode("q", "y", "p");
    refused(scales, "one scale", "the QuantizeLinear");
    model groups;
    groups.input("x", {1, 1024, 40, 40}, u8);
    groups.codes("w", i8, {2, 512, 40, 40}, sizes(2 * 512 * 1600, 127));
    groups.node("ConvInteger", {"x", "w"}, {"y"}, {attr::whole("group", 2)});
    groups.graph_field(12, onnx_writer::value("y", {1, 2, 1, 1}, i32));
    refused(groups, "24 bits", "the ConvInteger");
    model lacks;
    lacks.input("x", {1, 6}).output("y").node("QLinearAdd", {"x"}, {"y"}, {}, runtime);
    refused(lacks, "lacks an input", "the QLinearAdd");
}

} // namespace
