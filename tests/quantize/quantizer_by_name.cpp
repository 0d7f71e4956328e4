// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <pith/quantize/quantizer_by_name.hpp>

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "quantize/training_check.hpp"

using namespace pith;
using namespace pith::tests;
using namespace pith::quantize;

namespace {

/// Mean squared error of the quantised x.
template <class Q>
double error_of(const Q& q, const std::vector<float>& x) {
    const auto f = fit_forward<float>(q, x);
    double sum = 0;
    for (std::size_t i = 0; i < x.size(); ++i)
        sum += std::pow(static_cast<double>(x[i] - f.scale * f.codes[i]), 2);
    return sum / static_cast<double>(x.size());
}

/// Mean squared error at p0 and after p has gone down the sign of its gradient for 400 steps.
template <class Q>
std::pair<double, double> learn_range(const Q& q, const std::vector<double>& x, std::vector<double> p) {
    std::vector<double> g(x.size());
    const auto error = [&] {
        const auto f = forward<double>(q, x, p);
        double sum = 0;
        for (std::size_t i = 0; i < x.size(); ++i) {
            g[i] = 2 * (f.scale * f.codes[i] - x[i]) / static_cast<double>(x.size());
            sum += std::pow(f.scale * f.codes[i] - x[i], 2);
        }
        return sum / static_cast<double>(x.size());
    };
    const double before = error();
    double rate = 0.03;
    for (int i = 0; i < 400; ++i, rate *= 0.985) {
        (void)error();
        const auto b = backward<double>(q, x, forward<double>(q, x, p), g);
        for (std::size_t k = 0; k < p.size(); ++k)
            if (b.p[k] != 0)
                p[k] -= rate * std::copysign(std::fabs(p[k]), b.p[k]);
        q.after_update(std::span<double>{}, std::span<double>(p));
    }
    return {before, error()};
}

} // namespace

static_assert(std::is_same_v<any_weight_quantizer, any_quantizer_of<decltype(weight_quantizers())>>);
static_assert(std::is_same_v<any_activation_quantizer, any_quantizer_of<decltype(activation_quantizers())>>);

TEST_CASE("quantizer by name: every name of weights parses, and quantises in its width") {
    const auto x = bell(3000, 0.05f);
    const auto names = names_of(weight_quantizers());
    CHECK(names.size() == 7 + 7 + 5 + 5 + 7 + 7 + 4 + 2); // uniform, lsq, apot, ewgs, dorefa, pact, kmeans
    for (const std::string& name : names) {
        CAPTURE(name);
        const auto q = parse_weight_quantizer(name);
        REQUIRE(q);
        const int bits = name == "ternary" ? 2 : name == "binary" ? 1 : name.back() - '0';
        std::visit(
            [&](const auto& quantizer) {
                const auto f = fit_forward<float>(quantizer, x);
                const level_list levels = quantizer.levels(std::span<const float>(f.p));
                CHECK(index_bits(levels) == bits);
                CHECK(levels.front() >= -128);
                CHECK(levels.back() <= 127);
                CHECK(f.scale > 0.f);
            },
            *q);
    }
    CHECK(std::get<apot_weights>(*parse_weight_quantizer("apot3")).bits == 3);
    CHECK(std::get<dorefa_weights>(*parse_weight_quantizer("pact4")).bits == 4);
    CHECK(std::get<binary_weights>(*parse_weight_quantizer("dorefa1")).gradient == binary_gradient::straight);
    CHECK(std::get<binary_weights>(*parse_weight_quantizer("binary")).gradient == binary_weights{}.gradient);
}

TEST_CASE("quantizer by name: every name of activations parses, and quantises in its width") {
    const auto x = bell(3000, 1.f, true);
    const auto names = names_of(activation_quantizers());
    CHECK(names.size() == 7 + 7 + 4 + 8 + 7 + 7 + 2); // uniform, lsq, apot, ewgs, pact, dorefa
    for (const std::string& name : names) {
        CAPTURE(name);
        const auto q = parse_activation_quantizer(name);
        REQUIRE(q);
        if (name == "float" || name == "binary")
            continue;
        std::visit(
            [&](const auto& quantizer) {
                if constexpr (!std::is_same_v<std::decay_t<decltype(quantizer)>, std::monostate>) {
                    const auto f = fit_forward<float>(quantizer, x);
                    const level_list levels = quantizer.levels(std::span<const float>(f.p));
                    CHECK(index_bits(levels) == name.back() - '0');
                    CHECK(levels.front() == 0);
                    CHECK(levels.back() <= 255);
                }
            },
            *q);
    }
    CHECK(std::holds_alternative<binary_activations>(*parse_activation_quantizer("binary")));
    CHECK(std::holds_alternative<std::monostate>(*parse_activation_quantizer("float")));
}

