// SPDX-License-Identifier: MIT
#include <cmath>
#include <map>

#include <doctest/doctest.h>

#include <pith/graph/builder.hpp>
#include <pith/graph/simulate.hpp>

#include "support/layers.hpp"

using namespace pith;
using namespace pith::tests;

namespace {

using codes = tensor<std::uint8_t>;

/// Everything a simulation showed.
struct seen {
    std::map<value_id, codes> in_codes;
    std::map<value_id, tensor<float>> in_reals;
    void operator()(value_id id, const codes& t) { in_codes.emplace(id, t); }
    void operator()(value_id id, const tensor<float>& t) { in_reals.emplace(id, t); }
};

/// Scale and zero point.
struct quantum {
    float scale;
    int zero;
};

void encode_value(graph_builder<float>& b, value_id id, quantum q) {
    b[id].encoded = encoding::per_tensor({.scale = q.scale, .zero = q.zero});
}

/// One scale per output channel, each its own.
std::vector<float> encode_weights(graph_builder<float>& b, value_id id) {
    std::vector<float> scales;
    for (std::int64_t i = 0; i < b[id].dims[0]; ++i)
        scales.push_back(0.004f + 0.0007f * static_cast<float>(i));
    b[id].encoded = encoding{format::affine_codes{.lowest = -127, .highest = 127}, scales, 0};
    return scales;
}

// The integer network, written down once more from its definition; nothing of the library's formulas.

float apart(float v) { // keeps a product from being fused with the sum that follows
    volatile float out = v;
    return out;
}

int limited(double v, int low, int high) {
    return static_cast<int>(v < low ? low : v > high ? high : v);
}

int quantised(float x, quantum q) {
    return limited(std::nearbyint(static_cast<double>(x / q.scale)) + q.zero, 0, 255);
}

float real(int code, quantum q) {
    return apart(static_cast<float>(code - q.zero) * q.scale);
}

int weight_code(float w, float scale) {
    return limited(std::nearbyint(static_cast<double>(w / scale)), -127, 127);
}

int bias_code(float b, float sx, float sw) {
    const float s = apart(sx * sw);
    return static_cast<int>(std::nearbyint(static_cast<double>(b / s)));
}

int requantised(std::int64_t sum, quantum x, float sw, quantum y, int low) {
    const float product = apart(x.scale * sw);
    const float factor = apart(product / y.scale);
    const float v = apart(static_cast<float>(sum) * factor);
    return limited(std::nearbyint(static_cast<double>(v)) + y.zero, low, 255);
}

struct layer_weights {
    tensor<float> w;
    tensor<float> bias;
    std::vector<float> scales;
};

/// 3 x 3, padding 1, stride 1; `groups` is 1 or the number of channels. `low` is the least code.
codes convolved(const codes& x, quantum qx, const layer_weights& l, quantum qy, bool depthwise, int low) {
    const shape& s = x.dims();
    const std::int64_t out = l.w.dims()[0];
    codes y({s[0], s[1], s[2], out});
    const auto at = [&](std::int64_t r, std::int64_t c, std::int64_t k) {
        if (r < 0 || c < 0 || r >= s[1] || c >= s[2])
            return 0;
        return x[static_cast<std::size_t>((r * s[2] + c) * s[3] + k)] - qx.zero;
    };
    const std::int64_t in = l.w.dims()[3];
    std::size_t to = 0;
    for (std::int64_t r = 0; r < s[1]; ++r)
        for (std::int64_t c = 0; c < s[2]; ++c)
            for (std::int64_t o = 0; o < out; ++o) {
                const auto so = static_cast<std::size_t>(o);
                std::int64_t sum = bias_code(l.bias[so], qx.scale, l.scales[so]);
                for (std::int64_t i = 0; i < 9; ++i)
                    for (std::int64_t k = 0; k < in; ++k)
                        sum += at(r + i / 3 - 1, c + i % 3 - 1, depthwise ? o : k) *
                               weight_code(l.w[static_cast<std::size_t>((o * 9 + i) * in + k)], l.scales[so]);
                y[to++] = static_cast<std::uint8_t>(requantised(sum, qx, l.scales[so], qy, low));
            }
    return y;
}

layer_weights weights_of(graph_builder<float>& b, random_bits& bits, shape dims, std::vector<value_id>& ids) {
    layer_weights l{random_tensor<float>(dims, bits), random_tensor<float>({dims[0]}, bits, 0.5), {}};
    ids = {b.constant(l.w), b.constant(l.bias)};
    l.scales = encode_weights(b, ids[0]);
    return l;
}

} // namespace

