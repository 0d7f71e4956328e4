// SPDX-License-Identifier: MIT
#include "pith/prune/n_of_m.hpp"

#include "pith/format/stored_elements.hpp"

#include <cmath>

#include "sparse_net.hpp"

using namespace pith;
using namespace pith::prune;

TEST_CASE("n of m: in every group along the input channels the greatest stay") {
    const auto g = test::sparse_net();
    const auto s = n_of_m{.n = 1, .m = 4, .dense = test::everywhere()}(g);
    REQUIRE(s);
    for (std::size_t layer = 0; layer < 3; ++layer) {
        const auto& before = *test::weights_of(g, layer).reals();
        const auto& after = *test::weights_of(*s, layer).reals();
        const auto& pattern = test::weights_of(*s, layer).sparsity;
        CHECK(pattern == format::sparsity::n_of_m(1, 4));
        CHECK(format::obeys<float>(pattern, after.data(), 4));
        for (std::size_t i = 0; i < before.size(); i += 4) {
            std::size_t greatest = i;
            for (std::size_t k = i; k < i + 4; ++k)
                greatest = std::fabs(before[k]) > std::fabs(before[greatest]) ? k : greatest;
            for (std::size_t k = i; k < i + 4; ++k)
                CHECK(after[k] == (k == greatest ? before[k] : 0.f));
        }
    }
}

TEST_CASE("n of m: a group that the channels cut off keeps as many") {
    // rows of five: groups of four and one
    CHECK(prune::detail::mark_n_of_m({4, 1, 3, 2, 1, 1, 2, 3, 4, 0}, 5, 2, 4) ==
          std::vector<bool>{false, true, false, true, false, true, true, false, false, false});
}

TEST_CASE("n of m: patterns that are none are refused") {
    const auto g = test::sparse_net();
    CHECK(n_of_m{.n = 0, .m = 4}(g).error().code == errc::bad_option);
    CHECK(n_of_m{.n = 4, .m = 4}(g).error().code == errc::bad_option);
}
