// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <pith/quantize/lsq.hpp>
#include <pith/quantize/training_quantizer.hpp>

#include <span>
#include <vector>

#include "quantize/training_check.hpp"

using namespace pith;
using namespace pith::tests;
using quantize::lsq;

TEST_CASE("training quantizer: lsq is one, a number is not") {
    CHECK(quantize::training_quantizer<lsq>);
    CHECK(!quantize::training_quantizer<int>);
}

TEST_CASE("slices: each output channel has a step of its own") {
    const lsq q{.bits = 4};
    auto x = to_double(bell(60, 1.f));
    for (std::size_t i = 20; i < 40; ++i)
        x[i] *= 10;
    std::vector<double> p(3), codes(60), scales(3), gx(60), gp(3);
    quantize::init_slices(q, x, 3, std::span<double>(p));
    quantize::forward_slices(q, x, 3, p, std::span<double>(codes), scales);
    quantize::backward_slices(q, x, 3, p, codes, scales, x, std::span<double>(gx), gp);
    for (std::size_t i = 0; i < 3; ++i) {
        const auto at = static_cast<std::ptrdiff_t>(20 * i);
        const std::vector<double> part(x.begin() + at, x.begin() + at + 20);
        const auto f = fit_forward<double>(q, part);
        const auto b = backward<double>(q, part, f, part);
        CHECK(f.p[0] == p[i]);
        CHECK(f.scale == scales[i]);
        CHECK(std::equal(f.codes.begin(), f.codes.end(), codes.begin() + at));
        CHECK(std::equal(b.x.begin(), b.x.end(), gx.begin() + at));
        CHECK(b.p[0] == gp[i]);
    }
    p[1] = -1;
    quantize::after_update_slices(q, std::span<double>(x), 3, p);
    CHECK(p[1] > 0);
}
