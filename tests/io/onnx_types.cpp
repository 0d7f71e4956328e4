// SPDX-License-Identifier: MIT
/// Element types through the ONNX door and back: what is kept, and what each is computed as.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <doctest/doctest.h>

#include <pith/graph/evaluate.hpp>
#include <pith/io/onnx.hpp>
#include <pith/io/onnx_write.hpp>
#include <pith/io/tensor_proto.hpp>

#include "support/compiled.hpp"
#include "support/onnx_writer.hpp"

namespace {

using namespace pith;
using format::dtype;
using tests::onnx_attribute;
using tests::onnx_writer;
using reals = tensor<float>;
using wholes = tensor<std::int64_t>;

constexpr float inf = std::numeric_limits<float>::infinity();
constexpr std::int64_t top = std::numeric_limits<std::int64_t>::min(); ///< 2^63 as a uint64

int number_of(dtype t) {
    return static_cast<int>(io::onnx::element_number(t));
}

graph<float> read(onnx_writer& w) {
    const auto bytes = w.text();
    const auto g = io::parse_onnx(tests::as_bytes(bytes));
    REQUIRE_MESSAGE(g, g.error().what, " ", g.error().where);
    return *g;
}

std::string proto(const std::string& name, dtype type, any_tensor<float> data) {
    return io::format_tensor_proto({name, type, std::move(data)});
}

any_tensor<float> run(const graph<float>& g, const any_tensors<float>& in) {
    auto out = evaluate(g, in);
    REQUIRE_MESSAGE(out, out.error().what, " ", out.error().where);
    return std::move((*out)[0]);
}

/// One operator on inputs of a type, computed at run time.
any_tensor<float> computed(const std::string& op, dtype type, const any_tensors<float>& in,
                           const std::vector<onnx_attribute>& attributes = {}) {
    onnx_writer w;
    w.opset = 24;
    std::vector<std::string> names;
    for (const auto& t : in) {
        names.push_back("x" + std::to_string(names.size()));
        w.input(names.back(), {dims_of(t).begin(), dims_of(t).end()}, number_of(type));
    }
    return run(read(w.output("y").node(op, names, {"y"}, attributes)), in);
}

/// The same on constants: computed while loading.
any_tensor<float> folded(const std::string& op, dtype type, const any_tensors<float>& in,
                         const std::vector<onnx_attribute>& attributes = {}) {
    onnx_writer w;
    w.opset = 24;
    std::vector<std::string> names;
    for (const auto& t : in) {
        names.push_back("x" + std::to_string(names.size()));
        w.graph_field(5, proto(names.back(), type, t));
    }
    return run(read(w.output("y").node(op, names, {"y"}, attributes)), {});
}

template <class Tensor>
void check_both(const std::string& op, dtype type, const any_tensors<float>& in, const Tensor& want,
                const std::vector<onnx_attribute>& attributes = {}) {
    CAPTURE(op);
    CAPTURE(name_of(type));
    CHECK(std::get<Tensor>(computed(op, type, in, attributes)) == want);
    CHECK(std::get<Tensor>(folded(op, type, in, attributes)) == want);
}

TEST_CASE("a model keeps every type from file to file: loaded, saved and loaded it is the same") {
    for (const auto& e : io::onnx::element_entries) {
        CAPTURE(name_of(e.type));
        any_tensor<float> held = wholes({3}, {0, 1, 1});
        if (is_real(e.type))
            held = reals({3}, {1.F, 2.F, e.type == dtype::f8e8m0 ? 0.5F : -0.5F});
        onnx_writer w;
        w.opset = 24;
        w.input("x", {2}, number_of(e.type)).output("y").graph_field(5, proto("w", e.type, held));
        const auto g = read(w.node("Concat", {"x", "w"}, {"y"}, {onnx_attribute::whole("axis", 0)}));
        CHECK(g[g.inputs[0]].type == e.type);
        CHECK(g[g.outputs[0]].type == e.type);
        const auto first = io::onnx_bytes(g, {.opset = 24});
        REQUIRE_MESSAGE(first, first.error().what);
        const auto again = io::parse_onnx(*first);
        REQUIRE_MESSAGE(again, again.error().what);
        CHECK((*again)[again->inputs[0]].type == e.type);
        CHECK((*again)[again->outputs[0]].type == e.type);
        const auto second = io::onnx_bytes(*again, {.opset = 24});
        REQUIRE(second);
        CHECK(*first == *second);
        any_tensor<float> x = wholes({2}, {1, 0});
        if (is_real(e.type))
            x = reals({2}, {4.F, 0.5F});
        CHECK(run(g, {x}) == run(*again, {x}));
    }
}

TEST_CASE("casts keep how they round and whether they saturate") {
    onnx_writer w;
    w.opset = 24;
    w.input("x", {4}).output("a").output("b").output("c");
    w.node("Cast", {"x"}, {"a"}, {onnx_attribute::whole("to", 19), onnx_attribute::whole("saturate", 0)});
    w.node("Cast", {"x"}, {"b"},
           {onnx_attribute::whole("to", 24), onnx_attribute::text("round_mode", "nearest")});
    w.node("Cast", {"x"}, {"c"},
           {onnx_attribute::whole("to", 24), onnx_attribute::text("round_mode", "down")});
    const auto g = read(w);
    const any_tensors<float> x{reals({4}, {1e6F, -1.25F, 0.375F, 2.5F})};
    const auto check = [&](const graph<float>& net) {
        const auto y = evaluate(net, x);
        REQUIRE(y);
        CHECK(std::get<0>((*y)[0]) == reals({4}, {inf, -1.25F, 0.375F, 2.5F}));
        CHECK(std::get<0>((*y)[1]) == reals({4}, {0x1p20F, 1.F, 0.5F, 2.F}));
        CHECK(std::get<0>((*y)[2]) == reals({4}, {0x1p19F, 1.F, 0.25F, 2.F}));
    };
    check(g);
    const auto bytes = io::onnx_bytes(g, {.opset = 24});
    REQUIRE(bytes);
    const auto again = io::parse_onnx(*bytes);
    REQUIRE(again);
    check(*again);
    const auto old = io::onnx_bytes(g, {.opset = 18});
    REQUIRE(!old);
    CHECK(std::string(old.error().where).find("float8") != std::string::npos);
}

TEST_CASE("casts between real numbers, whole numbers and four bits") {
    const auto cast_to = [](dtype from, const any_tensor<float>& x, dtype to) {
        const auto attribute = onnx_attribute::whole("to", number_of(to));
        const auto y = computed("Cast", from, {x}, {attribute});
        CHECK(y == folded("Cast", from, {x}, {attribute}));
        return y;
    };
    const reals x({5}, {-9.F, -8.7F, 7.9F, 8.F, 17.F});
    CHECK(std::get<1>(cast_to(dtype::f32, x, dtype::i4)) == wholes({5}, {7, -8, 7, -8, 1}));
    CHECK(std::get<1>(cast_to(dtype::f32, x, dtype::u4)) == wholes({5}, {7, 8, 7, 8, 1}));
    CHECK(std::get<1>(cast_to(dtype::f32, reals({2}, {65537.F, -1.F}), dtype::u16)) ==
          wholes({2}, {1, 65535}));
    CHECK(std::get<1>(cast_to(dtype::f32, reals({3}, {0x1p63F, 0x1p64F, 3.5F}), dtype::u64)) ==
          wholes({3}, {top, -1, 3}));
    CHECK(std::get<0>(cast_to(dtype::u64, wholes({2}, {top, -1}), dtype::f32)) ==
          reals({2}, {0x1p63F, 0x1p64F}));
    CHECK(std::get<0>(cast_to(dtype::u64, wholes({2}, {top, 65519}), dtype::f16)) ==
          reals({2}, {inf, 65504.F}));
    CHECK(std::get<0>(cast_to(dtype::i16, wholes({2}, {2049, -2051}), dtype::f16)) ==
          reals({2}, {2048.F, -2052.F}));
    CHECK(std::get<0>(cast_to(dtype::f16, reals({3}, {65504.F, 0.F, -0x1p-24F}), dtype::f8e4m3fn)) ==
          reals({3}, {448.F, 0.F, 0.F}));
    CHECK(std::get<1>(cast_to(dtype::f8e5m2, reals({2}, {57344.F, 0.F}), dtype::boolean)) ==
          wholes({2}, {1, 0}));
    CHECK(std::get<0>(cast_to(dtype::f64, reals({2}, {0.1F, 1e6F}), dtype::f16)) ==
          reals({2}, {0x1.998p-4F, inf}));
}

TEST_CASE("before opset 6 a cast has its type by name") {
    for (const auto& [name, type] : {std::pair{"FLOAT16", dtype::f16},
                                     {"DOUBLE", dtype::f64},
                                     {"UINT64", dtype::u64},
                                     {"INT32", dtype::i32}}) {
        onnx_writer w;
        w.opset = 5;
        w.input("x", {2}).output("y");
        const auto g = read(w.node("Cast", {"x"}, {"y"}, {onnx_attribute::text("to", name)}));
        CHECK(g[g.outputs[0]].type == type);
    }
    for (const char* name : {"STRING", "", "float"}) {
        onnx_writer w;
        w.opset = 5;
        w.input("x", {2}).output("y").node("Cast", {"x"}, {"y"}, {onnx_attribute::text("to", name)});
        const auto text = w.text();
        CHECK(!io::parse_onnx(tests::as_bytes(text)));
    }
}

TEST_CASE("arithmetic wraps around in the types own width") {
    check_both("Add", dtype::i16, {wholes({2}, {32767, -5}), wholes({2}, {1, 3})}, wholes({2}, {-32768, -2}));
    check_both("Sub", dtype::u16, {wholes({2}, {0, 9}), wholes({2}, {1, 3})}, wholes({2}, {65535, 6}));
    check_both("Mul", dtype::u32, {wholes({2}, {65536, 7}), wholes({2}, {65536, 6})}, wholes({2}, {0, 42}));
    check_both("Add", dtype::u64, {wholes({2}, {-1, top}), wholes({2}, {2, top})}, wholes({2}, {1, 0}));
    check_both("Neg", dtype::i16, {wholes({2}, {-32768, 5})}, wholes({2}, {-32768, -5}));
    check_both("Abs", dtype::i16, {wholes({2}, {-7, 5})}, wholes({2}, {7, 5}));
}

TEST_CASE("uint64 beyond 2^63 is greater than what is below") {
    const wholes a({3}, {-1, 5, top});
    const wholes b({3}, {2, 7, 3});
    check_both("Max", dtype::u64, {a, b}, wholes({3}, {-1, 7, top}));
    check_both("Min", dtype::u64, {a, b}, wholes({3}, {2, 5, 3}));
    check_both("Div", dtype::u64, {a, b},
               wholes({3}, {std::numeric_limits<std::int64_t>::max(), 0, 3074457345618258602}));
    check_both("Clip", dtype::u64, {a, wholes(shape{}, 6), wholes(shape{}, -2)}, wholes({3}, {-2, 6, top}));
    check_both("Abs", dtype::u64, {a}, a);
    check_both("Sign", dtype::u64, {a}, wholes({3}, 1));
    const auto keep = onnx_attribute::whole("keepdims", 0);
    check_both("ReduceMax", dtype::u64, {a}, wholes(shape{}, -1), {keep});
    check_both("ReduceMin", dtype::u64, {a}, wholes(shape{}, 5), {keep});
    check_both("ReduceMean", dtype::u64, {wholes({2}, {top, 2})},
               wholes(shape{}, (std::int64_t{1} << 62) + 1), {keep});
    check_both("ArgMax", dtype::u64, {wholes({3}, {5, top, 7})}, wholes(shape{}, 1), {keep});
    check_both("Greater", dtype::u64, {a, b}, wholes({3}, {1, 0, 1}));
    check_both("LessOrEqual", dtype::u64, {a, b}, wholes({3}, {0, 1, 0}));
    CHECK(std::get<1>(folded("Mod", dtype::u64, {a, wholes({3}, {10, 4, 10})})) == wholes({3}, {5, 1, 8}));
}

TEST_CASE("powers with exponents of other types") {
    const auto power = [](dtype of, const any_tensor<float>& x, dtype by, const any_tensor<float>& y) {
        onnx_writer w;
        w.input("x", {2}, number_of(of)).input("y", {2}, number_of(by)).output("z");
        return run(read(w.node("Pow", {"x", "y"}, {"z"})), {x, y});
    };
    CHECK(std::get<0>(power(dtype::f32, reals({2}, {2.F, 1.F}), dtype::u64, wholes({2}, {3, -1}))) ==
          reals({2}, {8.F, 1.F}));
    CHECK(std::get<1>(power(dtype::i32, wholes({2}, {-2, -1}), dtype::u64, wholes({2}, {3, -1}))) ==
          wholes({2}, {-8, -1}));
    CHECK(std::get<1>(power(dtype::i64, wholes({2}, {3, 2}), dtype::f32, reals({2}, {2.F, 0.5F}))) ==
          wholes({2}, {9, 1}));
    CHECK(std::get<0>(power(dtype::f16, reals({2}, {300.F, 3.F}), dtype::i16, wholes({2}, {2, 2}))) ==
          reals({2}, {inf, 9.F}));
}

TEST_CASE("float16 and bfloat16 are computed in float and rounded once") {
    const reals a({3}, {2048.F, 0.1F, 60000.F});
    const reals half({3}, {2048.F, 0x1.998p-4F, 60000.F});
    check_both("Add", dtype::f16, {half, reals({3}, {1.F, 0.F, 60000.F})},
               reals({3}, {2048.F, 0x1.998p-4F, inf}));
    check_both("Mul", dtype::bf16, {reals({2}, {1.0078125F, 3.F}), reals({2}, {1.0078125F, 5.F})},
               reals({2}, {1.015625F, 15.F}));
    check_both("Max", dtype::f16, {half, reals({3}, 1.F)}, reals({3}, {2048.F, 1.F, 60000.F}));
    check_both("Sqrt", dtype::f16, {reals({1}, 2.F)}, reals({1}, 0x1.6ap0F));
    check_both("ReduceSum", dtype::f16, {reals({3}, {2048.F, 1.F, 1.F})}, reals(shape{}, 2050.F),
               {onnx_attribute::whole("keepdims", 0)});
    check_both("Clip", dtype::f16, {half, reals(shape{}, 0.5F), reals(shape{}, 2047.F)},
               reals({3}, {2047.F, 0.5F, 2047.F}));
    check_both("Mean", dtype::f16, {reals({1}, 1.F), reals({1}, 2.F)}, reals({1}, 1.5F));
}

TEST_CASE("float16 weights behind a cast become float weights while loading") {
    onnx_writer w;
    w.input("x", {1, 2}).output("y");
    w.graph_field(5, proto("w", dtype::f16, reals({2, 2}, {0.1F, 2.F, -0.3F, 4.F})));
    w.node("Cast", {"w"}, {"wide"}, {onnx_attribute::whole("to", 1)});
    const auto g = read(w.node("MatMul", {"x", "wide"}, {"y"}));
    CHECK(g.nodes.size() == 1);
    CHECK(g[g.nodes[0].inputs[1]].type == dtype::f32);
    CHECK(std::get<0>(run(g, {reals({1, 2}, {1.F, 0.F})})) == reals({1, 2}, {0x1.998p-4F, 2.F}));
}

TEST_CASE("a double network has float64 to the last bit") {
    onnx_writer w;
    w.input("x", {2}, 11).output("y");
    std::string tenth;
    protozero::pbf_writer t{tenth};
    const double value[] = {0.1};
    t.add_int32(2, 11);
    t.add_string(8, "tenth");
    t.add_packed_double(10, value, value + 1);
    w.graph_field(5, tenth).node("Add", {"x", "tenth"}, {"y"});
    const auto text = w.text();
    const auto g = io::parse_onnx<double>(tests::as_bytes(text));
    REQUIRE(g);
    const std::vector<any_tensor<double>> x{tensor<double>({2}, {0.2, 1e300})};
    const auto y = evaluate(*g, x);
    REQUIRE(y);
    CHECK(std::get<0>((*y)[0]) == tensor<double>({2}, {0.1 + 0.2, 1e300}));
}

TEST_CASE("normalisations of float16 keep their inner sums in float") {
    onnx_writer w;
    w.opset = 17;
    w.input("x", {1, 4}, 10).output("y");
    w.graph_field(5, proto("scale", dtype::f16, reals({4}, 1.F)));
    const auto g = read(w.node("LayerNormalization", {"x", "scale"}, {"y"}));
    CHECK(g[g.outputs[0]].type == dtype::f16);
    const auto y = std::get<0>(run(g, {reals({1, 4}, {-6000.F, -2000.F, 2000.F, 6000.F})}));
    const float want[] = {-1.341640786F, -0.4472135955F, 0.4472135955F, 1.341640786F};
    for (std::size_t i = 0; i < 4; ++i)
        CHECK(y[i] == format::round_float(dtype::f16, want[i]));
}

TEST_CASE("moves take every type") {
    for (const auto& e : io::onnx::element_entries) {
        any_tensor<float> x = wholes({2, 2}, {0, 1, 1, 0});
        if (is_real(e.type))
            x = reals({2, 2}, {1.F, 2.F, 0.5F, 4.F});
        onnx_writer w;
        w.input("x", {2, 2}, number_of(e.type)).output("y").constant("last", {1}, tests::sizes{-1});
        const auto picked = run(read(w.node("Gather", {"x", "last"}, {"y"})), {x});
        CHECK(std::visit([](const auto& t) { return static_cast<double>(t[0]); }, picked) ==
              (is_real(e.type) ? 0.5 : 1.0));
        CHECK(computed("Flatten", e.type, {x}) == x);
        CHECK(computed("Identity", e.type, {x}) == x);
    }
}

TEST_CASE("bits and remainders of constants") {
    const auto shift = [](const char* direction) { return onnx_attribute::text("direction", direction); };
    const auto whole = [](const any_tensor<float>& t) { return std::get<1>(t); };
    CHECK(whole(folded("BitShift", dtype::u8, {wholes({2}, {200, 3}), wholes({2}, {1, 9})},
                       {shift("LEFT")})) == wholes({2}, {144, 0}));
    CHECK(whole(folded("BitShift", dtype::u64, {wholes({2}, {-1, top}), wholes({2}, {63, 64})},
                       {shift("RIGHT")})) == wholes({2}, {1, 0}));
    CHECK(whole(folded("BitwiseAnd", dtype::i16, {wholes({2}, {-1, 6}), wholes({2}, {255, 3})})) ==
          wholes({2}, {255, 2}));
    CHECK(whole(folded("BitwiseOr", dtype::u16, {wholes({1}, 65280), wholes({1}, 15)})) ==
          wholes({1}, 65295));
    CHECK(whole(folded("BitwiseXor", dtype::i32, {wholes({1}, -1), wholes({1}, 1)})) == wholes({1}, -2));
    CHECK(whole(folded("BitwiseNot", dtype::u16, {wholes({2}, {0, 65535})})) == wholes({2}, {65535, 0}));
    const auto fmod = onnx_attribute::whole("fmod", 1);
    CHECK(whole(folded("Mod", dtype::i16, {wholes({2}, {-4, 7}), wholes({2}, {3, -3})})) ==
          wholes({2}, {2, -2}));
    CHECK(whole(folded("Mod", dtype::i16, {wholes({2}, {-4, 7}), wholes({2}, {3, -3})}, {fmod})) ==
          wholes({2}, {-1, 1}));
    CHECK(std::get<0>(folded("Mod", dtype::f16, {reals({2}, {-4.5F, 7.F}), reals({2}, {3.F, -2.5F})},
                             {fmod})) == reals({2}, {-1.5F, 2.F}));
}

TEST_CASE("types that are only stored are refused by operators that compute") {
    for (const char* op : {"Add", "MatMul"}) {
        onnx_writer w;
        w.input("x", {2, 2}, number_of(dtype::f8e4m3fn)).output("y").node(op, {"x", "x"}, {"y"});
        const auto bytes = w.text();
        const auto g = io::parse_onnx(tests::as_bytes(bytes));
        REQUIRE(!g);
        CHECK(std::string_view(g.error().what).find("float8") != std::string_view::npos);
    }
}

} // namespace
