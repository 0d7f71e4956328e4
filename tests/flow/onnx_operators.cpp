// SPDX-License-Identifier: MIT
/// Operators that become several layers as programs: in floating point, and in codes with the bits that
/// simulation says.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "networks.hpp"
#include "pith/base/random.hpp"
#include "pith/graph/evaluate.hpp"
#include "pith/io/onnx.hpp"
#include "pith/plan/pack.hpp"
#include "pith/run/session.hpp"
#include "support/compiled.hpp"
#include "support/onnx_writer.hpp"

using pith::tests::as_bytes;
using pith::tests::onnx_writer;
using extents = pith::tests::sizes;
using attr = pith::tests::onnx_attribute;

namespace {

onnx_writer model(const extents& input) {
    onnx_writer w;
    w.opset = 17;
    w.input("x", input).output("y");
    return w;
}

void add_weights(onnx_writer& w, const std::string& name, const extents& dims) {
    std::size_t count = 1;
    for (const auto d : dims)
        count *= static_cast<std::size_t>(d);
    pith::random_bits bits(count);
    std::vector<float> values(count);
    for (auto& v : values)
        v = bits.unit() - 0.5F;
    w.constant(name, dims, values);
}

flow::network load(const onnx_writer& w) {
    const std::string text = w.text();
    auto g = pith::io::parse_onnx(as_bytes(text));
    if (!g)
        FAIL(g.error().what, " ", g.error().where);
    return *std::move(g);
}

/// As it is, and with every value encoded.
void check(const flow::network& g) {
    CHECK(flow::check_everywhere(g, 1).reals > 0);
    CHECK(flow::check_everywhere(flow::encoded(g, 2), 3).codes > 0);
}

} // namespace

TEST_CASE("programs of transposed convolutions") {
    onnx_writer w = model({1, 4, 5, 6});
    add_weights(w, "a", {4, 3, 3, 4});
    add_weights(w, "b", {6});
    add_weights(w, "c", {6, 5, 2, 3});
    w.node("ConvTranspose", {"x", "a", "b"}, {"u"},
           {attr::wholes("strides", {2, 2}), attr::whole("group", 2), attr::wholes("pads", {1, 1, 0, 2})});
    w.node("Relu", {"u"}, {"v"});
    w.node("ConvTranspose", {"v", "c"}, {"y"},
           {attr::wholes("strides", {1, 3}), attr::wholes("output_padding", {0, 1})});
    check(load(w));
}

TEST_CASE("programs of convolutions and pools over three axes") {
    onnx_writer w = model({1, 3, 4, 5, 6});
    add_weights(w, "a", {4, 3, 2, 3, 3});
    add_weights(w, "b", {4});
    w.node("Conv", {"x", "a", "b"}, {"u"},
           {attr::wholes("pads", {1, 1, 1, 0, 1, 1}), attr::wholes("strides", {2, 1, 1})});
    w.node("Relu", {"u"}, {"v"});
    w.node("MaxPool", {"v"}, {"z"}, {attr::wholes("kernel_shape", {2, 2, 2})});
    w.node("GlobalAveragePool", {"z"}, {"y"});
    check(load(w));
}

TEST_CASE("programs that resize by matrices, and keep what a mask allows") {
    onnx_writer w = model({1, 2, 6, 6});
    w.constant("none", {0}, std::vector<float>{});
    w.constant("to", {4}, extents{1, 2, 3, 4});
    w.node("Resize", {"x", "none", "none", "to"}, {"u"},
           {attr::text("mode", "linear"), attr::whole("antialias", 1)});
    w.node("Trilu", {"u"}, {"y"});
    CHECK(flow::check_everywhere(load(w), 1).reals > 0);
}

TEST_CASE("programs that end with the place of the greatest element") {
    onnx_writer w = model({3, 40, 2});
    w.node("ArgMax", {"x"}, {"y"}, {attr::whole("axis", 1), attr::whole("keepdims", 0)});
    const auto g = load(w);
    const auto p = flow::pack(g);
    auto s = pith::run::session::open(p.bytes);
    REQUIRE(s.has_value());
    for (std::uint64_t seed = 0; seed < 5; ++seed) {
        const auto in = flow::random_inputs(g, seed);
        const auto want = pith::evaluate(g, in);
        REQUIRE(want.has_value());
        const auto& x = std::get<0>(in[0]).data();
        std::copy(x.begin(), x.end(), s->input(0).begin());
        s->run();
        const auto got = s->output<std::int64_t>(0);
        const auto& places = std::get<1>((*want)[0]);
        REQUIRE(got.size() == places.size());
        for (std::size_t i = 0; i < got.size(); ++i)
            CHECK(got[i] == places[i]);
    }
}

TEST_CASE("comparisons at run time are no part of a program, and refused by name") {
    onnx_writer w = model({2, 3});
    w.node("Greater", {"x", "x"}, {"y"});
    const auto refused = pith::plan::make_draft(load(w), {});
    REQUIRE_FALSE(refused.has_value());
    CHECK(std::string(refused.error().what).find("comparisons") != std::string::npos);
}
