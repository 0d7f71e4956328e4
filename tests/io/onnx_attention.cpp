// SPDX-License-Identifier: MIT
/// Attention and rotary embeddings against loops over heads and positions.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <pith/base/random.hpp>
#include <pith/io/onnx.hpp>

#include "support/compiled.hpp"
#include "support/door.hpp"
#include "support/onnx_writer.hpp"

namespace {

using namespace pith;
using namespace pith::tests;
using attr = onnx_attribute;
using reals = tensor<float>;

reals noise(const shape& dims, std::uint64_t seed) {
    random_bits bits(seed);
    reals t(dims);
    for (auto& v : t.data())
        v = 2 * bits.unit() - 1;
    return t;
}

float at(const reals& t, std::int64_t a, std::int64_t b, std::int64_t c, std::int64_t d) {
    const shape& s = t.dims();
    return t[static_cast<std::size_t>(((a * s[1] + b) * s[2] + c) * s[3] + d)];
}

/// All of [batch, heads, length, size]. @param mask added to the products [queries, keys]
reals attend(const reals& q, const reals& k, const reals& v, double scale, double cap, const reals& mask) {
    const shape& s = q.dims();
    const std::int64_t keys = k.dims()[2];
    reals y({s[0], s[1], s[2], v.dims()[3]});
    std::size_t to = 0;
    for (std::int64_t b = 0; b < s[0]; ++b)
        for (std::int64_t h = 0; h < s[1]; ++h)
            for (std::int64_t i = 0; i < s[2]; ++i) {
                std::vector<double> w;
                double total = 0;
                for (std::int64_t j = 0; j < keys; ++j) {
                    double dot = 0;
                    for (std::int64_t e = 0; e < s[3]; ++e)
                        dot +=
                            static_cast<double>(at(q, b, h, i, e)) * static_cast<double>(at(k, b, h, j, e));
                    dot = dot * scale + static_cast<double>(mask[static_cast<std::size_t>(i * keys + j)]);
                    w.push_back(std::exp(cap > 0 ? cap * std::tanh(dot / cap) : dot));
                    total += w.back();
                }
                for (std::int64_t e = 0; e < v.dims()[3]; ++e) {
                    double sum = 0;
                    for (std::int64_t j = 0; j < keys; ++j)
                        sum +=
                            w[static_cast<std::size_t>(j)] / total * static_cast<double>(at(v, b, h, j, e));
                    y[to++] = static_cast<float>(sum);
                }
            }
    return y;
}

using named = std::vector<std::pair<std::string, any_tensor<float>>>;

/// The first outputs of a node whose inputs of whole numbers are booleans (Attention) or positions.
any_tensors<float> computed(const std::string& op, const named& inputs, const std::vector<attr>& attributes,
                            std::size_t outputs, int whole_type) {
    onnx_writer w;
    w.opset = 23;
    std::vector<std::string> names;
    any_tensors<float> in;
    for (const auto& [name, t] : inputs) {
        names.push_back(name);
        if (name.empty())
            continue;
        const shape dims = dims_of(t);
        w.input(name, {dims.begin(), dims.end()}, t.index() == 0 ? 1 : whole_type);
        in.push_back(t);
    }
    std::vector<std::string> made;
    for (std::size_t i = 0; i < outputs; ++i)
        w.output(made.emplace_back("y" + std::to_string(i)));
    const std::string text = w.node(op, names, made, attributes).text();
    const auto g = io::parse_onnx(as_bytes(text));
    REQUIRE_MESSAGE(g.has_value(), std::string(g ? "" : g.error().what));
    auto y = evaluate_as_file(*g, in);
    REQUIRE_MESSAGE(y.has_value(), std::string(y ? "" : y.error().what));
    return std::move(*y);
}

any_tensors<float> attention(const named& inputs, const std::vector<attr>& attributes,
                             std::size_t outputs = 1) {
    return computed("Attention", inputs, attributes, outputs, 9);
}

std::string differs(const any_tensor<float>& have, const any_tensor<float>& want) {
    return difference(have, want, 1e-5F, 1e-5F);
}

TEST_CASE("attention by loops: plain, scaled, capped, masked, causal") {
    const reals q = noise({2, 3, 4, 8}, 1), k = noise({2, 3, 6, 8}, 2), v = noise({2, 3, 6, 5}, 3);
    const named inputs{{"q", q}, {"k", k}, {"v", v}};
    const reals none({4, 6});
    const double scale = 1 / std::sqrt(8.0);
    CHECK(differs(attention(inputs, {})[0], attend(q, k, v, scale, 0, none)) == "");
    CHECK(differs(attention(inputs, {attr::real("scale", 0.5F)})[0], attend(q, k, v, 0.5, 0, none)) == "");
    CHECK(differs(attention(inputs, {attr::real("softcap", 0.25F)})[0], attend(q, k, v, scale, 0.25, none)) ==
          "");
    const reals mask = noise({4, 6}, 4);
    named masked = inputs;
    masked.emplace_back("mask", mask);
    CHECK(differs(attention(masked, {})[0], attend(q, k, v, scale, 0, mask)) == "");
    reals causal({4, 6}), chosen({4, 6});
    tensor<std::int64_t> holds({4, 6}, 1);
    for (std::size_t i = 0; i < 24; ++i) {
        causal[i] = i % 6 > i / 6 ? -std::numeric_limits<float>::infinity() : 0;
        holds[i] = i % 3 != 1 ? 1 : 0;
        chosen[i] = i % 3 != 1 ? 0 : -std::numeric_limits<float>::infinity();
    }
    CHECK(differs(attention(inputs, {attr::whole("is_causal", 1)})[0], attend(q, k, v, scale, 0, causal)) ==
          "");
    masked.back().second = holds;
    CHECK(differs(attention(masked, {})[0], attend(q, k, v, scale, 0, chosen)) == "");
}

TEST_CASE("attention over rows of heads, and over keys of the past") {
    const reals q = noise({1, 2, 3, 4}, 1), k = noise({1, 2, 5, 4}, 2), v = noise({1, 2, 5, 4}, 3);
    const auto rows = [](const reals& x) { // [1, heads, length, size] as [1, length, heads * size]
        const shape& s = x.dims();
        reals y({1, s[2], s[1] * s[3]});
        std::size_t to = 0;
        for (std::int64_t i = 0; i < s[2]; ++i)
            for (std::int64_t h = 0; h < s[1]; ++h)
                for (std::int64_t e = 0; e < s[3]; ++e)
                    y[to++] = at(x, 0, h, i, e);
        return y;
    };
    const reals want = attend(q, k, v, 0.5, 0, reals({3, 5}));
    CHECK(differs(attention({{"q", rows(q)}, {"k", rows(k)}, {"v", rows(v)}},
                            {attr::whole("q_num_heads", 2), attr::whole("kv_num_heads", 2)})[0],
                  rows(want)) == "");
    const auto cut = [](const reals& x, std::int64_t first, std::int64_t size) {
        reals y({1, 2, size, 4});
        std::size_t to = 0;
        for (std::int64_t h = 0; h < 2; ++h)
            for (std::int64_t i = 0; i < size; ++i)
                for (std::int64_t e = 0; e < 4; ++e)
                    y[to++] = at(x, 0, h, first + i, e);
        return y;
    };
    const auto y = attention({{"q", q},
                              {"k", cut(k, 2, 3)},
                              {"v", cut(v, 2, 3)},
                              {"", reals()},
                              {"pk", cut(k, 0, 2)},
                              {"pv", cut(v, 0, 2)}},
                             {}, 3);
    CHECK(differs(y[0], want) == "");
    CHECK(differs(y[1], k) == "");
    CHECK(differs(y[2], v) == "");
}

TEST_CASE("rotary embeddings turn pairs by the angle of their position") {
    const std::int64_t length = 3, size = 6, turned = 4;
    const reals x = noise({1, 2, length, size}, 7);
    reals cosines({5, turned / 2}), sines({5, turned / 2});
    for (std::size_t i = 0; i < cosines.size(); ++i) {
        cosines[i] = std::cos(0.3F * static_cast<float>(i));
        sines[i] = std::sin(0.3F * static_cast<float>(i));
    }
    const tensor<std::int64_t> positions({1, length}, {4, 0, 2});
    for (const bool interleaved : {false, true}) {
        reals want = x;
        for (std::int64_t h = 0; h < 2; ++h)
            for (std::int64_t i = 0; i < length; ++i)
                for (std::int64_t p = 0; p < turned / 2; ++p) {
                    const auto row = static_cast<std::size_t>((h * length + i) * size);
                    const auto a = row + static_cast<std::size_t>(interleaved ? 2 * p : p);
                    const auto b = row + static_cast<std::size_t>(interleaved ? 2 * p + 1 : p + turned / 2);
                    const auto angle =
                        static_cast<std::size_t>(positions[static_cast<std::size_t>(i)] * (turned / 2) + p);
                    want[a] = x[a] * cosines[angle] - x[b] * sines[angle];
                    want[b] = x[a] * sines[angle] + x[b] * cosines[angle];
                }
        const auto y = computed(
            "RotaryEmbedding", {{"x", x}, {"c", cosines}, {"s", sines}, {"p", positions}},
            {attr::whole("interleaved", interleaved ? 1 : 0), attr::whole("rotary_embedding_dim", turned)}, 1,
            7);
        CHECK(differs(y[0], want) == "");
    }
}

} // namespace
