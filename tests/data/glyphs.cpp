// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <pith/data/glyphs.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

using namespace pith;

namespace {

using picture = std::array<std::uint8_t, data::glyph_pixels>;

picture drawn(const data::glyphs& g, std::size_t i) {
    picture p{};
    g.draw(i, p);
    return p;
}

std::uint64_t hash(const data::glyphs& g, std::size_t count) {
    std::uint64_t h = 1469598103934665603u;
    for (std::size_t i = 0; i < count; ++i) {
        for (const auto byte : drawn(g, i))
            h = (h ^ byte) * 1099511628211u;
        h = (h ^ g.label(i)) * 1099511628211u;
    }
    return h;
}

} // namespace

TEST_CASE("glyphs: the same seed gives the same bytes everywhere") {
    CHECK(hash({.seed = 1}, 100) == 12914127359194467216u);
    CHECK(hash({.seed = 1, .training = true}, 100) != hash({.seed = 1}, 100));
    CHECK(hash({.seed = 2}, 100) != hash({.seed = 1}, 100));
}

TEST_CASE("glyphs: an image does not depend on those drawn before it") {
    const data::glyphs g{.seed = 7};
    const auto late = drawn(g, 40);
    for (std::size_t i = 0; i < 40; ++i)
        static_cast<void>(drawn(g, i));
    CHECK(drawn(g, 40) == late);
}

TEST_CASE("glyphs: classes are equally frequent and no image repeats in the other stream") {
    std::array<int, data::glyph_classes> seen{};
    for (std::size_t i = 0; i < 10000; ++i)
        ++seen[data::glyphs{}.label(i)];
    for (const int n : seen) {
        CHECK(n > 880);
        CHECK(n < 1120);
    }
    for (std::size_t i = 0; i < 50; ++i)
        for (std::size_t j = 0; j < 50; ++j)
            CHECK(drawn({.seed = 1}, i) != drawn({.seed = 1, .training = true}, j));
}

TEST_CASE("glyphs: every image shows something brighter than its paper") {
    for (std::size_t i = 0; i < 500; ++i) {
        int dark = 0;
        int bright = 0;
        for (const auto p : drawn({}, i)) {
            dark += p < 90;
            bright += p > 90;
        }
        CHECK(bright > 8);
        CHECK(dark > 300);
    }
}
