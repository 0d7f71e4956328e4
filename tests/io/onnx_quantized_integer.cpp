// SPDX-License-Identifier: MIT
/// Products of integers, QONNX, and what is refused.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "support/compiled.hpp"
#include "support/quantized_model.hpp"

namespace {

using namespace pith;
using namespace pith::tests;
using namespace pith::tests::quantized;

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
        const auto y = std::get<1>(evaluated(g, {x}));
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
    const auto y = std::get<1>(evaluated(read(m), {x}));
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
    const auto y = std::get<0>(evaluated(g, {x}));
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
            const auto y = std::get<0>(evaluated(g, {x}));
            CHECK((g[g.outputs[0]].is_coded()) == (k.bits <= 8));
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
    CHECK(first.bits() == 4);
    CHECK(first.axis == 0);
    CHECK(first.scales == rows);
    const auto& second = code_of(g, g.nodes.back().inputs[1]);
    CHECK(second.bits() == 1);
    CHECK(second.as<format::binary>() != nullptr);
    const auto codes = weight_codes(g[g.nodes[0].inputs[1]]);
    for (std::size_t i = 0; i < codes.size(); ++i)
        REQUIRE(codes[i] == std::clamp(std::nearbyint(w[i] / rows[i / 32]), -7.F, 7.F));
}

TEST_CASE("BipolarQuant of activations takes 0 for positive") {
    model m;
    m.input("x", {1, 3}).output("y").constant("s", {}, std::vector<float>{0.5F});
    m.node("BipolarQuant", {"x", "s"}, {"y"}, {}, qonnx);
    const auto y = std::get<0>(evaluated(read(m), {tensor<float>({1, 3}, {-0.1F, 0.F, 7.F})}));
    CHECK(y.data()[0] == -0.5F);
    CHECK(y.data()[1] == 0.5F);
    CHECK(y.data()[2] == 0.5F);
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
