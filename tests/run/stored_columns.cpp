// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <cstdint>
#include <cstring>
#include <vector>

#include "hand_made.hpp"
#include "pith/base/buffer.hpp"
#include "pith/run/describe.hpp"
#include "pith/run/execute.hpp"
#include "pith/run/kernel_set.hpp"
#include "pith/run/program.hpp"

using namespace hand_made;
using pith::run::program_view;

namespace {

/// A 3x3 convolution of a 4x4 image of 5 channels to 18, whose two panels store one and two columns.
template <class Op, dtype Type>
struct sparse_case {
    static constexpr bool codes = Type == dtype::u8;
    static constexpr std::uint32_t reach = (2 * 5 + 2) * 5 + 4; // rows of 4 pixels share a border of one

    program p;
    std::uint16_t in, out;
    std::vector<std::uint32_t> lists{0, 1, 3, 32, 0, reach};
    typename Op::record r{};

    explicit sparse_case(std::int8_t behind = 0)
        : in(p.tensor(Type, {1, 4, 4, 5}, 1, 0, 1)), out(p.tensor(dtype::f32, {1, 4, 4, 18})) {
        auto& l = r.like;
        l.op = operands(out, in);
        for (std::size_t i = 0; i < 2; ++i) {
            l.window.kernel[i] = 3;
            l.window.strides[i] = l.window.dilations[i] = l.window.pads[i] = 1;
        }
        l.window.tile_outputs = 16;
        l.window.tile_depth = codes ? 4 : 1;
        l.groups = 1;
        r.columns.count = 3;
        if constexpr (codes) {
            l.weight_bits = 8;
            l.highest = 255;
            std::vector<std::int8_t> weights(3 * 64, 1);
            for (std::size_t i = 128; i < weights.size(); ++i) // the last column has one input in the window
                weights[i] = i % 4 == 0 ? 1 : behind;
            l.weights = p.constant(weights);
            l.bias = p.constant(std::vector<std::int32_t>(32, 2));
            l.factor = p.constant(std::vector<float>(32, 1.f));
        } else {
            l.high = l.add_high = 1e9f;
            l.weights = p.constant(std::vector<float>(3 * 16, 1.f));
            l.bias = p.constant(std::vector<float>(32, 2.f));
        }
    }
    [[nodiscard]] aligned_bytes finish() {
        const auto at = p.constant(lists);
        r.columns.at = r.columns.at == 0 ? at : r.columns.at;
        p.add<Op>(r);
        // No graph input has a border, so the image is no input: the test writes to the arena.
        p.door(out, "out", false);
        return p.bytes();
    }
};

using float_case = sparse_case<op::sparse_convolution_f32, dtype::f32>;
using codes_case = sparse_case<op::sparse_convolution_u8, dtype::u8>;

template <class Case, class Damage>
bool refused(const Damage& damage) {
    Case c;
    damage(c);
    auto bytes = c.finish();
    return !program_view::open(bytes.view());
}

template <class Case>
void check_refusals() {
    CHECK(!refused<Case>([](Case&) {}));
    CHECK(!refused<Case>([](Case& c) { c.lists[1] = 0; })); // a panel may store nothing
    CHECK(!refused<Case>([](Case& c) { c.lists[1] = 3; }));
    CHECK(refused<Case>([](Case& c) { c.lists[0] = 1; }));
    CHECK(refused<Case>([](Case& c) { c.lists[1] = 4; }));
    CHECK(refused<Case>([](Case& c) { c.lists[2] = 2; })); // less than all
    CHECK(refused<Case>([](Case& c) { c.lists[2] = 4; })); // more than all
    CHECK(refused<Case>([](Case& c) { c.lists[1] = 0xFFFFFFFFu; }));
    CHECK(refused<Case>([](Case& c) { c.lists[3] = Case::reach + 1; }));
    CHECK(refused<Case>([](Case& c) { c.lists[5] = Case::reach + 1; }));
    CHECK(refused<Case>([](Case& c) { c.lists[4] = 0xFFFFFFFFu; }));
    CHECK(refused<Case>([](Case& c) { c.r.columns.count = 2; }));
    CHECK(refused<Case>([](Case& c) { c.r.columns.count = 4; }));
    CHECK(refused<Case>([](Case& c) { c.r.columns.count = 0xFFFFFFFFu; }));
    CHECK(refused<Case>([](Case& c) { c.r.columns.at = 0xFFFFFFF0u; }));
    CHECK(refused<Case>([](Case& c) { c.r.columns.at = 2; }));
    CHECK(refused<Case>([](Case& c) { c.r.like.weights += 4; })); // not aligned
    CHECK(refused<Case>([](Case& c) { c.r.like.weights = 0xFFFFFFF0u; }));
    CHECK(refused<Case>([](Case& c) { c.r.like.bias = 0xFFFFFFF0u; }));
    CHECK(refused<Case>([](Case& c) { c.r.like.groups = 0; }));
    CHECK(refused<Case>([](Case& c) { c.r.like.groups = 5; }));
    CHECK(refused<Case>([](Case& c) { c.r.like.sparsity = 1; }));
    CHECK(refused<Case>([](Case& c) { c.r.like.window.tile_outputs = 8; }));
    CHECK(refused<Case>([](Case& c) { c.r.like.window.tile_depth = 2; }));
    CHECK(refused<Case>([](Case& c) { c.r.like.window.kernel[0] = 4; }));
    CHECK(refused<Case>([](Case& c) { c.r.like.window.kernel[1] = 0; }));
    CHECK(refused<Case>([](Case& c) { c.r.like.window.pads[0] = 2; }));
    CHECK(refused<Case>([](Case& c) { c.r.like.op.second = 100; }));
    CHECK(refused<Case>([](Case& c) { c.p.tensors[c.in].type = 77; }));
}

} // namespace

