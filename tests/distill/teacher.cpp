// SPDX-License-Identifier: MIT
#include <cstdint>
#include <numeric>
#include <span>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>
#include <pith/data/spec.hpp>
#include <pith/distill/attention.hpp>
#include <pith/distill/decoupled.hpp>
#include <pith/distill/hint.hpp>
#include <pith/distill/taught_by.hpp>
#include <pith/graph/builder.hpp>
#include <pith/train/fit.hpp>
#include <pith/train/models.hpp>

#include "support/compiled.hpp"

using namespace pith;

namespace {

struct first_images {
    const data::dataset* all;
    std::size_t count;

    [[nodiscard]] std::size_t size() const { return count; }
    [[nodiscard]] std::int32_t label(std::size_t i) const { return all->label(i); }
    [[nodiscard]] const shape& dims() const { return all->dims(); }
    void image(std::size_t i, std::span<float> out) const { all->image(i, out); }
};

train::trainer_options options(std::uint64_t epochs) {
    return {.tape = {.batch = 50}, .schedule = train::one_cycle_rate{}, .rate = 0.05, .epochs = epochs};
}

const std::vector<std::uint32_t>& first_fifty() {
    static const std::vector<std::uint32_t> all = [] {
        std::vector<std::uint32_t> indices(50);
        std::iota(indices.begin(), indices.end(), 0u);
        return indices;
    }();
    return all;
}

} // namespace

TEST_CASE("teachers: a student without labels learns what its teacher knows, live and from kept logits") {
    const data::dataset_options scaled{
        .normalize = {false, {100.f}, {100.f}}, .image = {}, .permutation = {}};
    const auto training = *data::open_dataset("glyphs-train", scaled);
    const auto validation = *data::open_dataset("glyphs", scaled);
    const first_images seen{&training, 2000};
    const first_images unseen{&validation, 500};
    auto big = *train::trainer<float>::make(*train::mlp{.hidden = {64}}.build<float>(1), options(5));
    const auto best = train::fit(big, seen, unseen);
    REQUIRE(best);
    auto of = *distill::teacher<float>::make(big.network(), {.batch = 50});
    const auto kept = of.answers_to(seen);
    REQUIRE(kept);
    distill::kept_answers<float> before(*kept, 10, 50);
    const distill::on_logits<> only_soft{.loss = {.weight = 1}};
    for (const bool live : {true, false}) {
        auto student = *train::trainer<float>::make(*train::mlp{.hidden = {32}}.build<float>(2), options(5));
        const auto s = live ? train::fit(student, seen, unseen, distill::taught_by(of, only_soft))
                            : train::fit(student, seen, seen, distill::taught_by(before, only_soft));
        REQUIRE(s);
        CHECK(*s->accuracy > *best->accuracy - 0.1);
        CHECK(*s->accuracy > 0.5);
    }
}

TEST_CASE("teachers: kept answers are those of the batch, and what does not fit is refused") {
    const auto training = *data::open_dataset("glyphs-train");
    const first_images seen{&training, 77};
    auto of = *distill::teacher<float>::make(*train::mlp{.hidden = {8}}.build<float>(1), {.batch = 50});
    const auto kept = *of.answers_to(seen);
    REQUIRE(kept.size() == 770);
    std::vector<float> images(50 * 784);
    std::vector<std::uint32_t> indices(50);
    for (std::uint32_t i = 0; i < 50; ++i) {
        indices[i] = 27 + i;
        seen.image(27 + i, std::span<float>(images).subspan(i * 784, 784));
    }
    train::batch<float> b;
    b.inputs.push_back({{50, 28, 28, 1}, images, {}});
    b.indices = indices;
    REQUIRE(of.answer(b));
    distill::kept_answers<float> before(kept, 10, 50);
    REQUIRE(before.answer(b));
    for (std::size_t i = 0; i < 500; ++i) {
        CHECK(of.output(0).data[i] == kept[270 + i]);
        CHECK(before.output(0).data[i] == kept[270 + i]);
    }

    auto student = *train::trainer<float>::make(*train::mlp{.hidden = {8}}.build<float>(2), options(1));
    const distill::on_logits<> logits;
    distill::kept_answers<float> too_few(std::span<const float>(kept).first(760), 10, 50);
    CHECK(!train::fit(student, seen, seen, distill::taught_by(too_few, logits)));
    auto smaller = *distill::teacher<float>::make(*train::mlp{.hidden = {8}}.build<float>(1), {.batch = 49});
    CHECK(!train::fit(student, seen, seen, distill::taught_by(smaller, logits)));
    auto other = *distill::teacher<float>::make(*train::mlp{.classes = 5}.build<float>(1), {.batch = 50});
    const auto refused = train::fit(student, seen, seen, distill::taught_by(other, logits));
    REQUIRE(!refused);
    CHECK(std::string_view(refused.error().where) == "[50, 10] for [50, 5]");
    CHECK(!train::fit(student, seen, seen, distill::taught_by(of, distill::on_features<distill::hint>{})));
}

TEST_CASE("teachers: a student learns where its teacher looks, and its taps are taken away again") {
    const auto training = *data::open_dataset("glyphs-train");
    const first_images seen{&training, 200};
    const auto net = [](std::int64_t channels, std::uint64_t seed) {
        graph_builder<float> b;
        const auto x = b.relu(b.conv(b.input({1, 28, 28, 1}), {.out = channels, .strides = {4, 4}}));
        b[x].name = "seen";
        auto g = *std::move(b).finish({b.fully_connected(b.flatten(x), 10)});
        return *distill::tap{{"seen"}}(train::initialize{.seed = seed}(std::move(g)));
    };
    auto of = *distill::teacher<float>::make(net(6, 1), {.batch = 50});
    auto o = options(3);
    o.rate = 1e-3;
    auto student = *train::trainer<float>::make(net(4, 2), o);
    const train::batch_loss<float> auto loss = distill::taught_by(
        of, distill::on_features<distill::attention>{.loss = {}, .student = 1, .teacher = 1, .weight = 1000});
    const auto apart = [&] { return student.differentiate(seen, first_fifty(), loss)->loss; };
    const double before = apart();
    REQUIRE(train::fit(student, seen, seen, loss));
    CHECK(apart() < 0.5 * before);

    const auto alone = distill::untap{1}(student.network());
    REQUIRE(alone);
    CHECK(alone->outputs.size() == 1);
}