TEST_CASE("a quantised network gives the codes of an integer network written by hand") {
    random_bits bits(17);
    graph_builder<float> b;
    const quantum q0{0.0078f, 128}, q1{0.031f, 9}, q2{0.043f, 121}, q3{0.052f, 60}, q4{0.033f, 77};
    std::vector<value_id> w1, w2, w3;
    const auto x = b.input({1, 6, 6, 5});
    const auto l1 = weights_of(b, bits, {8, 3, 3, 5}, w1);
    const auto l2 = weights_of(b, bits, {8, 3, 3, 1}, w2);
    const auto conv = b.add_node(conv2d{.pads = {1, 1, 1, 1}}, {x, w1[0], w1[1]});
    const auto relu = b.relu(conv);
    const auto deep = b.add_node(conv2d{.pads = {1, 1, 1, 1}, .groups = 8}, {relu, w2[0], w2[1]});
    const auto sum = b.add(deep, relu);
    const auto mean = b.global_average(sum);
    const auto flat = b.flatten(mean);
    const auto l3 = weights_of(b, bits, {3, 8}, w3);
    const auto y = b.add_node(dense{}, {flat, w3[0], w3[1]});
    encode_value(b, x, q0);
    encode_value(b, relu, q1);
    encode_value(b, deep, q2);
    encode_value(b, sum, q3);
    encode_value(b, mean, q4);
    encode_value(b, flat, q4);
    const auto g = std::move(b).finish({y});
    REQUIRE(g.has_value());

    const auto image = random_tensor<float>({1, 6, 6, 5}, bits);
    seen values;
    const auto out = simulate(*g, std::vector<any_tensor<float>>{image}, values);
    REQUIRE(out.has_value());
    CHECK(values.in_reals.count(conv) == 0); // fused into the relu

    codes c0(image.dims());
    for (std::size_t i = 0; i < c0.size(); ++i)
        c0[i] = static_cast<std::uint8_t>(quantised(image[i], q0));
    const codes c1 = convolved(c0, q0, l1, q1, false, q1.zero);
    const codes c2 = convolved(c1, q1, l2, q2, true, 0);
    CHECK(values.in_codes.at(x) == c0);
    CHECK(values.in_codes.at(relu) == c1);
    CHECK(values.in_codes.at(deep) == c2);

    const float ra = q2.scale / q3.scale;
    const float rb = q1.scale / q3.scale;
    const float shift = static_cast<float>(q3.zero) -
                        std::fma(ra, static_cast<float>(q2.zero), apart(rb * static_cast<float>(q1.zero)));
    codes c3(c2.dims());
    for (std::size_t i = 0; i < c3.size(); ++i) {
        const float v =
            std::fma(static_cast<float>(c2[i]), ra, std::fma(static_cast<float>(c1[i]), rb, shift));
        c3[i] = static_cast<std::uint8_t>(limited(std::nearbyint(static_cast<double>(v)), 0, 255));
    }
    CHECK(values.in_codes.at(sum) == c3);

    codes c4({1, 1, 1, 8});
    for (std::size_t c = 0; c < 8; ++c) {
        int total = 0;
        for (std::size_t p = 0; p < 36; ++p)
            total += c3[p * 8 + c] - q3.zero;
        const float factor = q3.scale / apart(q4.scale * 36.f);
        const float v = apart(static_cast<float>(total) * factor);
        c4[c] = static_cast<std::uint8_t>(limited(std::nearbyint(static_cast<double>(v)) + q4.zero, 0, 255));
    }
    CHECK(values.in_codes.at(mean) == c4);

    for (std::size_t o = 0; o < 3; ++o) {
        int total = bias_code(l3.bias[o], q4.scale, l3.scales[o]);
        for (std::size_t k = 0; k < 8; ++k)
            total += (c4[k] - q4.zero) * weight_code(l3.w[o * 8 + k], l3.scales[o]);
        const float expected = apart(static_cast<float>(total) * apart(q4.scale * l3.scales[o]));
        CHECK(std::get<0>((*out)[0])[o] == expected);
    }
}

