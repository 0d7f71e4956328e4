// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cstddef>
#include <numeric>
#include <set>
#include <vector>

#include <doctest/doctest.h>
#include <pith/train/augment.hpp>
#include <pith/train/batches.hpp>

using namespace pith;

namespace {

constexpr std::int64_t side = 6;
const shape dims{side, side, 2};

/// Pixel (r, c), channel k holds 1 + its number.
std::vector<float> numbered() {
    std::vector<float> image(static_cast<std::size_t>(dims.elements()));
    std::iota(image.begin(), image.end(), 1.f);
    return image;
}

} // namespace

TEST_CASE("augment: translated images are the image moved, zeros where it moved from; every shift occurs") {
    const auto image = numbered();
    std::set<std::pair<std::int64_t, std::int64_t>> seen;
    random_bits bits(1);
    std::vector<float> out(image.size());
    for (int i = 0; i < 500; ++i) {
        train::augment{.translate = 1}(dims, image, out, bits);
        std::int64_t down = 9;
        std::int64_t right = 9;
        for (std::int64_t p = 0; p < side * side; ++p)
            if (const float v = out[static_cast<std::size_t>(p * 2)]; v != 0.f) {
                const std::int64_t from = (static_cast<std::int64_t>(v) - 1) / 2;
                if (down == 9) {
                    down = from / side - p / side;
                    right = from % side - p % side;
                }
                CHECK(from / side - p / side == down);
                CHECK(from % side - p % side == right);
            }
        seen.insert({down, right});
    }
    CHECK(seen.size() == 9);
}

TEST_CASE("augment: flips mirror every second time, cutouts are squares of zeros") {
    const auto image = numbered();
    random_bits bits(2);
    std::vector<float> out(image.size());
    int mirrored = 0;
    for (int i = 0; i < 400; ++i) {
        train::augment{.flip = true}(dims, image, out, bits);
        if (out == image)
            continue;
        ++mirrored;
        CHECK(out[0] == image[(side - 1) * 2]);
        CHECK(out[1] == image[(side - 1) * 2 + 1]);
    }
    CHECK(mirrored > 150);
    CHECK(mirrored < 250);
    for (int i = 0; i < 50; ++i) {
        train::augment{.cutout = 3}(dims, image, out, bits);
        const auto zeros = std::count(out.begin(), out.end(), 0.f);
        CHECK(zeros >= 2 * 2 * 2);
        CHECK(zeros <= 3 * 3 * 2);
    }
}

TEST_CASE("batches: an epoch's order is a permutation, the seed's and the epoch's own") {
    const auto order = train::shuffled(1000, 1, 0);
    auto sorted = order;
    std::sort(sorted.begin(), sorted.end());
    for (std::size_t i = 0; i < sorted.size(); ++i)
        CHECK(sorted[i] == i);
    CHECK(order == train::shuffled(1000, 1, 0));
    CHECK(order != train::shuffled(1000, 1, 1));
    CHECK(order != train::shuffled(1000, 2, 0));
}
