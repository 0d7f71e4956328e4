// SPDX-License-Identifier: MIT
/// Operators that become several layers, computed at run time, against their definitions written as loops or
/// values worked out by hand; saved and loaded again they compute the same.

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numbers>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <pith/base/random.hpp>
#include <pith/io/onnx.hpp>
#include <pith/io/onnx_write.hpp>
#include <pith/io/tensor_proto.hpp>

#include "support/compiled.hpp"
#include "support/door.hpp"
#include "support/onnx_writer.hpp"

namespace {

using namespace pith;
using namespace pith::tests;
using attr = onnx_attribute;
using format::dtype;
using reals = tensor<float>;
using wholes = tensor<std::int64_t>;

constexpr float inf = std::numeric_limits<float>::infinity();
constexpr float nan = std::numeric_limits<float>::quiet_NaN();

struct given {
    any_tensor<float> data;
    bool fixed = false;
    dtype type = dtype::f32;

    given(reals t, bool constant = false) : data(std::move(t)), fixed(constant) {}
    given(wholes t, bool constant = false, dtype of = dtype::i64)
        : data(std::move(t)), fixed(constant), type(of) {}
};

given fixed(reals t) {
    return {std::move(t), true};
}
given fixed(wholes t) {
    return {std::move(t), true};
}
given booleans(wholes t, bool constant = false) {
    return {std::move(t), constant, dtype::boolean};
}

std::string model_of(const std::string& op, const std::vector<given>& inputs,
                     const std::vector<attr>& attributes, std::int64_t opset) {
    onnx_writer w;
    w.opset = opset;
    std::vector<std::string> names;
    for (const auto& g : inputs) {
        names.push_back("x" + std::to_string(names.size()));
        const shape dims = dims_of(g.data);
        if (g.fixed)
            w.graph_field(5, io::format_tensor_proto({names.back(), g.type, g.data}));
        else
            w.input(names.back(), {dims.begin(), dims.end()},
                    static_cast<int>(io::onnx::element_number(g.type)));
    }
    return w.output("y").node(op, names, {"y"}, attributes).text();
}

/// The operator's value; what it is saved as must compute the same.
any_tensor<float> computed(const std::string& op, const std::vector<given>& inputs,
                           const std::vector<attr>& attributes = {}, std::int64_t opset = 19) {
    const std::string text = model_of(op, inputs, attributes, opset);
    auto g = io::parse_onnx(as_bytes(text));
    REQUIRE_MESSAGE(g.has_value(), op, ": ", std::string(g ? "" : g.error().what));
    any_tensors<float> in;
    for (const auto& x : inputs)
        if (!x.fixed)
            in.push_back(x.data);
    auto y = evaluate_as_file(*g, in);
    REQUIRE_MESSAGE(y.has_value(), op, ": ", std::string(y ? "" : y.error().what));
    const auto bytes = io::onnx_bytes(*g, {.opset = 19});
    REQUIRE_MESSAGE(bytes.has_value(), op, ": ", std::string(bytes ? "" : bytes.error().what));
    g = io::parse_onnx(*bytes);
    REQUIRE_MESSAGE(g.has_value(), op, ": ", std::string(g ? "" : g.error().what));
    const auto again = evaluate_as_file(*g, in);
    REQUIRE(again.has_value());
    CHECK(difference((*again)[0], (*y)[0], 1e-6F, 1e-6F) == "");
    return (*y)[0];
}

std::string refusal(const std::string& op, const std::vector<given>& inputs,
                    const std::vector<attr>& attributes = {}) {
    const std::string text = model_of(op, inputs, attributes, 19);
    const auto g = io::parse_onnx(as_bytes(text));
    return g ? "" : std::string(g.error().where);
}

std::string differs(const any_tensor<float>& have, const any_tensor<float>& want) {
    return difference(have, want, 1e-5F, 1e-5F);
}

reals noise(const shape& dims, std::uint64_t seed) {
    random_bits bits(seed);
    reals t(dims);
    for (auto& v : t.data())
        v = 2 * bits.unit() - 1;
    return t;
}

TEST_CASE("comparisons at run time, broadcast, NaN like nothing") {
    const reals a({2, 3}, {1, 2, 3, -1, nan, inf});
    const reals b({3}, {2, 2, 2});
    const auto compared = [&](const char* op) { return std::get<wholes>(computed(op, {a, b})); };
    CHECK(compared("Equal") == wholes({2, 3}, {0, 1, 0, 0, 0, 0}));
    CHECK(compared("Less") == wholes({2, 3}, {1, 0, 0, 1, 0, 0}));
    CHECK(compared("LessOrEqual") == wholes({2, 3}, {1, 1, 0, 1, 0, 0}));
    CHECK(compared("Greater") == wholes({2, 3}, {0, 0, 1, 0, 0, 1}));
    CHECK(compared("GreaterOrEqual") == wholes({2, 3}, {0, 1, 1, 0, 0, 1}));
    const auto of_wholes = computed("Less", {wholes({2}, {-5, 7}), wholes({2}, {-4, 7})});
    CHECK(std::get<wholes>(of_wholes) == wholes({2}, {1, 0}));
}

TEST_CASE("logic at run time") {
    const given a = booleans(wholes({4}, {0, 0, 1, 1})), b = booleans(wholes({4}, {0, 1, 0, 1}));
    CHECK(std::get<wholes>(computed("And", {a, b})) == wholes({4}, {0, 0, 0, 1}));
    CHECK(std::get<wholes>(computed("Or", {a, b})) == wholes({4}, {0, 1, 1, 1}));
    CHECK(std::get<wholes>(computed("Xor", {a, b})) == wholes({4}, {0, 1, 1, 0}));
    CHECK(std::get<wholes>(computed("Not", {a})) == wholes({4}, {1, 1, 0, 0}));
    const reals x({4}, {1, nan, -inf, inf});
    CHECK(std::get<wholes>(computed("IsNaN", {x})) == wholes({4}, {0, 1, 0, 0}));
    CHECK(std::get<wholes>(computed("IsInf", {x})) == wholes({4}, {0, 0, 1, 1}));
    CHECK(std::get<wholes>(computed("IsInf", {x}, {attr::whole("detect_negative", 0)})) ==
          wholes({4}, {0, 0, 0, 1}));
    CHECK(std::get<wholes>(computed("IsInf", {x}, {attr::whole("detect_positive", 0)})) ==
          wholes({4}, {0, 0, 1, 0}));
}

TEST_CASE("Where at run time takes nothing of what it does not choose, not even NaN") {
    const given condition = booleans(wholes({2, 1}, {1, 0}));
    const reals a({2}, {nan, 5}), b({2, 2}, {1, 2, -inf, nan});
    CHECK(differs(computed("Where", {condition, a, b}), reals({2, 2}, {nan, 5, -inf, nan})) == "");
    const reals big({2}, {7, -inf});
    CHECK(differs(computed("Where", {condition, big, fixed(reals(shape{}, 0.F))}),
                  reals({2, 2}, {7, -inf, 0, 0})) == "");
    CHECK(differs(computed("Where", {condition, fixed(reals({1}, -inf)), big}),
                  reals({2, 2}, {-inf, -inf, 7, -inf})) == "");
    CHECK(differs(computed("Where", {booleans(wholes({2}, {0, 1}), true), reals({2, 2}, {1, 2, 3, 4}),
                                     fixed(reals(shape{}, 9.F))}),
                  reals({2, 2}, {9, 2, 9, 4})) == "");
    CHECK(std::get<wholes>(computed("Where", {condition, wholes({1}, 3), wholes({2}, {4, 5})})) ==
          wholes({2, 2}, {3, 3, 4, 5}));
    CHECK(differs(computed("Where", {condition, reals(shape{}, 3.F), fixed(reals({2, 3}))}),
                  reals({2, 3}, {3, 3, 3, 0, 0, 0})) == "");
}

TEST_CASE("elements gathered by numbers that the network computes") {
    const reals x({2, 3}, {1, 2, 3, 4, 5, 6});
    const wholes rows({1, 3}, {1, -2, -1}), columns({2, 2}, {2, 0, -1, -3});
    CHECK(differs(computed("GatherElements", {x, rows}), reals({1, 3}, {4, 2, 6})) == "");
    CHECK(differs(computed("GatherElements", {x, columns}, {attr::whole("axis", 1)}),
                  reals({2, 2}, {3, 1, 6, 4})) == "");
    const reals y({2, 2, 2}, {0, 1, 2, 3, 4, 5, 6, 7});
    CHECK(differs(computed("GatherND", {y, wholes({2, 2}, {0, 1, 1, 0})}), reals({2, 2}, {2, 3, 4, 5})) ==
          "");
    CHECK(differs(computed("GatherND", {y, wholes({2, 1}, {1, -2})}, {attr::whole("batch_dims", 1)}),
                  reals({2, 2}, {2, 3, 4, 5})) == "");
    CHECK(differs(computed("GatherND", {y, fixed(wholes({1, 3}, {1, 1, -1}))}), reals({1}, 7)) == "");
    CHECK_FALSE(refusal("GatherElements", {x, fixed(wholes({1, 3}, {2, 0, 0}))}).empty());
}

TEST_CASE("elements scattered to constant places") {
    const reals x({2, 3}, {1, 2, 3, 4, 5, 6});
    const auto scattered = [&](const char* reduction) {
        return computed(
            "ScatterElements",
            {x, fixed(wholes({2, 3}, {0, 1, -1, 0, 0, -2})), reals({2, 3}, {10, 20, 30, 40, 50, -60})},
            {attr::text("reduction", reduction)});
    };
    // Column 0 meets 10 and 40 in row 0; column 1 meets 20 in row 1 and 50 in row 0; column 2 30 in row 1,
    // -60 in row 0.
    CHECK(differs(scattered("none"), reals({2, 3}, {40, 50, -60, 4, 20, 30})) == "");
    CHECK(differs(scattered("add"), reals({2, 3}, {51, 52, -57, 4, 25, 36})) == "");
    CHECK(differs(scattered("mul"), reals({2, 3}, {400, 100, -180, 4, 100, 180})) == "");
    CHECK(differs(scattered("max"), reals({2, 3}, {40, 50, 3, 4, 20, 30})) == "");
    CHECK(differs(scattered("min"), reals({2, 3}, {1, 2, -60, 4, 5, 6})) == "");
    CHECK(differs(
              computed("ScatterND", {x, fixed(wholes({2, 1}, {1, 0})), reals({2, 3}, {7, 8, 9, -7, -8, -9})}),
              reals({2, 3}, {-7, -8, -9, 7, 8, 9})) == "");
    CHECK_FALSE(refusal("ScatterND", {x, wholes({1, 1}, 1), reals({1, 3})}).empty());
    CHECK_FALSE(refusal("ScatterND", {x, fixed(wholes({1, 1}, 2)), reals({1, 3})}).empty());
}

TEST_CASE("one-hot rows, greatest elements, triangles, running sums") {
    const auto hot = [&](std::int64_t axis) {
        return computed(
            "OneHot", {wholes({2, 2}, {0, -1, 5, 2}), fixed(wholes(shape{}, 3)), fixed(reals({2}, {-1, 1}))},
            {attr::whole("axis", axis)});
    };
    CHECK(differs(hot(-1), reals({2, 2, 3}, {1, -1, -1, -1, -1, 1, -1, -1, -1, -1, -1, 1})) == "");
    CHECK(differs(hot(0), reals({3, 2, 2}, {1, -1, -1, -1, -1, -1, -1, -1, -1, 1, -1, 1})) == "");
    const reals x({2, 3}, {3, 7, 7, -inf, -inf, -inf});
    CHECK(differs(computed("Hardmax", {x}), reals({2, 3}, {0, 1, 0, 1, 0, 0})) == "");
    CHECK(differs(computed("Hardmax", {x}, {attr::whole("axis", 0)}), reals({2, 3}, {1, 1, 1, 0, 0, 0})) ==
          "");
    CHECK(differs(computed("Hardmax", {x}, {attr::whole("axis", 0)}, 11),
                  reals({2, 3}, {0, 1, 0, 0, 0, 0})) == "");
    CHECK(differs(computed("Trilu", {x}), reals({2, 3}, {3, 7, 7, 0, -inf, -inf})) == "");
    CHECK(differs(computed("Trilu", {x, fixed(wholes(shape{}, 1))}, {attr::whole("upper", 0)}),
                  reals({2, 3}, {3, 7, 0, -inf, -inf, -inf})) == "");
    const reals y({2, 3}, {1, 2, 3, 4, 5, 6});
    const auto sum = [&](std::int64_t axis, std::int64_t exclusive, std::int64_t reverse) {
        return computed("CumSum", {y, fixed(wholes(shape{}, axis))},
                        {attr::whole("exclusive", exclusive), attr::whole("reverse", reverse)});
    };
    CHECK(differs(sum(1, 0, 0), reals({2, 3}, {1, 3, 6, 4, 9, 15})) == "");
    CHECK(differs(sum(-1, 1, 1), reals({2, 3}, {5, 3, 0, 11, 6, 0})) == "");
    CHECK(differs(sum(0, 0, 0), reals({2, 3}, {1, 2, 3, 5, 7, 9})) == "");
    CHECK(differs(computed("EyeLike", {y}, {attr::whole("k", 1)}), reals({2, 3}, {0, 1, 0, 0, 0, 1})) == "");
    CHECK(differs(computed("Compress", {y, booleans(wholes({2}, {0, 1}), true)}, {attr::whole("axis", 1)}),
                  reals({2, 1}, {2, 5})) == "");
    CHECK(differs(computed("ReverseSequence", {y, fixed(wholes({3}, {1, 2, 2}))}),
                  reals({2, 3}, {1, 5, 6, 4, 2, 3})) == "");
    CHECK(differs(computed("Shrink", {reals({4}, {-3, -1, 1, 3})},
                           {attr::real("lambd", 1), attr::real("bias", 0.5F)}),
                  reals({4}, {-2.5F, 0, 0, 2.5F})) == "");
}

/// Sums over all assignments of the letters. @param terms, output one letter per axis
reals einsum_by_loops(const std::vector<std::string>& terms, const std::string& output,
                      const std::vector<reals>& x, std::int64_t (&sizes)[26]) {
    std::string letters;
    for (const auto& t : terms)
        for (const char l : t)
            if (letters.find(l) == std::string::npos)
                letters += l;
    const auto offset = [&](const std::string& term, const std::vector<std::int64_t>& at) {
        std::int64_t o = 0;
        for (const char l : term)
            o = o * sizes[l - 'a'] + at[letters.find(l)];
        return static_cast<std::size_t>(o);
    };
    shape dims;
    for (const char l : output)
        dims.push_back(sizes[l - 'a']);
    reals y(dims);
    std::vector<std::int64_t> at(letters.size(), 0);
    for (bool more = true; more;) {
        float product = 1;
        for (std::size_t i = 0; i < terms.size(); ++i)
            product *= x[i][offset(terms[i], at)];
        y[offset(output, at)] += product;
        more = false;
        for (std::size_t k = letters.size(); k-- > 0 && !more;) {
            more = ++at[k] < sizes[letters[k] - 'a'];
            if (!more)
                at[k] = 0;
        }
    }
    return y;
}

TEST_CASE("Einsum by loops over all its letters") {
    const std::vector<std::pair<std::vector<std::string>, std::string>> equations{
        {{"ij", "jk"}, "ik"},
        {{"bij", "bjk"}, "bik"},
        {{"bhqd", "bhkd"}, "bhqk"},
        {{"bqhd", "bkhd"}, "bhqk"},
        {{"ij"}, "ji"},
        {{"ij"}, "i"},
        {{"ij"}, ""},
        {{"i", "i"}, ""},
        {{"i", "j"}, "ij"},
        {{"bij", "ij"}, "b"},
        {{"ijk", "jl"}, "lik"},
        {{"ij", "jk", "kl"}, "il"},
        {{"ii"}, "i"},
        {{"bii"}, "b"},
        {{"abc", "cd", "de"}, "abe"},
        {{"ij", "ij"}, "ij"},
    };
    std::uint64_t seed = 1;
    for (const auto& [terms, output] : equations) {
        std::int64_t sizes[26];
        random_bits bits(seed);
        for (auto& s : sizes)
            s = 1 + static_cast<std::int64_t>(bits.below(4));
        std::vector<given> inputs;
        std::vector<reals> x;
        std::string equation;
        for (const auto& t : terms) {
            shape dims;
            for (const char l : t)
                dims.push_back(sizes[l - 'a']);
            x.push_back(noise(dims, ++seed));
            inputs.emplace_back(x.back(), inputs.size() == 1 && seed % 2 == 0);
            equation += (equation.empty() ? "" : ",") + t;
        }
        equation += " -> " + output;
        CAPTURE(equation);
        CHECK(differs(computed("Einsum", inputs, {attr::text("equation", equation)}),
                      einsum_by_loops(terms, output, x, sizes)) == "");
    }
    const reals a = noise({2, 3, 4}, 5), b = noise({2, 4, 5}, 6);
    const auto implicit = computed("Einsum", {a, b}, {attr::text("equation", "...ij, ...jk")});
    CHECK(differs(implicit, computed("MatMul", {a, b})) == "");
    CHECK_FALSE(refusal("Einsum", {a, b}, {attr::text("equation", "ij,jk->ik")}).empty());
    CHECK_FALSE(refusal("Einsum", {a, b}, {attr::text("equation", "aij,ajk->aiz")}).empty());
    CHECK_FALSE(refusal("Einsum", {a}, {attr::text("equation", "aij,ajk->aik")}).empty());
}

TEST_CASE("normalisations by hand") {
    const reals x({1, 2, 1, 2}, {1, 3, -2, -4});
    CHECK(differs(computed("MeanVarianceNormalization", {x}), reals({1, 2, 1, 2}, {-1, 1, 1, -1})) == "");
    CHECK(differs(computed("LpNormalization", {reals({2, 2}, {3, 4, 0, 0})}),
                  reals({2, 2}, {0.6F, 0.8F, 0, 0})) == "");
    CHECK(differs(computed("LpNormalization", {reals({2, 2}, {3, -1, 0, 4})},
                           {attr::whole("p", 1), attr::whole("axis", 0)}),
                  reals({2, 2}, {1, -0.2F, 0, 0.8F})) == "");
    CHECK(differs(computed("RMSNormalization", {reals({1, 2}, {3, 4}), fixed(reals({2}, {2, 1}))},
                           {attr::real("epsilon", 0)}, 23),
                  reals({1, 2}, {6 / std::sqrt(12.5F), 4 / std::sqrt(12.5F)})) == "");
}

TEST_CASE("batch normalisation with the statistics of the batch") {
    onnx_writer w;
    w.opset = 15;
    w.input("x", {2, 1, 2}).output("y").output("mean").output("variance");
    for (const auto& [name, v] :
         {std::pair{"scale", 2.F}, {"bias", 1.F}, {"running_mean", 10.F}, {"running_variance", 4.F}})
        w.constant(name, {1}, std::vector<float>{v});
    w.node("BatchNormalization", {"x", "scale", "bias", "running_mean", "running_variance"},
           {"y", "mean", "variance"},
           {attr::whole("training_mode", 1), attr::real("epsilon", 0), attr::real("momentum", 0.75F)});
    const std::string text = w.text();
    const auto g = io::parse_onnx(as_bytes(text));
    REQUIRE(g.has_value());
    const auto y = evaluate_as_file(*g, {reals({2, 1, 2}, {1, 3, 1, 3})});
    REQUIRE(y.has_value());
    CHECK(differs((*y)[0], reals({2, 1, 2}, {-1, 3, -1, 3})) == "");
    CHECK(differs((*y)[1], reals({1}, 8)) == "");
    CHECK(differs((*y)[2], reals({1}, 3.25F)) == "");
}

TEST_CASE("Fourier transforms by the definition") {
    using number = std::complex<double>;
    const std::int64_t n = 6;
    const reals x = noise({2, n, 2}, 9);
    const auto transformed = [&](std::int64_t length, bool inverse, std::int64_t bins, std::int64_t parts) {
        reals y({2, bins, 2});
        for (std::int64_t b = 0; b < 2; ++b)
            for (std::int64_t k = 0; k < bins; ++k) {
                number sum = 0;
                for (std::int64_t i = 0; i < std::min(n, length); ++i) {
                    const auto at = static_cast<std::size_t>((b * n + i) * 2);
                    const number v(static_cast<double>(x[at]),
                                   parts == 2 ? static_cast<double>(x[at + 1]) : 0);
                    sum += v * std::polar(1.0, (inverse ? 2 : -2) * std::numbers::pi *
                                                   static_cast<double>(i * k) / static_cast<double>(length));
                }
                sum /= inverse ? static_cast<double>(length) : 1.0;
                const auto to = static_cast<std::size_t>((b * bins + k) * 2);
                y[to] = static_cast<float>(sum.real());
                y[to + 1] = static_cast<float>(sum.imag());
            }
        return y;
    };
    reals real_part({2, n, 1});
    for (std::size_t i = 0; i < real_part.size(); ++i)
        real_part[i] = x[2 * i];
    CHECK(differs(computed("DFT", {x}, {attr::whole("axis", 1)}, 17), transformed(n, false, n, 2)) == "");
    CHECK(differs(computed("DFT", {x}, {attr::whole("inverse", 1)}, 17), transformed(n, true, n, 2)) == "");
    CHECK(differs(computed("DFT", {real_part}, {attr::whole("onesided", 1)}, 20),
                  transformed(n, false, 4, 1)) == "");
    CHECK(differs(computed("DFT", {x, fixed(wholes(shape{}, 8))}, {}, 20), transformed(8, false, 8, 2)) ==
          "");
    CHECK(differs(computed("DFT", {x, fixed(wholes(shape{}, 4))}, {}, 20), transformed(4, false, 4, 2)) ==
          "");
}

TEST_CASE("short Fourier transforms, frame by frame") {
    const reals x = noise({2, 11, 1}, 3), window({4}, {0.5F, 1, 2, -1});
    const auto y = std::get<reals>(computed("STFT", {x, fixed(wholes(shape{}, 3)), fixed(window)}, {}, 17));
    CHECK(y.dims() == shape{2, 3, 3, 2});
    for (std::int64_t b = 0; b < 2; ++b)
        for (std::int64_t f = 0; f < 3; ++f) {
            reals frame({1, 4, 1});
            for (std::int64_t i = 0; i < 4; ++i)
                frame[static_cast<std::size_t>(i)] =
                    x[static_cast<std::size_t>(b * 11 + f * 3 + i)] * window[static_cast<std::size_t>(i)];
            const auto want = std::get<reals>(computed("DFT", {frame}, {attr::whole("onesided", 1)}, 17));
            for (std::size_t i = 0; i < want.size(); ++i)
                CHECK(y[static_cast<std::size_t>((b * 3 + f) * 6) + i] ==
                      doctest::Approx(want[i]).epsilon(1e-4));
        }
}

TEST_CASE("windows and mel filters") {
    const auto window = [](const char* op, std::int64_t periodic) {
        return computed(op, {fixed(wholes(shape{}, 4))}, {attr::whole("periodic", periodic)}, 17);
    };
    CHECK(differs(window("HannWindow", 1), reals({4}, {0, 0.5F, 1, 0.5F})) == "");
    CHECK(differs(window("HannWindow", 0), reals({4}, {0, 0.75F, 0.75F, 0})) == "");
    CHECK(differs(window("HammingWindow", 1), reals({4}, {4 / 46.F, 25 / 46.F, 1, 25 / 46.F})) == "");
    CHECK(differs(window("BlackmanWindow", 1), reals({4}, {0, 0.34F, 1, 0.34F})) == "");
    // From the standard: 8 filters, 16 points, 8192 Hz, no low edge, 4096 Hz the high one.
    const auto mel = std::get<reals>(
        computed("MelWeightMatrix",
                 {fixed(wholes(shape{}, 8)), fixed(wholes(shape{}, 16)), fixed(wholes(shape{}, 8192)),
                  fixed(reals(shape{}, 0.F)), fixed(reals(shape{}, 4096.F))},
                 {}, 17));
    CHECK(mel.dims() == shape{9, 8});
    const float rows[2][8] = {{1, 1, 0, 0, 0, 0, 0, 0}, {0, 0, 1, 1, 0, 0, 0, 0}};
    for (std::size_t i = 0; i < 16; ++i)
        CHECK(mel[i] == rows[i / 8][i % 8]);
}

/// One output of a resize with antialias, from the standard's definition, [samples] to one.
float antialiased(const std::vector<float>& x, double at, double scale, bool cubic, bool exclude) {
    const auto weight = [&](double d) {
        d = std::fabs(d);
        if (!cubic)
            return std::max(0.0, 1 - d);
        const double a = -0.75;
        return d <= 1  ? (a + 2) * d * d * d - (a + 3) * d * d + 1
               : d < 2 ? a * d * d * d - 5 * a * d * d + 8 * a * d - 4 * a
                       : 0.0;
    };
    double sum = 0, total = 0;
    const int reach = static_cast<int>(std::ceil((cubic ? 2 : 1) / scale)) + 1;
    for (int i = static_cast<int>(std::floor(at)) - reach; i <= std::floor(at) + reach; ++i) {
        const bool outside = i < 0 || i >= static_cast<int>(x.size());
        const double w = outside && exclude ? 0 : weight((i - at) * scale);
        sum += w * static_cast<double>(
                       x[static_cast<std::size_t>(std::clamp<int>(i, 0, static_cast<int>(x.size()) - 1))]);
        total += w;
    }
    return static_cast<float>(sum / total);
}

TEST_CASE("Resize with antialias weighs all that an output covers") {
    for (const bool cubic : {false, true})
        for (const bool exclude : {false, true})
            for (const auto& size : {std::pair{7, 3}, {9, 2}, {4, 3}, {8, 4}}) {
                const int n = size.first, m = size.second;
                const reals x = noise({1, 1, 1, n}, static_cast<std::uint64_t>(n * m));
                const double scale = static_cast<double>(m) / n;
                reals want({1, 1, 1, m});
                for (int i = 0; i < m; ++i)
                    want[static_cast<std::size_t>(i)] = antialiased(
                        {x.data().begin(), x.data().end()}, (i + 0.5) / scale - 0.5, scale, cubic, exclude);
                const auto y = computed(
                    "Resize", {x, fixed(reals({0})), fixed(reals({0})), fixed(wholes({4}, {1, 1, 1, m}))},
                    {attr::text("mode", cubic ? "cubic" : "linear"), attr::whole("antialias", 1),
                     attr::whole("exclude_outside", exclude ? 1 : 0)});
                CAPTURE(n);
                CHECK(differs(y, want) == "");
            }
}

TEST_CASE("Resize crops, fills what lies beyond, and takes any axes") {
    const reals x({1, 1, 3, 3}, {1, 2, 3, 4, 5, 6, 7, 8, 9});
    const auto cropped = [&](const char* mode) {
        return computed("Resize",
                        {x, fixed(reals({8}, {0, 0, 0.5F, -0.5F, 1, 1, 1, 0.5F})), fixed(reals({0})),
                         fixed(wholes({4}, {1, 1, 2, 3}))},
                        {attr::text("mode", mode),
                         attr::text("coordinate_transformation_mode", "tf_crop_and_resize"),
                         attr::real("extrapolation_value", -1)});
    };
    // Rows 1 and 2; columns -1, 0 and 1.
    CHECK(differs(cropped("linear"), reals({1, 1, 2, 3}, {-1, 4, 5, -1, 7, 8})) == "");
    CHECK(differs(cropped("nearest"), reals({1, 1, 2, 3}, {-1, 4, 5, -1, 7, 8})) == "");
    const auto stretched = computed(
        "Resize",
        {reals({1, 2, 1, 1, 2}, {1, 3, 5, 7}), fixed(reals({0})), fixed(reals({5}, {1, 1, 2, 1, 2}))},
        {attr::text("mode", "linear"), attr::text("coordinate_transformation_mode", "align_corners")});
    CHECK(differs(stretched, reals({1, 2, 2, 1, 4}, {1, 5 / 3.F, 7 / 3.F, 3, 1, 5 / 3.F, 7 / 3.F, 3, 5,
                                                     17 / 3.F, 19 / 3.F, 7, 5, 17 / 3.F, 19 / 3.F, 7})) ==
          "");
    const reals image({1, 1, 4, 4}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16});
    const auto middles =
        computed("Resize", {image, fixed(reals({0})), fixed(reals({0})), fixed(wholes({4}, {1, 1, 3, 2}))},
                 {attr::text("coordinate_transformation_mode", "tf_half_pixel_for_nn")}, 11);
    CHECK(differs(middles, reals({1, 1, 3, 2}, {6, 8, 10, 12, 14, 16})) == "");
    const auto batch = computed(
        "Resize", {reals({2, 1, 1, 1}, {1, 3}), fixed(reals({0})), fixed(reals({4}, {2, 1, 1, 1}))}, {});
    CHECK(differs(batch, reals({4, 1, 1, 1}, {1, 1, 3, 3})) == "");
}

} // namespace