TEST_CASE("sums beyond the 24 bits of a float stay exact") {
    // 600 products of 255 and 127 and one of 1 and 1; the bias takes away all but the last.
    graph_builder<float> b;
    const auto x = b.input({1, 601});
    tensor<float> weights({1, 601}, 127.f);
    weights[600] = 1;
    const auto w = b.constant(weights);
    const auto y = b.add_node(dense{}, {x, w, b.constant(tensor<float>({1}, -600.f * 255 * 127))});
    encode_value(b, x, {1.f, 0});
    b[w].encoded = encoding{format::affine_codes{.lowest = -127, .highest = 127}, {1.f}};
    encode_value(b, y, {1.f, 0});
    const auto g = std::move(b).finish({y});
    REQUIRE(g.has_value());
    tensor<float> in({1, 601}, 255.f);
    in[600] = 1;
    seen values;
    REQUIRE(simulate(*g, std::vector<any_tensor<float>>{in}, values).has_value());
    CHECK(values.in_codes.at(y)[0] == 1);
}

TEST_CASE("a bias beyond int32 is added as a real number, others are rounded half to even") {
    graph_builder<float> b;
    const auto x = b.input({1, 1});
    const auto w = b.constant(tensor<float>({2, 1}, {1, 1}));
    const auto bias = b.constant(tensor<float>({2}, {2.5f, 3e9f}));
    const auto y = b.add_node(dense{}, {x, w, bias});
    encode_value(b, x, {1.f, 0});
    b[w].encoded = encoding{format::affine_codes{.lowest = -127, .highest = 127}, {1.f}};
    encode_value(b, y, {1.f, 100});
    const auto g = std::move(b).finish({y});
    REQUIRE(g.has_value());
    seen values;
    REQUIRE(simulate(*g, std::vector<any_tensor<float>>{tensor<float>({1, 1}, 1.f)}, values).has_value());
    CHECK(values.in_codes.at(y) == codes({1, 2}, {104, 255})); // 2.5 + 1 is even at 4
}

