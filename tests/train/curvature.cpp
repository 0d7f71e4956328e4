// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <pith/quantize/aware.hpp>
#include <pith/quantize/ewgs.hpp>
#include <pith/quantize/lsq.hpp>
#include <pith/train/curvature.hpp>
#include <pith/train/fit.hpp>
#include <pith/train/models.hpp>

#include <cmath>
#include <memory>
#include <span>
#include <vector>

#include "support/compiled.hpp"

using namespace pith;

namespace {

/// Image i is 1 at element i % 4, else 0.
struct unit_images {
    shape image_dims{4};

    [[nodiscard]] std::size_t size() const { return 16; }
    [[nodiscard]] std::int32_t label(std::size_t i) const { return static_cast<std::int32_t>(i % 3); }
    [[nodiscard]] const shape& dims() const { return image_dims; }
    void image(std::size_t i, std::span<float> out) const {
        std::fill(out.begin(), out.end(), 0.f);
        out[i % 4] = 1.f;
    }
};

/// Half the sum of squares: with unit images every weight's second derivative is the number of images in
/// which its input is 1, and there is no other.
const auto half_squares = [](const train::batch<double>& b) {
    double sum = 0;
    const auto& y = b.outputs[0];
    for (std::size_t i = 0; i < y.value.size(); ++i) {
        y.gradient[i] = y.value[i];
        sum += y.value[i] * y.value[i] / 2;
    }
    return sum;
};

/// One dense layer of 4 to 3, its weights in codes of `q`.
template <class Q>
train::trainer<double> one_layer(const Q& q) {
    graph_builder<double> b;
    auto g = *std::move(b).finish({b.fully_connected(b.input({1, 4}), 3, false)});
    g = train::initialize{.seed = 2}(std::move(g));
    const value_id weights = g.nodes[0].inputs[1];
    g[weights].learned.by = std::make_shared<quantize::trained_by<Q, double>>(q);
    return *train::trainer<double>::make(std::move(g), {.tape = {.batch = 16}, .epochs = 2});
}

std::vector<double> all_numbers(train::trainer<double>& t) {
    std::vector<double> out;
    for (const auto& m : t.memories())
        out.insert(out.end(), m.begin(), m.end());
    return out;
}

} // namespace

TEST_CASE("curvature: a mean settles when it no longer moves") {
    train::running_mean seen;
    CHECK(!seen.add(3.0, 1e-3));
    CHECK(seen.add(3.0, 1e-3));
    CHECK(!seen.add(9.0, 1e-3));
    CHECK(seen.mean == 5.0);
}

TEST_CASE("curvature: the second derivative of a quadratic loss, by a code") {
    auto t = one_layer(quantize::lsq{.bits = 3});
    const auto seen = train::curvature_of(t, unit_images{}, half_squares);
    REQUIRE(seen);
    REQUIRE(seen->size() == 1);
    const double scale = t.network_tape().quantized()[0].scale(0);
    CHECK((*seen)[0].mean == doctest::Approx(4 * scale * scale).epsilon(1e-6));

    // The gradient by a code is 4 scale^2 code: three deviations of that.
    const auto codes = t.network_tape().quantized()[0].codes.all();
    double sum = 0;
    double squares = 0;
    for (const double c : codes) {
        const double g = 4 * scale * scale * std::round(c);
        sum += g;
        squares += g * g;
    }
    const double n = static_cast<double>(codes.size());
    CHECK((*seen)[0].reach ==
          doctest::Approx(3 * std::sqrt(squares / n - sum * sum / n / n)).epsilon(0.02)); // moved by 0.02
}

TEST_CASE("curvature: measuring changes nothing, adapting the delta of EWGS alone") {
    auto t = one_layer(quantize::ewgs_weights{.bits = 2});
    const train::on_labels<train::cross_entropy> loss;
    REQUIRE(t.step(unit_images{}, loss)); // ranges are fitted by the first
    const auto before = all_numbers(t);
    const auto seen = train::curvature_of(t, unit_images{}, half_squares);
    REQUIRE(seen);
    CHECK(all_numbers(t) == before);

    REQUIRE(train::adapt_to_curvature(t, unit_images{}, half_squares));
    const auto& q = t.network_tape().quantized()[0];
    CHECK(q.p[3] == doctest::Approx(std::min(6 * (*seen)[0].mean / (*seen)[0].reach, 6.)));
    q.p[3] = 1e-3;
    CHECK(all_numbers(t) == before);
}

TEST_CASE("curvature: fit measures at the beginning of every so many epochs") {
    auto t = one_layer(quantize::ewgs_weights{.bits = 2});
    std::vector<double> deltas;
    const auto done = train::fit(t, unit_images{}, unit_images{}, train::cross_entropy{},
                                 {.report =
                                      [&](const train::progress& p) {
                                          if (!p.validation)
                                              deltas.push_back(t.network_tape().quantized()[0].p[3]);
                                      },
                                  .curvature_every = 1});
    REQUIRE(done);
    REQUIRE(deltas.size() == 2);
    CHECK(deltas[0] != 1e-3);
    CHECK(deltas[1] != deltas[0]);
}
