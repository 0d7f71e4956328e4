// SPDX-License-Identifier: MIT
#include "pith/prune/magnitude.hpp"

#include <cmath>

#include <pith/graph/quantized.hpp>
#include <pith/quantize/post_training.hpp>

#include "sparse_net.hpp"
#include "support/compiled.hpp"

using namespace pith;
using namespace pith::prune;

namespace {

/// No weight that is left is smaller than one that went.
bool smallest_went(const value<float>& before, const value<float>& after) {
    float gone = 0;
    float left = 1e9f;
    for (std::size_t i = 0; i < before.reals()->size(); ++i) {
        const float w = std::fabs((*before.reals())[i]);
        if ((*after.reals())[i] == 0.f)
            gone = std::max(gone, w);
        else
            left = std::min(left, w);
    }
    return gone <= left;
}

} // namespace

TEST_CASE("magnitude: the same share of every layer, the smallest of each") {
    const auto g = test::sparse_net();
    const auto s = magnitude{.remove = 0.25f, .dense = test::everywhere()}(g);
    REQUIRE(s);
    for (std::size_t layer = 0; layer < 3; ++layer) {
        CHECK(test::zeros_of(*s, layer) == test::weights_of(g, layer).reals()->size() / 4);
        CHECK(smallest_went(test::weights_of(g, layer), test::weights_of(*s, layer)));
        CHECK(test::weights_of(*s, layer).sparsity == format::sparsity::free());
    }
}

TEST_CASE("magnitude: over the network the layer of small weights loses most, but one stays") {
    const auto g = test::sparse_net();
    const auto all = count_weights(g).weights;
    const auto s = magnitude{.remove = 0.5f, .scope = among::network, .dense = test::everywhere()}(g);
    REQUIRE(s);
    CHECK(count_weights(*s).zeros == all / 2);
    CHECK(test::zeros_of(*s, 0) > 2 * test::zeros_of(*s, 1));
    const auto most = magnitude{.remove = 0.9999f, .scope = among::network, .dense = test::everywhere()}(g);
    REQUIRE(most);
    CHECK(count_weights(*most).zeros == all - 3);
}

TEST_CASE("magnitude: lamp does not care for a layer's scale") {
    const auto g = test::sparse_net();
    auto scaled = g;
    for (auto& w : scaled[scaled.nodes[0].inputs[1]].reals()->data())
        w *= 64.f;
    const magnitude pass{.remove = 0.6f, .scope = among::lamp, .dense = test::everywhere()};
    const auto a = pass(g);
    const auto b = pass(scaled);
    REQUIRE(a);
    REQUIRE(b);
    for (std::size_t layer = 0; layer < 3; ++layer)
        CHECK(test::zeros_of(*a, layer) == test::zeros_of(*b, layer));
    CHECK(count_weights(*a).zeros ==
          static_cast<std::int64_t>(0.6f * static_cast<float>(count_weights(g).weights)));
    // w^2 over the sum of the squares that are not smaller: 1/14, 4/13, 9/9
    const auto scores = prune::detail::lamp_scores({2, 1, 3});
    CHECK(scores[0] == doctest::Approx(4. / 13));
    CHECK(scores[1] == doctest::Approx(1. / 14));
    CHECK(scores[2] == doctest::Approx(1.));
}

TEST_CASE("magnitude: nothing where everything is to stay dense, and shares that are none are refused") {
    const auto g = test::sparse_net();
    CHECK(count_weights(*magnitude{.scope = among::lamp}(g)).zeros == 0);
    CHECK(count_weights(*magnitude{.remove = 0.f, .dense = test::everywhere()}(g)).zeros == 0);
    CHECK(magnitude{.remove = 1.f}(g).error().code == errc::bad_option);
    CHECK(magnitude{.remove = std::nanf("")}(g).error().code == errc::bad_option);
}

TEST_CASE("magnitude: post-training quantisation gives zeros the code of zero") {
    const auto g = test::sparse_net();
    const auto s = magnitude{.remove = 0.5f, .dense = test::everywhere()}(g);
    REQUIRE(s);
    for (const unsigned bits : {8u, 3u}) {
        const auto q = quantize::post_training{.calibration = test::samples_of(g),
                                               .samples = 8,
                                               .weights = {.bits = static_cast<std::uint8_t>(bits)}}(*s);
        REQUIRE(q);
        for (std::size_t layer = 0; layer < 3; ++layer) {
            const auto& w = test::weights_of(*q, layer);
            REQUIRE(w.is_coded());
            CHECK(w.sparsity == format::sparsity::free());
            const auto rounded = round_to_codes(w);
            for (std::size_t i = 0; i < rounded.size(); ++i)
                if ((*w.reals())[i] == 0.f)
                    CHECK(rounded[i] == 0.f);
        }
    }
}
