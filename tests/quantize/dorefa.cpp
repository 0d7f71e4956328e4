// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <pith/quantize/dorefa.hpp>

#include <span>
#include <vector>

#include "quantize/training_check.hpp"

using namespace pith;
using namespace pith::tests;
using quantize::dorefa_activations;
using quantize::dorefa_weights;

TEST_CASE("dorefa: codes, scales and bits of every width") {
    for (std::uint8_t bits = 2; bits <= 7; ++bits) {
        const int n = (1 << bits) - 1;
        check_quantizer(dorefa_weights{.bits = bits}, bell(20001, 0.5f), -n, n);
        const auto levels = dorefa_weights{.bits = bits}.levels(std::span<const float>{});
        CHECK(levels.size() == static_cast<std::size_t>(n) + 1);
        CHECK(!quantize::consecutive(levels));
        CHECK(quantize::index_bits(levels) == bits);
    }
    for (std::uint8_t bits = 1; bits <= 8; ++bits)
        check_quantizer(dorefa_activations{.bits = bits}, bell(20001, 0.7f, true), 0, (1 << bits) - 1);
}

TEST_CASE("dorefa: weights are the paper's 2 quantize(tanh(w) / (2 max) + 1/2) - 1") {
    const auto x = to_double(bell(2000, 0.6f));
    double most = 0;
    for (const double v : x)
        most = std::max(most, std::fabs(std::tanh(v)));
    for (std::uint8_t bits = 2; bits <= 7; ++bits) {
        const double n = (1 << bits) - 1;
        const auto f = forward<double>(dorefa_weights{.bits = bits, .rescale = false}, x, {});
        const auto sized = forward<double>(dorefa_weights{.bits = bits}, x, {});
        CHECK(sized.codes == f.codes);
        CHECK(sized.scale == doctest::Approx(f.scale * most).epsilon(1e-14));
        for (std::size_t i = 0; i < x.size(); ++i) {
            const double q = std::nearbyint(n * (std::tanh(x[i]) / (2 * most) + 0.5)) / n;
            REQUIRE(f.scale * f.codes[i] == doctest::Approx(2 * q - 1).epsilon(1e-12));
        }
    }
    CHECK(forward<float>(dorefa_weights{}, std::vector<float>(4, 0.f), {}).scale > 0.f);
}

TEST_CASE("dorefa: gradients of tanh(w) / max, the max a constant") {
    const auto x = to_double(bell(300, 0.6f));
    double most = 0;
    for (const double v : x)
        most = std::max(most, std::fabs(std::tanh(v)));
    for (const bool rescale : {true, false}) {
        const dorefa_weights q{.bits = 3, .rescale = rescale};
        const auto f = forward<double>(q, x, {});
        const auto errors = check_gradients(q, x, f, [&](std::size_t, double v, const auto&) {
            return std::tanh(v) / (rescale ? 1.0 : most);
        });
        CHECK(errors.x < 1e-6);
    }
}

TEST_CASE("dorefa: activations clip at a constant") {
    const std::vector<double> x{-1, 0, 0.1, 0.5, 0.9, 1, 2};
    const auto f = forward<double>(dorefa_activations{.bits = 1}, x, {1});
    CHECK(f.scale == 1.0);
    CHECK(f.codes == std::vector<double>{0, 0, 0, 0, 1, 1, 1});
    const auto b = backward<double>(dorefa_activations{.bits = 1}, x, f, {1, 2, 3, 4, 5, 6, 7});
    CHECK(b.x == std::vector<double>{0, 0, 3, 4, 5, 0, 0});
    CHECK(b.p == std::vector<double>{0});
    const auto wide = forward<double>(dorefa_activations{.bits = 2}, x, {6});
    CHECK(wide.scale == 2.0);
    CHECK(wide.codes == std::vector<double>{0, 0, 0, 0, 0, 0, 1});
}

TEST_CASE("dorefa: the clip is the paper's where it is given, else of least squared error") {
    const auto x = to_double(bell(5000, 3.f, true));
    std::vector<double> p(1);
    dorefa_activations{.bits = 4, .clip = 1}.init<double>(x, p);
    CHECK(p[0] == 1.0);
    const dorefa_activations fitted{.bits = 4};
    fitted.init<double>(x, p);
    const auto error_at = [&](double clip) {
        const auto f = forward<double>(fitted, x, {clip});
        double sum = 0;
        for (std::size_t i = 0; i < x.size(); ++i)
            sum += (f.scale * f.codes[i] - x[i]) * (f.scale * f.codes[i] - x[i]);
        return sum;
    };
    CHECK(error_at(p[0]) < 0.2 * error_at(1));
    for (const double factor : {0.8, 1.25})
        CHECK(error_at(p[0]) < error_at(factor * p[0]));
}

TEST_CASE("dorefa: tanh in single precision") {
    double worst = 0;
    for (float x = 1e-6f; x < 20.f; x *= 1.0003f) {
        const double exact = std::tanh(static_cast<double>(x));
        const float got = quantize::detail::tanh_of(x);
        worst = std::max(worst, std::fabs(static_cast<double>(got) - exact) / exact);
        REQUIRE(quantize::detail::tanh_of(-x) == -got);
    }
    CHECK(worst < 4e-7);
    CHECK(quantize::detail::tanh_of(0.f) == 0.f);
    CHECK(quantize::detail::tanh_of(100.f) == 1.f);
}
