// SPDX-License-Identifier: MIT
// Damaged checkpoints are refused, and what is accepted trains on. Run under sanitizers by the test suite.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <pith/base/random.hpp>
#include <pith/graph/builder.hpp>
#include <pith/train/checkpoint.hpp>
#include <pith/train/initialize.hpp>

#include "mutate.hpp"
#include "support/compiled.hpp"

namespace {

using bytes = std::vector<std::byte>;
namespace train = pith::train;

constexpr std::uint64_t rounds = 10000;

struct noise {
    std::size_t count = 20;
    pith::shape image_dims{2, 2, 1};

    [[nodiscard]] std::size_t size() const { return count; }
    [[nodiscard]] std::int32_t label(std::size_t i) const { return static_cast<std::int32_t>(i % 3); }
    [[nodiscard]] const pith::shape& dims() const { return image_dims; }
    void image(std::size_t i, std::span<float> out) const {
        pith::random_bits bits(i);
        for (auto& e : out)
            e = bits.unit();
    }
};

train::trainer<float> small_trainer(train::any_optimizer optimizer) {
    pith::graph_builder<float> b;
    auto x = b.normalize(b.flatten(b.input({1, 2, 2, 1})));
    x = b.fully_connected(b.relu(b.fully_connected(x, 4)), 3);
    auto g = train::initialize{.seed = 1}(*std::move(b).finish({x}));
    return *train::trainer<float>::make(
        std::move(g),
        {.tape = {.batch = 4}, .optimizer = optimizer, .epochs = 3, .average = train::moving_average{}});
}

void repair(bytes& file) {
    if (file.size() < sizeof(std::uint64_t))
        return;
    const std::size_t at = file.size() - sizeof(std::uint64_t);
    const auto sum = train::detail::digest_of(std::span<const std::byte>(file).first(at));
    std::memcpy(file.data() + at, &sum, sizeof sum);
}

/// Into the head and the settings, where every number means something.
void damage_head(bytes& file, std::uint64_t seed) {
    pith::random_bits bits(seed);
    const std::uint64_t choices[] = {
        0, 1, 2, 5, bits(), ~std::uint64_t{0}, std::uint64_t{1} << bits.below(64)};
    const std::uint64_t value = choices[bits.below(std::size(choices))];
    const std::size_t at = 8 * bits.below(std::min<std::size_t>(file.size() / 8, 36));
    if (at + sizeof value <= file.size())
        std::memcpy(file.data() + at, &value, sizeof value);
}

void damage(const train::any_optimizer& optimizer) {
    const noise data;
    const train::on_labels<train::cross_entropy> loss;
    auto t = small_trainer(optimizer);
    for (int i = 0; i < 7; ++i)
        REQUIRE(t.step(data, loss));
    const auto whole = train::checkpoint_bytes(t);
    REQUIRE(train::resume_from(t, std::span<const std::byte>(whole)));
    std::size_t accepted = 0;
    for (std::uint64_t seed = 0; seed < rounds / 2; ++seed) {
        CAPTURE(seed);
        auto file = fuzz::mutated(whole, seed);
        if (file != whole)
            REQUIRE(!train::resume_from(t, std::span<const std::byte>(file)));
        if (seed % 2 == 0)
            damage_head(file, seed);
        repair(file);
        const auto done = train::resume_from(t, std::span<const std::byte>(file));
        if (!done) {
            REQUIRE(done.error().what[0] != '\0');
            continue;
        }
        ++accepted;
        REQUIRE(t.at().epoch <= 3);
        if (t.finished())
            continue;
        const auto stepped = t.step(data, loss);
        REQUIRE((stepped || stepped.error().code == pith::errc::diverged)); // of numbers that are too large
    }
    MESSAGE(accepted, " of ", rounds / 2, " damaged files with a repaired digest are checkpoints still");
    CHECK(accepted > 0);
    CHECK(accepted < rounds / 2);
}

TEST_CASE("damaged checkpoints of SGD") {
    damage(train::sgd{});
}

TEST_CASE("damaged checkpoints of Adam") {
    damage(train::adam{});
}

} // namespace
