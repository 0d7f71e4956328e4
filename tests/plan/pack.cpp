// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "pith/graph/builder.hpp"
#include "pith/graph/passes/as_float32.hpp"
#include "pith/plan/explain.hpp"
#include "pith/plan/pack_for.hpp"

using namespace pith;

namespace {

graph<float> network(bool encoded) {
    graph_builder<float> b(3);
    const auto x = b.input({1, 6, 6, 4});
    const auto c = b.relu(b.conv(x, {.out = 4, .pads = {1, 1, 1, 1}}));
    const auto d = b.conv(c, {.out = 4, .pads = {1, 1, 1, 1}});
    const auto s = b.relu(b.add(c, d));
    const auto f = b.flatten(s);
    const auto l = b.add_node(reduce{reduce_op::mean, {1}, true}, {f});
    auto g = std::move(b).finish({l});
    REQUIRE(g);
    if (!encoded)
        return *std::move(g);
    for (const auto v : {x, c, d, s, f, l})
        (*g)[v].encoded = encoding::per_tensor({0.1f, 7, 0, 255});
    for (const auto& n : g->nodes)
        if (std::holds_alternative<conv2d>(n.layer))
            (*g)[n.inputs[1]].encoded =
                encoding{format::affine_codes{.lowest = -127, .highest = 127}, {0.01f}};
    return *std::move(g);
}

} // namespace

TEST_CASE("pack: the same graph gives the same bytes; names can be left out; a batch can be chosen") {
    const auto g = network(true);
    const auto bytes = plan::pack(g);
    REQUIRE(bytes);
    CHECK(*plan::pack(g) == *bytes);
    CHECK(*result<graph<float>>(g).and_then(plan::pack_for{}) == *bytes);
    const auto nameless = plan::pack(g, {.names = false});
    REQUIRE(nameless);
    CHECK(nameless->size() < bytes->size());
    const auto three = plan::pack(g, {.batch = 3});
    REQUIRE(three);
    const auto program = run::program_view::open(*three);
    REQUIRE(program);
    CHECK(program->input(0).dims == shape{3, 6, 6, 4});
    CHECK(program->output(0).dims == shape{3, 1});
}

TEST_CASE(
    "pack: values of types that programs do not have are refused by name, and float16 is packed as float32") {
    const auto through = [](format::dtype type) {
        graph_builder<float> b;
        const auto x = b.input({1, 4});
        const auto narrow = b.add_node(cast{type}, {x});
        b[narrow].name = "narrow";
        auto g = std::move(b).finish({b.add_node(cast{format::dtype::f32}, {narrow})});
        REQUIRE(g);
        return *std::move(g);
    };
    using format::dtype;
    for (const auto type :
         {dtype::f16, dtype::bf16, dtype::f64, dtype::f8e4m3fn, dtype::f8e8m0, dtype::f4e2m1, dtype::i16,
          dtype::u16, dtype::u32, dtype::u64, dtype::i4, dtype::u4}) {
        const auto bytes = plan::pack(through(type));
        REQUIRE(!bytes);
        const std::string name(format::name_of(type));
        CHECK(std::string(bytes.error().where) == "value 'narrow' (" + name + ")");
        const auto wide = passes::as_float32{}(through(type));
        REQUIRE(wide);
        CHECK(plan::pack(*wide).has_value() == format::is_computed(type));
    }
    CHECK(plan::pack(through(dtype::i32)));
}

TEST_CASE("pack: one operation computes a convolution, the addition behind it and its activation") {
    for (const bool encoded : {true, false}) {
        const auto g = network(encoded);
        const auto fused = plan::make_draft(g);
        const auto apart = plan::make_draft(g, {.fuse = false});
        REQUIRE(fused);
        REQUIRE(apart);
        const auto count = [](const plan::draft& d, std::uint8_t kind) {
            std::size_t n = 0;
            for (const auto& op : d.ops)
                n += op.head().kind == kind ? 1 : 0;
            return n;
        };
        const auto sum = encoded ? run::op::add_u8::kind : run::op::binary_f32::kind;
        const auto conv = encoded ? run::op::convolution_u8::kind : run::op::convolution_f32::kind;
        CHECK(count(*fused, sum) == 0);
        CHECK(count(*apart, sum) == 1);
        CHECK(count(*fused, conv) == 2);
        CHECK(fused->ops.size() < apart->ops.size());
    }
}

TEST_CASE("explain: what becomes of every node") {
    const auto choices = plan::explain(network(true));
    REQUIRE(choices);
    REQUIRE(choices->size() == 7);
    using plan::fate;
    const fate expected[] = {fate::codes,  fate::joined,    fate::codes, fate::joined,
                             fate::joined, fate::no_effort, fate::reals};
    for (std::size_t i = 0; i < 7; ++i) {
        CAPTURE((*choices)[i].node);
        CHECK((*choices)[i].how == expected[i]);
        CHECK((*choices)[i].why.empty() == (i != 6));
    }
    CHECK((*choices)[3].joined_to == (*choices)[2].node);
    CHECK((*choices)[6].operations == 3); // decoded, reduced, encoded
    const auto reals = plan::explain(network(false));
    REQUIRE(reals);
    CHECK((*reals)[0].how == fate::reals);
    CHECK(std::string((*reals)[0].why).find("weights") != std::string::npos);
}
