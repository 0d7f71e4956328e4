// SPDX-License-Identifier: MIT
#include "focal_loss.hpp"

#include <cstdint>
#include <vector>

#include <doctest/doctest.h>

#include "support/gradient_check.hpp"
#include "tilted_stripes.hpp"

using namespace pith;
using train::rows;

TEST_CASE(
    "extend: a loss of one's own has the gradient of its value, and is cross entropy where gamma is 0") {
    const std::vector<std::int32_t> labels{2, 0, 4, 1};
    random_bits bits(7);
    auto z = tests::random_reals(4 * 5, bits, -3, 3);
    std::vector<double> gradient(z.size());
    std::vector<double> other(z.size());
    const auto value = [&](const auto& loss, std::vector<double>& g) {
        return loss(rows<const double>{z, 5}, labels, rows<double>{g, 5});
    };
    for (const double gamma : {0.0, 1.0, 2.0, 3.5}) {
        CAPTURE(gamma);
        const mine::focal_loss loss{gamma};
        value(loss, gradient);
        CHECK(tests::gradient_error(z, gradient, [&] { return value(loss, other); }) < 1e-8);
    }
    CHECK(value(mine::focal_loss{0}, gradient) == doctest::Approx(value(train::cross_entropy{}, other)));
    for (std::size_t i = 0; i < z.size(); ++i)
        CHECK(gradient[i] == doctest::Approx(other[i]));
}

TEST_CASE("extend: a network is fitted to a loss of one's own on data of one's own") {
    const mine::tilted_stripes images{.seed = 1};
    const mine::tilted_stripes held_out{.seed = 2};
    static_assert(train::label_loss<mine::focal_loss, float>);
    auto net = train::mlp{.input = {1, 8, 8, 1}, .hidden = {32}, .classes = 4}.build<float>(1);
    REQUIRE(net);
    auto trainer =
        train::trainer<float>::make(*std::move(net), {.tape = {.batch = 20}, .rate = 0.1, .epochs = 3});
    REQUIRE(trainer);
    const auto before = trainer->evaluate(held_out, train::on_labels<mine::focal_loss>{});
    const auto after = train::fit(*trainer, images, held_out, mine::focal_loss{});
    REQUIRE(before);
    REQUIRE(after);
    CHECK(*before->accuracy < 0.8);
    CHECK(*after->accuracy > 0.95);
}
