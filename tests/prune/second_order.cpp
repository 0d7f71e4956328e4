// SPDX-License-Identifier: MIT
#include "pith/prune/second_order.hpp"

#include "pith/format/stored_elements.hpp"

#include "sparse_net.hpp"
#include "support/compiled.hpp"

using namespace pith;
using namespace pith::prune;

namespace {

refit fit_of(const graph<float>& g) {
    return {.look = {.calibration = test::samples_of(g), .samples = 64}};
}

} // namespace

TEST_CASE("second order: the share goes, and less is lost than with the smallest weights") {
    const auto g = test::sparse_net();
    const auto s = second_order{.remove = 0.5f, .fit = fit_of(g), .dense = test::everywhere()}(g);
    const auto small = refitted{magnitude{.remove = 0.5f, .dense = test::everywhere()}, fit_of(g)}(g);
    REQUIRE(s);
    REQUIRE(small);
    for (std::size_t layer = 0; layer < 3; ++layer) {
        CHECK(test::zeros_of(*s, layer) == test::weights_of(g, layer).reals()->size() / 2);
        CHECK(test::weights_of(*s, layer).sparsity == format::sparsity::free());
    }
    CHECK(test::error_of(g, *s) < test::error_of(g, *small));
}

TEST_CASE("second order: n of m") {
    const auto g = test::sparse_net();
    const auto s = second_order{.n = 2, .m = 4, .fit = fit_of(g), .dense = test::everywhere()}(g);
    const auto small = refitted{n_of_m{.dense = test::everywhere()}, fit_of(g)}(g);
    REQUIRE(s);
    REQUIRE(small);
    for (std::size_t layer = 0; layer < 3; ++layer) {
        const auto& w = test::weights_of(*s, layer);
        CHECK(w.sparsity == format::sparsity::n_of_m(2, 4));
        CHECK(format::obeys<float>(w.sparsity, w.reals()->data(), 4));
    }
    CHECK(test::error_of(g, *s) < test::error_of(g, *small));
}

TEST_CASE("second order: dropping a weight is what least squares does to its row") {
    // H^-1 = L L^T with H = [[2, 1], [1, 2]]
    const std::vector<double> h{2, 1, 1, 2};
    const auto factor = cholesky(*inverse(h, 2), 2);
    REQUIRE(factor);
    std::vector<double> w{3, 5};
    prune::detail::column_sweep sweep{2, 1, w.data(), &*factor};
    CHECK(sweep.scores(0, 1)[0] == doctest::Approx(3 * 3 * 1.5)); // w0^2 / (H^-1)_00
    sweep.drop(0, 0);
    CHECK(w[0] == 0);
    CHECK(w[1] == doctest::Approx(5 + 3 * 0.5)); // w1 + H_10 / H_11 w0
}

TEST_CASE("second order: refuses what it cannot do") {
    const auto g = test::sparse_net();
    CHECK(second_order{}(g).error().code == errc::bad_option);
    CHECK(second_order{.remove = 2.f, .fit = fit_of(g)}(g).error().code == errc::bad_option);
    CHECK(second_order{.n = 3, .m = 2, .fit = fit_of(g)}(g).error().code == errc::bad_option);
}