TEST_CASE("codes of pools, tables, concatenations and movements, by definition") {
    random_bits bits(23);
    graph_builder<float> b;
    const quantum qx{0.021f, 101}, qy{0.017f, 64};
    const auto x = b.input({1, 5, 5, 3});
    encode_value(b, x, qx);
    const auto most = b.add_node(pool2d{.kernel = {3, 3}, .strides = {2, 2}, .pads = {1, 1, 1, 1}}, {x});
    const auto mean = b.add_node(
        pool2d{.op = pool_op::average, .kernel = {3, 3}, .strides = {2, 2}, .pads = {1, 1, 1, 1}}, {x});
    const auto swish = b.activate(x, {unary_op::hard_swish});
    const auto leaky = b.activate(x, {unary_op::leaky_relu, 0.1});
    const auto both = b.add_node(concat{3}, {x, leaky});
    const auto around = b.add_node(pad{{0, 1, 0, 0}, {0, 0, 2, 0}}, {x});
    const auto turned = b.add_node(transpose{{0, 3, 1, 2}}, {x});
    const auto large = b.add_node(resize2d{.sizes = {10, 10}, .scales = {2, 2}}, {x});
    const auto product = b.combine(binary_op::mul, x, leaky);
    for (const auto id : {most, around, turned, large, both})
        encode_value(b, id, qx);
    for (const auto id : {mean, swish, leaky, product})
        encode_value(b, id, qy);
    const auto g = std::move(b).finish({most, mean, swish, both, around, turned, large, product});
    REQUIRE(g.has_value());
    const auto image = random_tensor<float>({1, 5, 5, 3}, bits, 2.6);
    seen values;
    REQUIRE(simulate(*g, std::vector<any_tensor<float>>{image}, values).has_value());
    const codes& c = values.in_codes.at(x);

    for (std::size_t r = 0; r < 3; ++r)
        for (std::size_t q = 0; q < 3; ++q)
            for (std::size_t k = 0; k < 3; ++k) {
                int best = 0;
                float sum = 0;
                int count = 0;
                for (std::size_t i = 2 * r; i < 2 * r + 3; ++i)
                    for (std::size_t j = 2 * q; j < 2 * q + 3; ++j) {
                        if (i < 1 || j < 1 || i > 5 || j > 5)
                            continue;
                        const int code = c[((i - 1) * 5 + j - 1) * 3 + k];
                        best = std::max(best, code);
                        sum = apart(sum + real(code, qx));
                        ++count;
                    }
                const std::size_t to = (r * 3 + q) * 3 + k;
                CHECK(values.in_codes.at(most)[to] == best);
                const float code =
                    apart(apart(sum / static_cast<float>(count)) / qy.scale) + static_cast<float>(qy.zero);
                CHECK(values.in_codes.at(mean)[to] ==
                      limited(std::nearbyint(static_cast<double>(code)), 0, 255));
            }
    for (std::size_t i = 0; i < c.size(); ++i) {
        const float v = real(c[i], qx);
        const double hard =
            static_cast<double>(v) * std::fmin(std::fmax(static_cast<double>(v) / 6 + 0.5, 0), 1);
        CHECK(values.in_codes.at(swish)[i] == quantised(static_cast<float>(hard), qy));
        const int bent = quantised(v < 0 ? static_cast<float>(0.1 * static_cast<double>(v)) : v, qy);
        CHECK(values.in_codes.at(leaky)[i] == bent);
        CHECK(values.in_codes.at(both)[i / 3 * 6 + i % 3] == c[i]);
        CHECK(values.in_codes.at(both)[i / 3 * 6 + 3 + i % 3] == quantised(real(bent, qy), qx));
        CHECK(values.in_codes.at(turned)[i % 3 * 25 + i / 3] == c[i]);
        const float factor = apart(qx.scale * qy.scale) / qy.scale;
        const float p = apart(static_cast<float>((c[i] - qx.zero) * (bent - qy.zero)) * factor);
        CHECK(values.in_codes.at(product)[i] ==
              limited(std::nearbyint(static_cast<double>(apart(p + static_cast<float>(qy.zero)))), 0, 255));
    }
    const codes& ring = values.in_codes.at(around);
    CHECK(ring.dims() == shape{1, 6, 7, 3});
    CHECK(ring[0] == qx.zero);
    CHECK(ring[7 * 3] == c[0]);
    CHECK(ring[7 * 3 + 5 * 3] == qx.zero);
    CHECK(values.in_codes.at(large)[3] == c[0]);
}

TEST_CASE("a window over the whole image averages with the zero point outside the rounding") {
    for (const bool global : {true, false}) {
        graph_builder<float> b;
        const auto x = b.input({1, 2, 2, 1});
        const auto y = b.add_node(
            pool2d{.op = pool_op::average, .global = global, .kernel = {2, 2}, .strides = {1, 1}}, {x});
        encode_value(b, x, {1.f, 0});
        encode_value(b, y, {1.f, 1});
        const auto g = std::move(b).finish({y});
        REQUIRE(g.has_value());
        seen values;
        const tensor<float> in({1, 2, 2, 1}, {1, 0, 1, 0});
        REQUIRE(simulate(*g, std::vector<any_tensor<float>>{in}, values).has_value());
        CHECK(values.in_codes.at(y)[0] == 1); // 0.5 to 0, plus 1; inside it would be round(1.5) = 2
    }
}

TEST_CASE("softmax of codes sums to one and keeps the order") {
    graph_builder<float> b;
    const auto x = b.input({2, 4});
    const auto y = b.soft_max(x);
    encode_value(b, x, {0.1f, 100});
    encode_value(b, y, {1.f / 256, 0});
    const auto g = std::move(b).finish({y});
    REQUIRE(g.has_value());
    const tensor<float> in({2, 4}, {0, 1, 2, 3, -5, 5, 0, 0});
    seen values;
    const auto out = simulate(*g, std::vector<any_tensor<float>>{in}, values);
    REQUIRE(out.has_value());
    for (std::size_t r = 0; r < 2; ++r) {
        double sum = 0;
        for (std::size_t i = 0; i < 4; ++i)
            sum += std::exp(static_cast<double>(in[r * 4 + i]));
        for (std::size_t i = 0; i < 4; ++i) {
            const double exact = std::exp(static_cast<double>(in[r * 4 + i])) / sum;
            CHECK(values.in_codes.at(y)[r * 4 + i] == limited(std::nearbyint(exact * 256), 0, 255));
        }
    }
}

