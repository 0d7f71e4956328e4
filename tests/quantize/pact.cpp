// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <pith/quantize/pact.hpp>

#include <span>
#include <vector>

#include "quantize/training_check.hpp"

using namespace pith;
using namespace pith::tests;
using quantize::pact;

TEST_CASE("pact: codes, scales and bits of every width") {
    for (std::uint8_t bits = 2; bits <= 8; ++bits)
        check_quantizer(pact{.bits = bits}, bell(40001, 2.f, true), 0, (1 << bits) - 1);
}

TEST_CASE("pact: codes and gradients around 0 and the clip") {
    const pact q{.bits = 2, .decay = 0};
    const std::vector<double> x{-1, 0, 0.5, 1.5, 2.9, 3, 4};
    const auto f = forward<double>(q, x, {3.0});
    CHECK(f.scale == 1.0);
    CHECK(f.codes == std::vector<double>{0, 0, 0, 2, 3, 3, 3});
    const auto b = backward<double>(q, x, f, {1, 2, 3, 4, 5, 6, 7});
    CHECK(b.x == std::vector<double>{0, 0, 3, 4, 5, 0, 0});
    CHECK(b.p == std::vector<double>{13});
    const pact decayed{.bits = 2, .decay = 0.5};
    CHECK(backward<double>(decayed, x, f, {1, 2, 3, 4, 5, 6, 7}).p == std::vector<double>{14.5});
}

TEST_CASE("pact: gradients of clip(x, 0, clip)") {
    const pact q{.bits = 3, .decay = 0};
    const auto x = to_double(bell(300, 1.f));
    const auto f = forward<double>(q, x, {0.8});
    const auto errors = check_gradients(
        q, x, f, [&](std::size_t, double v, const auto& p) { return std::min(std::max(v, 0.0), p[0]); });
    CHECK(errors.x < 1e-6);
    CHECK(errors.p < 1e-6);
}

TEST_CASE("pact: the clip begins at least error or where it is told, and stays positive") {
    const auto x = bell(20000, 2.f, true);
    const float most = quantize::largest_magnitude<float>(x);
    const float two = fit_forward<float>(pact{.bits = 2}, x).p[0];
    const float eight = fit_forward<float>(pact{.bits = 8}, x).p[0];
    CHECK(two < 0.9f * most);
    CHECK(two < eight);
    CHECK(eight <= most);
    CHECK(fit_forward<float>(pact{.start = 6}, x).p[0] == 6.f);
    CHECK(fit_forward<float>(pact{}, std::vector<float>(3, 0.f)).p[0] == 1.f);
    std::vector<float> p{-1.f};
    pact{}.after_update(std::span<float>{}, std::span<float>(p));
    CHECK(p[0] == 1e-3f);
}
