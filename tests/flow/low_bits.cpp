// SPDX-License-Identifier: MIT
// Networks whose weights are stored in one to seven bits, affine and as codebooks: their programs give the
// simulation's bits with every kernel set, and their files are as small as the widths say.
#include "networks.hpp"

#include <algorithm>
#include <cmath>
#include <variant>

#include "pith/base/random.hpp"
#include "pith/run/session.hpp"
#include "support/compiled.hpp"

namespace {

using pith::graph_builder;

/// `count` codes that ascend from -top to top, without 0 where `count` is even.
std::vector<std::int16_t> codebook(std::size_t count, std::int16_t top, pith::random_bits& random) {
    std::vector<std::int16_t> all;
    for (std::int16_t v = static_cast<std::int16_t>(1 - top); v < top; ++v)
        if (v != 0)
            all.push_back(v);
    while (all.size() > count - 2)
        all.erase(all.begin() +
                  static_cast<std::ptrdiff_t>(random.below(static_cast<std::uint32_t>(all.size()))));
    all.insert(all.begin(), static_cast<std::int16_t>(-top));
    all.push_back(top);
    return all;
}

/// Layer by layer another width, and by turns an affine code and a codebook.
flow::network narrowed(flow::network g, std::uint64_t seed, unsigned bits) {
    pith::random_bits random(seed);
    unsigned turn = static_cast<unsigned>(seed);
    for (const auto& n : g.nodes) {
        if (!std::holds_alternative<pith::conv2d>(n.layer) && !std::holds_alternative<pith::dense>(n.layer))
            continue;
        auto e = g[n.inputs[1]].encoded;
        const unsigned width = bits != 0 ? bits : 1 + random.below(7);
        if (++turn % 2 == 0 || width == 1) {
            const auto top =
                static_cast<std::int16_t>(width == 1 ? 1 + random.below(2) : 64 + random.below(64));
            auto levels = codebook(std::size_t{1} << width, top, random);
            if (width > 2 && turn % 4 == 0)
                levels.erase(levels.begin() + 1); // not all indices in use
            e.element = pith::element_of(levels).value();
        } else {
            const std::int32_t half = 1 << (width - 1);
            e.element =
                pith::format::affine_codes{.lowest = turn % 3 == 0 ? -half : 1 - half, .highest = half - 1};
        }
        for (auto& s : e.scales)
            s *= 127.f / static_cast<float>(e.codes().highest);
        g[n.inputs[1]].encoded = e;
    }
    return g;
}

flow::network small(std::uint64_t seed) {
    graph_builder<float> b(seed);
    const auto x = b.input({1, 9, 10, 3});
    const auto c1 = b.relu(b.conv(x, {.out = 20, .pads = {1, 1, 1, 1}}));
    const auto c2 = b.conv(c1, {.out = 20, .kernel = {3, 2}, .pads = {1, 1, 1, 0}});
    const auto s = b.relu(b.add(c2, c1));
    const auto d = b.depthwise(s);
    const auto e = b.relu(b.conv(d, {.out = 36, .strides = {2, 2}, .pads = {1, 1, 1, 1}, .groups = 2}));
    const auto f = b.conv(e, {.out = 7, .kernel = {1, 1}});
    const auto y = b.fully_connected(b.flatten(f), 11);
    return flow::finish(std::move(b), {y});
}

TEST_CASE("low bits: every width, affine and codebook by turns") {
    for (unsigned bits = 1; bits <= 7; ++bits)
        for (std::uint64_t seed = 1; seed <= 2; ++seed) {
            CAPTURE(bits);
            CAPTURE(seed);
            const auto g = narrowed(flow::encoded(small(seed), seed), seed, bits);
            CHECK(flow::check_everywhere(g, seed + 40).codes > 0);
        }
}

TEST_CASE("low bits: widths mixed") {
    for (std::uint64_t seed = 1; seed <= 12; ++seed) {
        CAPTURE(seed);
        const auto g = narrowed(flow::encoded(small(seed), seed), seed, 0);
        CHECK(flow::check_everywhere(g, seed + 80).codes > 0);
    }
}

TEST_CASE("low bits: dense layers deeper than any scratch") {
    for (const unsigned bits : {2u, 3u, 4u, 6u, 7u}) {
        CAPTURE(bits);
        graph_builder<float> b(bits);
        const auto x = b.input({3, 9001});
        const auto y = b.fully_connected(b.relu(b.fully_connected(x, 40)), 5);
        const auto g = narrowed(flow::encoded(flow::finish(std::move(b), {y}), 3), bits, bits);
        CHECK(flow::check_everywhere(g, 4).codes > 0);
    }
}

TEST_CASE("low bits: a file is as small as its widths") {
    graph_builder<float> b(3);
    const auto x = b.input({1, 8, 8, 64});
    const auto y = b.conv(x, {.out = 64, .pads = {1, 1, 1, 1}});
    const auto g = flow::encoded(flow::finish(std::move(b), {y}), 3);
    const std::size_t weights = std::size_t{64} * 9 * 64;
    const std::size_t whole = flow::pack(g).bytes.size();
    for (unsigned bits = 1; bits <= 7; ++bits) {
        CAPTURE(bits);
        const auto p = flow::pack(narrowed(g, 1, bits));
        const std::size_t saved = weights - weights * bits / 8;
        CHECK(whole - p.bytes.size() <= saved);
        CHECK(whole - p.bytes.size() + 192 >= saved); // a table of levels
    }
}

} // namespace