TEST_CASE("the repeated operand of an addition plays b, whichever input it is") {
    codes got[2];
    for (const bool first : {false, true}) {
        graph_builder<float> b;
        const auto x = b.input({1, 4, 4, 3});
        const auto c = b.constant(tensor<float>({3}, {0.3f, -0.2f, 0.9f}));
        const auto y = first ? b.add(c, x) : b.add(x, c);
        encode_value(b, x, {0.013f, 91});
        encode_value(b, c, {0.007f, 55});
        encode_value(b, y, {0.019f, 33});
        const auto g = std::move(b).finish({y});
        REQUIRE(g.has_value());
        random_bits same(5);
        seen values;
        const std::vector<any_tensor<float>> in{random_tensor<float>({1, 4, 4, 3}, same)};
        REQUIRE(simulate(*g, in, values).has_value());
        got[first ? 1 : 0] = values.in_codes.at(y);
    }
    CHECK(got[0] == got[1]);
}

TEST_CASE("what cannot run in codes runs on decoded inputs, and its output is encoded") {
    graph_builder<float> b;
    const auto x = b.input({1, 2});
    const auto w = b.constant(tensor<float>({1, 2}, {0.26f, 1.f}));
    const auto y = b.combine(binary_op::sub, x, b.add_node(reduce{.op = reduce_op::sum, .axes = {1}}, {x}));
    const auto z = b.add_node(dense{}, {y, w});
    encode_value(b, x, {0.5f, 0});
    encode_value(b, y, {0.25f, 128});
    b[y].encoded = {};
    b[w].encoded = encoding{format::affine_codes{.lowest = -127, .highest = 127}, {0.25f}};
    const auto g = std::move(b).finish({z});
    REQUIRE(g.has_value());
    const std::vector<any_tensor<float>> in{tensor<float>({1, 2}, {1.1f, 2.1f})};
    const auto out = simulate(*g, in);
    REQUIRE(out.has_value());
    // x becomes {1, 2}, the weights {0.25, 1}; y = x - 3 stays real.
    CHECK(std::get<0>((*out)[0])[0] == -2 * 0.25f - 1);
    // Without encodings simulation is evaluation.
    auto plain = *g;
    for (auto& v : plain.values)
        v.encoded = {};
    CHECK(*simulate(plain, in) == *evaluate(plain, in));
}

TEST_CASE("simulation in double gives the codes of simulation in float") {
    const auto codes_in = [](auto scalar) {
        using T = decltype(scalar);
        graph_builder<T> b(3);
        const auto x = b.input({1, 6, 6, 3});
        const auto c = b.conv(x, {.out = 4});
        const auto y = b.relu(c);
        auto g = std::move(b).finish({y});
        REQUIRE(g.has_value());
        for (const auto id : {x, y})
            (*g)[id].encoded = encoding::per_tensor({.scale = 0.0123f, .zero = 40});
        (*g)[g->nodes[0].inputs[1]].encoded =
            encoding{format::affine_codes{.lowest = -127, .highest = 127}, {0.005f}};
        random_bits bits(8);
        codes out;
        const std::vector<any_tensor<T>> in{random_tensor<T>({1, 6, 6, 3}, bits)};
        const auto observer = [&](value_id id, const codes& t) {
            if (id == y)
                out = t;
        };
        REQUIRE(simulate(*g, in, observer).has_value());
        return out;
    };
    const auto a = codes_in(0.f);
    CHECK(a.size() == 64);
    CHECK(a == codes_in(0.0));
}

TEST_CASE("simulation refuses as evaluation does") {
    graph_builder<float> b;
    const auto x = b.input({1, 3});
    const auto y = b.add_node(gather{1}, {x, b.indices(tensor<std::int64_t>({1}, 7))});
    encode_value(b, x, {1.f, 0});
    encode_value(b, y, {1.f, 0});
    const auto g = std::move(b).finish({y});
    REQUIRE(g.has_value());
    CHECK_FALSE(simulate(*g, std::vector<any_tensor<float>>{tensor<float>({1, 3})}).has_value());
    CHECK_FALSE(simulate(*g, std::vector<any_tensor<float>>{}).has_value());
}