TEST_CASE("quantizer by name: other names and widths are refused, and why is said") {
    for (const char* name :
         {"",        "lsq",     "lsq1",     "lsq9",    "lsq44", "lsq4x", "4",       "lsq-4",
          "LSQ4",    "uniform", "apot7",    "apot1",   "ewgs6", "ewgs0", "dorefa8", "pact8",
          "kmeans6", "kmeans1", "ternary2", "binary1", "float", "none",  " lsq4",   "squant4"}) {
        CAPTURE(name);
        const auto q = parse_weight_quantizer(name);
        REQUIRE(!q);
        CHECK(q.error().code == errc::bad_option);
        CHECK(std::string(q.error().where) == name);
    }
    for (const char* name : {"", "lsq", "lsq1", "lsq9", "apot6", "ewgs9", "pact1", "dorefa1", "kmeans4",
                             "ternary", "binary2", "float8", "32"}) {
        CAPTURE(name);
        const auto q = parse_activation_quantizer(name);
        REQUIRE(!q);
        CHECK(std::string(q.error().where) == name);
    }
    const auto said = [](const auto& q) { return std::string(q.error().what); };
    CHECK(said(parse_weight_quantizer("apot7")).find("2 to 6 bits") != std::string::npos);
    CHECK(said(parse_activation_quantizer("apot6")).find("2 to 5 bits") != std::string::npos);
    CHECK(said(parse_weight_quantizer("ternary2")).find("write ternary") != std::string::npos);
    CHECK(said(parse_weight_quantizer("foo4")).find("unknown") != std::string::npos);
    CHECK(said(parse_activation_quantizer("kmeans4")).find("unknown") != std::string::npos);
}

TEST_CASE("quantizer by name: learned ranges find the least error from far away") {
    const auto w = to_double(bell(4000, 1.f));
    const auto a = to_double(bell(4000, 1.f, true));
    const auto check = [](const auto& q, const auto& x, const std::vector<double>& p, double least) {
        const auto [before, after] = learn_range(q, x, p);
        CHECK(before > 1.02 * least);
        CHECK(after < 1.1 * least);
    };
    for (const double far : {0.4, 2.5}) {
        for (const std::uint8_t bits : {std::uint8_t{3}, std::uint8_t{4}}) {
            CAPTURE(far);
            const uniform_ste even{.bits = bits};
            const uniform_ste positive{.bits = bits, .is_signed = false};
            const auto ew = fit_forward<double>(even, w).p;
            const auto ea = fit_forward<double>(positive, a).p;
            const double least_w = learn_range(even, w, ew).first;
            const double least_a = learn_range(positive, a, ea).first;
            check(lsq{.bits = bits}, w, {far * ew[0]}, least_w);
            check(lsq{.bits = bits, .is_signed = false}, a, {far * ea[0]}, least_a);
            const double clip = ea[0] * positive.highest();
            check(ewgs_activations{.bits = bits}, a, {far * clip, 0}, least_a);
            const apot_activations sums{.bits = bits};
            const auto pa = fit_forward<double>(sums, a).p;
            check(sums, a, {far * pa[0]}, learn_range(sums, a, pa).first);
            const double reach = 3 * ew[0] * even.highest();
            check(ewgs_weights{.bits = bits}, w, {far * reach / 2, -far * reach / 2, far * reach / 4},
                  least_w);
            // PACT does not see rounding: it clips as little as it can, and only weight decay draws it back.
            const auto [before, after] = learn_range(pact{.bits = bits, .decay = 0}, a, {0.4 * clip});
            CHECK(before > 2 * least_a);
            CHECK(after < 1.6 * least_a);
        }
    }
}

TEST_CASE("quantizer by name: fitted quantisers lose less with every bit") {
    const auto w = bell(20000, 0.05f);
    const auto a = bell(20000, 1.f, true);
    for (std::uint8_t bits = 3; bits <= 8; ++bits) {
        const auto less = static_cast<std::uint8_t>(bits - 1);
        CAPTURE(bits);
        CHECK(error_of(uniform_ste{.bits = bits}, w) < error_of(uniform_ste{.bits = less}, w));
        CHECK(error_of(lsq{.bits = bits}, w) < error_of(lsq{.bits = less}, w));
        CHECK(error_of(pact{.bits = bits}, a) < error_of(pact{.bits = less}, a));
        CHECK(error_of(uniform_ste{.bits = bits, .is_signed = false}, a) <
              error_of(uniform_ste{.bits = less, .is_signed = false}, a));
        if (bits <= 6)
            CHECK(error_of(apot_weights{.bits = bits}, w) < error_of(apot_weights{.bits = less}, w));
        if (bits <= 5) {
            CHECK(error_of(kmeans{.bits = bits}, w) < error_of(kmeans{.bits = less}, w));
            CHECK(error_of(ewgs_weights{.bits = bits}, w) < error_of(ewgs_weights{.bits = less}, w));
            CHECK(error_of(apot_activations{.bits = bits}, a) < error_of(apot_activations{.bits = less}, a));
        }
    }
    // On a bell, levels where the weights are beat equally spaced ones.
    CHECK(error_of(kmeans{.bits = 4}, w) < error_of(uniform_ste{.bits = 4}, w));
    CHECK(error_of(ternary{}, w) < error_of(binary_weights{}, w));
}
