// SPDX-License-Identifier: MIT
#include "pith/quantize/adaptive_rounding.hpp"

#include "few_bits_check.hpp"

using namespace pith;
using namespace pith::quantize;

TEST_CASE("adaptive rounding: nearer to the float network than nearest rounding") {
    const auto g = test::to_logits();
    const auto q = test::few_bits(g, 3)(g);
    REQUIRE(q);
    const adaptive_rounding round{
        .calibration = test::samples_for(g), .samples = 32, .rows = 1024, .steps = {.steps = 600}};
    const auto r = round(*q);
    REQUIRE(r);
    const double before = test::error_of(*q, g);
    const double after = test::error_of(*r, g);
    CHECK(after < 0.5 * before);
    auto unshifted = round;
    unshifted.correct_bias = false;
    CHECK(test::error_of(*unshifted(*q), g) < 0.8 * before);

    const auto again = round(*q);
    for (std::size_t i = 0; i < r->values.size(); ++i) {
        CHECK((*again)[static_cast<value_id>(i)].constant == r->values[i].constant);
        const auto& v = r->values[i];
        if (v.is_coded() && v.encoded.codes().lowest < 0) {
            CHECK(v.encoded.codes().highest == 3);
            CHECK(round_to_codes(v) == *v.reals()); // exactly on the codes
        }
    }
}

TEST_CASE("adaptive rounding: what is pruned stays zero") {
    const auto g = test::to_logits();
    auto q = test::few_bits(g, 3)(g);
    REQUIRE(q);
    for (auto& v : q->values)
        if (has_weight_codes(v)) {
            v.sparsity = format::sparsity::n_of_m(1, 2);
            for (std::size_t i = 1; i < v.reals()->size(); i += 2)
                (*v.reals())[i] = 0.f;
        }
    const auto r = adaptive_rounding{
        .calibration = test::samples_for(g), .samples = 8, .rows = 256, .steps = {.steps = 100}}(*q);
    REQUIRE(r);
    std::size_t layers = 0;
    for (const auto& v : r->values)
        if (has_weight_codes(v)) {
            ++layers;
            for (std::size_t i = 1; i < v.reals()->size(); i += 2)
                REQUIRE((*v.reals())[i] == 0.f);
        }
    CHECK(layers > 0);
}

TEST_CASE("adaptive rounding: weights of eight bits stay as they are") {
    const auto g = test::to_logits();
    const auto q = test::few_bits(g, 8)(g);
    REQUIRE(q);
    const auto r = adaptive_rounding{.calibration = test::samples_for(g), .samples = 4, .rows = 64}(*q);
    REQUIRE(r);
    for (std::size_t i = 0; i < q->values.size(); ++i)
        if (q->values[i].is_coded() && q->values[i].is_constant())
            CHECK(r->values[i].constant == q->values[i].constant);
}

TEST_CASE("adaptive rounding: refuses what makes no sense") {
    const auto g = test::to_logits();
    const auto samples = test::samples_for(g);
    const auto code = [&](const adaptive_rounding& a) { return a(g).error().code; };
    CHECK(code({}) == errc::bad_option);
    CHECK(code({.calibration = samples, .samples = 0}) == errc::bad_option);
    CHECK(code({.calibration = samples, .rows = 0}) == errc::bad_option);
    CHECK(code({.calibration = samples, .steps = {.rate = -1.f}}) == errc::bad_option);
    CHECK(code({.calibration = samples, .steps = {.batch = 0}}) == errc::bad_option);
    CHECK(code({.calibration = samples_from({})}) == errc::missing);
    CHECK(code({.calibration = samples_from({{tensor<float>({1, 2, 2, 3})}})}) == errc::bad_shape);
}
