// SPDX-License-Identifier: MIT
#include <cstdint>
#include <vector>

#include <doctest/doctest.h>
#include <pith/distill/decoupled.hpp>
#include <pith/distill/teacher.hpp>
#include <pith/io/dataset_spec.hpp>
#include <pith/train/models.hpp>

#include "support/compiled.hpp"

using namespace pith;

namespace {

struct first_images {
    const io::dataset* all;
    std::size_t count;

    [[nodiscard]] std::size_t size() const { return count; }
    [[nodiscard]] std::int32_t label(std::size_t i) const { return all->label(i); }
    [[nodiscard]] const shape& dims() const { return all->dims(); }
    void image(std::size_t i, view<float> out) const { all->image(i, out); }
};

train::trainer_options options(std::uint64_t epochs) {
    return {.tape = {.batch = 50}, .schedule = train::one_cycle_rate{}, .rate = 0.05, .epochs = epochs};
}

} // namespace

TEST_CASE("teachers: a student without labels learns what its teacher knows, live and from kept logits") {
    const io::dataset_options scaled{.normalize = {false, {100.f}, {100.f}}, .image = {}, .permutation = {}};
    const auto training = *io::open_dataset("glyphs-train", scaled);
    const auto validation = *io::open_dataset("glyphs", scaled);
    const first_images seen{&training, 2000};
    const first_images unseen{&validation, 500};
    auto big = *train::trainer<float>::make(*train::mlp{.hidden = {64}}.build<float>(1), options(5));
    const auto best = train::fit(big, seen, unseen);
    REQUIRE(best);
    auto of = *distill::teacher<float>::make(big.network(), {.batch = 50});
    const auto kept = of.logits_of(seen);
    REQUIRE(kept);
    const distill::mixed<> only_soft{.weight = 1};
    for (const bool live : {true, false}) {
        auto student = *train::trainer<float>::make(*train::mlp{.hidden = {32}}.build<float>(2), options(5));
        const auto s =
            live ? distill::fit_with_teacher(student, of, seen, unseen, only_soft)
                 : distill::fit_with_logits(student, view<const float>(*kept), seen, unseen, only_soft);
        REQUIRE(s);
        CHECK(s->accuracy > best->accuracy - 0.1);
        CHECK(s->accuracy > 0.5);
    }
}

TEST_CASE("teachers: kept logits are those of the batch, and what does not fit is refused") {
    const auto training = *io::open_dataset("glyphs-train");
    const first_images seen{&training, 77};
    auto of = *distill::teacher<float>::make(*train::mlp{.hidden = {8}}.build<float>(1), {.batch = 50});
    const auto kept = *of.logits_of(seen);
    REQUIRE(kept.size() == 770);
    std::vector<float> images(50 * 784);
    for (std::size_t i = 0; i < 50; ++i)
        seen.image(27 + i, view<float>(images).subspan(i * 784, 784));
    const auto live = *of.logits(images);
    for (std::size_t i = 0; i < 500; ++i)
        CHECK(live.data[i] == kept[270 + i]);
    auto student = *train::trainer<float>::make(*train::mlp{.hidden = {8}}.build<float>(2), options(1));
    CHECK(!distill::fit_with_logits(student, view<const float>(kept).first(760), seen, seen,
                                    distill::mixed<>{}));
    auto wrong = *distill::teacher<float>::make(*train::mlp{.hidden = {8}}.build<float>(1), {.batch = 49});
    CHECK(!distill::fit_with_teacher(student, wrong, seen, seen, distill::mixed<>{}));
}
