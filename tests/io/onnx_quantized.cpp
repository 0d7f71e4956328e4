// SPDX-License-Identifier: MIT
/// Quantised ONNX models as pairs of QuantizeLinear and DequantizeLinear: what they become.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <pith/io/onnx/quantize_linear.hpp>

#include "support/compiled.hpp"
#include "support/quantized_model.hpp"

namespace {

using namespace pith;
using namespace pith::tests;
using namespace pith::tests::quantized;

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
    CHECK(code_of(g, g.inputs[0]) == encoding::per_tensor({0.02F, 120}));
    CHECK(code_of(g, g.outputs[0]) == encoding::per_tensor({0.07F, 3}));
    CHECK(g[g.outputs[0]].name == "y");
    const auto& weights = g[g.nodes[0].inputs[1]];
    REQUIRE(has_weight_codes(weights));
    CHECK(weights.encoded.scales == std::vector<float>{0.01F, 0.02F, 0.03F});
    CHECK(weights.encoded.bits() == 8);
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
    const auto y = std::get<0>(evaluated(g, {tensor<float>({1, 4}, {0.36F, -0.34F, 0.05F, 100.F})}));
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
    const auto y = std::get<0>(evaluated(read(m), {tensor<float>({1, 3}, {1.F, -3.F, 1000.F})}));
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
        const auto y = std::get<0>(evaluated(read(m), {x}));
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
            CHECK(held.encoded.bits() == k.bits);
        const tensor<float> x = noise({1, 16}, 12.F);
        const auto y = std::get<0>(evaluated(g, {x}));
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
    CHECK(e.element == element_format(format::codebook_of(levels).value()));
    CHECK(e.bits() == 4);
    const auto codes = weight_codes(g[g.nodes[0].inputs[1]]);
    CHECK(std::equal(codes.begin(), codes.end(), w.begin()));
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

} // namespace
