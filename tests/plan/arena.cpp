// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "pith/base/random.hpp"
#include "pith/plan/arena.hpp"
#include "pith/run/op/add_u8.hpp"

using namespace pith;
using plan::tensor_id;

namespace {

tensor_id bytes(plan::draft& d, std::uint32_t n) {
    plan::draft_tensor t;
    const std::uint32_t dims[4] = {1, 1, 1, n};
    std::copy(dims, dims + 4, t.record.dims);
    t.record.type = static_cast<std::uint8_t>(format::dtype::u8);
    return d.add_tensor(t);
}

void op(plan::draft& d, tensor_id out, tensor_id in, tensor_id second = plan::no_tensor,
        bool in_place = false) {
    run::op::binary_u8_record r{};
    r.op = {0, 0, out, in, second};
    d.add_op<run::op::add_u8>(r).replaces = in_place ? run::in_place::any : run::in_place::nothing;
}

struct interval {
    std::size_t from, to;
};
interval place(const plan::draft& d, tensor_id id) {
    return {d.tensors[id].record.offset, d.tensors[id].record.offset + d.tensors[id].record.dims[3]};
}
bool apart(const plan::draft& d, tensor_id a, tensor_id b) {
    return place(d, a).to <= place(d, b).from || place(d, b).to <= place(d, a).from;
}

} // namespace

TEST_CASE("arena: a chain needs two places, and one where results replace operands") {
    for (const bool in_place : {false, true}) {
        plan::draft d;
        std::vector<tensor_id> t;
        for (int i = 0; i < 6; ++i)
            t.push_back(bytes(d, 1000));
        for (std::size_t i = 0; i < 5; ++i)
            op(d, t[i + 1], t[i], plan::no_tensor, true);
        d.inputs.push_back({t[0], "x", {1000}, {}});
        d.outputs.push_back({t[5], "y", {1000}, {}});
        REQUIRE(plan::place_tensors(d, {.reuse_inputs = true, .in_place = in_place}));
        CHECK(d.arena_bytes == (in_place ? 1088u : 2112u)); // 64-byte steps, over_read_bytes behind
        for (std::size_t i = 0; i < 5; ++i)
            CHECK(apart(d, t[i], t[i + 1]) == !in_place);
        REQUIRE(plan::place_tensors(d, {.reuse_inputs = false, .in_place = in_place}));
        for (std::size_t i = 1; i < 6; ++i)
            CHECK(apart(d, t[0], t[i]));
    }
}

TEST_CASE("arena: an operand that is read again is not replaced") {
    plan::draft d;
    const auto a = bytes(d, 100), b = bytes(d, 100), c = bytes(d, 100);
    op(d, b, a, plan::no_tensor, true);
    op(d, c, b, a, true);
    d.inputs.push_back({a, "x", {100}, {}});
    d.outputs.push_back({c, "y", {100}, {}});
    REQUIRE(plan::place_tensors(d, {.reuse_inputs = true}));
    CHECK(apart(d, a, b));
    CHECK(place(d, c).from == place(d, b).from);
}

TEST_CASE("arena: an alias keeps its tensor alive") {
    plan::draft d;
    const auto a = bytes(d, 100), b = bytes(d, 100), alias = bytes(d, 100), c = bytes(d, 100),
               e = bytes(d, 100);
    d.tensors[alias].alias_of = b;
    op(d, b, a);
    op(d, c, a);
    op(d, e, c, alias);
    d.inputs.push_back({a, "x", {100}, {}});
    d.outputs.push_back({e, "y", {100}, {}});
    REQUIRE(plan::place_tensors(d, {.reuse_inputs = true}));
    CHECK(place(d, alias).from == place(d, b).from);
    CHECK(apart(d, b, c));
    CHECK(apart(d, c, e));
}

TEST_CASE("arena: tensors that live together never overlap") {
    random_bits random(7);
    for (int round = 0; round < 200; ++round) {
        plan::draft d;
        std::vector<tensor_id> t{bytes(d, 64)};
        d.inputs.push_back({t[0], "x", {64}, {}});
        for (int i = 0; i < 20; ++i) {
            const auto out = bytes(d, 1 + random.below(500));
            op(d, out, t[random.below(t.size())], t[random.below(t.size())], random.below(2) == 0);
            t.push_back(out);
        }
        d.outputs.push_back({t.back(), "y", {1}, {}});
        REQUIRE(plan::place_tensors(d, {.reuse_inputs = round % 2 == 0, .in_place = false}));
        for (std::size_t a = 0; a < t.size(); ++a)
            for (std::size_t b = a + 1; b < t.size(); ++b) {
                const auto last = [&](tensor_id id) {
                    std::size_t n = id;
                    for (std::size_t i = 0; i < d.ops.size(); ++i)
                        if (d.ops[i].head().input == id || d.ops[i].head().second == id)
                            n = i + 1;
                    return n;
                };
                if (last(t[a]) >= b) // b is written by operation b - 1, while a is read or later
                    CHECK(apart(d, t[a], t[b]));
                CHECK(place(d, t[b]).to + over_read_bytes <= d.arena_bytes);
            }
    }
}

TEST_CASE("arena: tens of thousands of values that live at once have places of their own, in little time") {
    plan::draft d;
    const tensor_id x = bytes(d, 8);
    std::vector<tensor_id> t;
    for (int i = 0; i < 30000; ++i)
        op(d, t.emplace_back(bytes(d, 8)), x);
    for (const auto id : t)
        op(d, x, id);
    d.inputs.push_back({x, "x", {8}, {}});
    d.outputs.push_back({x, "y", {8}, {}});
    REQUIRE(plan::place_tensors(d, {}));
    std::vector<std::size_t> offsets;
    for (const auto id : t)
        offsets.push_back(place(d, id).from);
    std::sort(offsets.begin(), offsets.end());
    CHECK(std::adjacent_find(offsets.begin(), offsets.end()) == offsets.end());
}
