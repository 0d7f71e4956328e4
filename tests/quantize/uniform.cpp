// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <pith/quantize/uniform.hpp>

#include <span>
#include <vector>

using namespace pith;

namespace {
struct forgetful {
    void fit(std::span<const float>, std::size_t) const {}
};
} // namespace

TEST_CASE("quantizer: uniform is one, a type that returns nothing is not") {
    CHECK(quantize::quantizer<quantize::uniform>);
    CHECK(!quantize::quantizer<forgetful>);
}

TEST_CASE("uniform: symmetric scales per slice are absmax / 127") {
    const std::vector<float> w{1.f, -2.f, 0.5f, 0.f, 0.f, 0.f, 0.1f, 0.2f, -0.05f};
    const auto e = quantize::uniform{}.fit(w, 3);
    CHECK(e.axis == 0);
    CHECK(e.codes().lowest == -127);
    CHECK(e.codes().highest == 127);
    CHECK(e.scales == std::vector<float>{2.f / 127.f, 1.f, 0.2f / 127.f});
    CHECK(e.codes().zero == 0);
    CHECK(format::encode(e.at(0), -2.f) == -127);
    const auto whole = quantize::uniform{}.fit(w);
    CHECK(whole.axis == -1);
    CHECK(whole.scales == std::vector<float>{2.f / 127.f});
}

TEST_CASE("uniform: fewer bits and affine codes") {
    const std::vector<float> x{-1.f, 0.f, 2.f};
    const auto four = quantize::uniform{.bits = 4}.fit(x);
    CHECK(four.codes().highest == 7);
    CHECK(four.codes().lowest == -7);
    CHECK(four.bits() == 4);
    const auto affine = quantize::uniform{.symmetric = false}.fit(x);
    CHECK(affine.codes().lowest == 0);
    CHECK(affine.codes().highest == 255);
    CHECK(affine.scales[0] == 3.f / 255.f);
    CHECK(affine.codes().zero == 85);
}

TEST_CASE("uniform: least squared error beats absmax on an outlier") {
    std::vector<float> w(1000);
    for (std::size_t i = 0; i < w.size(); ++i)
        w[i] = static_cast<float>(i % 100) / 100.f - 0.5f;
    w[7] = 2.f;
    const auto error = [&](const encoding& e) {
        double sum = 0;
        for (const float v : w) {
            const double d = static_cast<double>(v - format::decode(e.at(0), format::encode(e.at(0), v)));
            sum += d * d;
        }
        return sum;
    };
    const auto plain = quantize::uniform{.bits = 3}.fit(w);
    const auto best = quantize::uniform{.bits = 3, .observed = {.kind = quantize::observer::mse}}.fit(w);
    CHECK(error(best) < error(plain));
}