TEST_CASE("stored columns: lists that lead outside the window or the file are refused") {
    check_refusals<float_case>();
    check_refusals<codes_case>();
}

TEST_CASE("stored columns: weights behind the window are zero") {
    codes_case c(1);
    auto bytes = c.finish();
    CHECK(!program_view::open(bytes.view()));
}

TEST_CASE("stored columns: each panel multiplies what it stores, and the cost counts no more") {
    float_case c;
    auto bytes = c.finish();
    const auto p = program_view::open(bytes.view());
    REQUIRE(p);
    pith::buffer arena(p->arena_bytes());
    std::memset(arena.data(), 0, p->arena_bytes());
    auto* x = reinterpret_cast<float*>(arena.data() + p->tensor(c.in).offset);
    for (std::size_t row = 0; row < 4; ++row)
        for (std::size_t k = 0; k < 20; ++k)
            x[row * 25 + k] = static_cast<float>(100 * row + k);
    pith::run::execute(*p, {arena.data(), p->arena_bytes()}, pith::run::portable_kernels);
    const auto* y = reinterpret_cast<const float*>(arena.data() + p->tensor(c.out).offset);
    // The window of pixel (1, 1) begins at (0, 0): elements 32, 0 and the last of it are (1, 1, 2), (0, 0, 0)
    // and (2, 2, 4).
    // (2, 2, 4).
    const std::size_t pixel = (4 + 1) * 18;
    CHECK(y[pixel] == 107 + 2);
    CHECK(y[pixel + 15] == 107 + 2);
    CHECK(y[pixel + 16] == 0 + 214 + 2);
    CHECK(y[pixel + 17] == 0 + 214 + 2);
    const auto cost = pith::run::cost_of(*p, *p->ops().begin());
    CHECK(cost.parameters == 1 * 16 + 2 * 2 + 18);
    CHECK(cost.macs == 16 * (1 * 16 + 2 * 2));
    CHECK(cost.weight_bytes == 3 * 16 * 4 + (3 + 3) * 4 + 32 * 4);
}
