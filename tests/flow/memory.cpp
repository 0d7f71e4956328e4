// SPDX-License-Identifier: MIT
// Opened programs run without allocation, inside their arena, from any kernel set, with the same bytes.
#include "allocations.hpp"
#include "networks.hpp"

#include <cstring>
#include <span>

#include "pith/plan/pack.hpp"
#include "pith/run/session.hpp"
#include "support/compiled.hpp"

namespace {

using pith::graph_builder;

flow::network residual_network() {
    graph_builder<float> b(3);
    auto x = b.relu(b.conv(b.input({1, 12, 12, 3}), {.out = 16, .pads = {1, 1, 1, 1}}));
    for (int i = 0; i < 3; ++i) {
        const auto mid = b.relu(b.conv(x, {.out = 16, .pads = {1, 1, 1, 1}}));
        x = b.relu(b.add(b.conv(mid, {.out = 16, .pads = {1, 1, 1, 1}}), x));
    }
    x = b.clip(b.depthwise(x, 2), 0, 6);
    const auto y = b.soft_max(b.fully_connected(b.flatten(b.global_average(x)), 10));
    return flow::finish(std::move(b), {y});
}

TEST_CASE("no allocation after open") {
    for (const bool codes : {true, false}) {
        const auto g = codes ? flow::encoded(residual_network(), 1) : residual_network();
        const auto p = flow::pack(g);
        const auto in = flow::random_inputs(g, 2);
        for (const auto isa : flow::levels()) {
            auto s = pith::run::session::open(p.bytes, {.isa = isa});
            REQUIRE(s);
            const std::size_t before = flow::allocations();
            const auto from = std::get<0>(in[0]).data();
            std::copy(from.begin(), from.end(), s->input(0).begin());
            s->run();
            float sum = 0;
            for (const float v : s->output(0))
                sum += v;
            CHECK(flow::allocations() == before);
            CHECK(sum == doctest::Approx(1).epsilon(0.02));
        }
    }
}

TEST_CASE("nothing is written outside the arena, and what it held before does not matter") {
    for (const bool codes : {true, false}) {
        const auto g = codes ? flow::encoded(residual_network(), 1) : residual_network();
        const auto p = flow::pack(g);
        pith::buffer bytes(p.bytes.size());
        std::memcpy(bytes.data(), p.bytes.data(), p.bytes.size());
        const auto program = pith::run::program_view::open(std::as_const(bytes).bytes());
        REQUIRE(program);
        const auto in = flow::random_inputs(g, 2);
        const auto from = std::get<0>(in[0]).data();
        for (const auto isa : flow::levels()) {
            const auto kernels = pith::run::kernels_for(isa);
            std::vector<float> first;
            for (const int before : {0x00, 0xFF, 0x5A}) {
                constexpr std::size_t guard = 256;
                pith::buffer memory(program->arena_bytes() + 2 * guard);
                std::memset(memory.data(), 0xC3, memory.size());
                std::span<std::byte> arena{memory.data() + guard, program->arena_bytes()};
                std::memset(arena.data(), before, arena.size());
                std::memcpy(arena.data() + program->tensor(program->input(0).tensor).offset, from.data(),
                            from.size() * sizeof(float));
                pith::run::execute(*program, arena, kernels);
                std::vector<float> y(10);
                std::memcpy(y.data(), arena.data() + program->tensor(program->output(0).tensor).offset, 40);
                if (first.empty())
                    first = y;
                CHECK(std::memcmp(first.data(), y.data(), 40) == 0);
                std::size_t touched = 0;
                for (std::size_t i = 0; i < guard; ++i)
                    touched += memory.data()[i] != std::byte{0xC3} ||
                                       memory.data()[memory.size() - 1 - i] != std::byte{0xC3}
                                   ? 1
                                   : 0;
                CHECK(touched == 0);
            }
        }
    }
}

TEST_CASE("inputs are left alone unless their memory was given away") {
    const auto g = flow::encoded(residual_network(), 1);
    const auto in = flow::random_inputs(g, 2);
    const auto kept = flow::pack(g);
    const auto reused = flow::pack(g, {.reuse_inputs = true});
    CHECK(reused.draft.arena_bytes <= kept.draft.arena_bytes);
    auto s = pith::run::session::open(kept.bytes);
    REQUIRE(s);
    const auto from = std::get<0>(in[0]).data();
    std::copy(from.begin(), from.end(), s->input(0).begin());
    s->run();
    const std::vector<float> y(s->output(0).begin(), s->output(0).end());
    s->run();
    CHECK(std::equal(y.begin(), y.end(), s->output(0).begin()));
    CHECK(std::equal(from.begin(), from.end(), s->input(0).begin()));
    CHECK(flow::compare(g, reused, in, pith::arch::isa::none).codes > 0);
}

TEST_CASE("codes in, codes out") {
    graph_builder<float> b(3);
    const auto x = b.input({1, 6, 6, 3});
    const auto y = b.relu(b.conv(x, {.out = 4, .pads = {1, 1, 1, 1}}));
    const auto g = flow::encoded(flow::finish(std::move(b), {y}), 1);
    const auto p = flow::pack(g, {.code_inputs = true, .code_outputs = true});
    CHECK(p.draft.ops.size() == 2); // a copy into a border, the convolution
    for (const auto isa : flow::levels())
        CHECK(flow::compare(g, p, flow::random_inputs(g, 2), isa).codes > 0);
}

} // namespace
