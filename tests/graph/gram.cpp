// SPDX-License-Identifier: MIT
#include "pith/graph/gram.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#ifdef _OPENMP
#include <omp.h>
#endif

#include "pith/base/random.hpp"

using namespace pith;

namespace {

/// Rows that are far from centred, as those of pixels are.
struct rows_of_layer {
    std::size_t count;
    std::size_t depth;
    std::size_t outputs;
    std::size_t groups;
    std::vector<float> in{};     ///< [groups, count, depth]
    std::vector<float> target{}; ///< [count, outputs]

    rows_of_layer(std::size_t n, std::size_t d, std::size_t o, std::size_t g)
        : count(n), depth(d), outputs(o), groups(g), in(g * n * d), target(n * o) {
        random_bits bits(7);
        for (auto& v : in)
            v = 3.f + bits.unit();
        for (auto& v : target)
            v = 2.f * bits.unit() - 5.f;
    }
    [[nodiscard]] double x(std::size_t g, std::size_t r, std::size_t d) const {
        return static_cast<double>(in[(g * count + r) * depth + d]);
    }
    [[nodiscard]] double y(std::size_t r, std::size_t o) const {
        return static_cast<double>(target[r * outputs + o]);
    }
};

/// E[(a - from_a) (b - from_b)]: the sum as it is written.
template <class A, class B>
double mean_product(std::size_t count, const A& a, double from_a, const B& b, double from_b) {
    double sum = 0;
    for (std::size_t r = 0; r < count; ++r)
        sum += (a(r) - from_a) * (b(r) - from_b);
    return sum / static_cast<double>(count);
}

bool near(double a, double b) {
    return std::fabs(a - b) <= 1e-10 * (1. + std::fabs(b));
}

/// All rows at once, or some at a time.
gram_sums sums_of(const rows_of_layer& l, std::size_t at_a_time) {
    gram_sums sums(l.depth, l.outputs, l.groups);
    for (std::size_t first = 0; first < l.count; first += at_a_time) {
        const std::size_t some = first + at_a_time <= l.count ? at_a_time : l.count - first;
        std::vector<float> in;
        for (std::size_t g = 0; g < l.groups; ++g) {
            const auto from = l.in.begin() + static_cast<std::ptrdiff_t>((g * l.count + first) * l.depth);
            in.insert(in.end(), from, from + static_cast<std::ptrdiff_t>(some * l.depth));
        }
        sums.add(some, in.data(), l.target.data() + first * l.outputs);
    }
    return sums;
}

void check(const rows_of_layer& l, const gram& m, bool centred) {
    REQUIRE(m.rows == l.count);
    std::size_t wrong = 0;
    for (std::size_t o = 0; o < l.outputs; ++o) {
        const std::size_t g = m.group_of(o);
        const auto y = [&](std::size_t r) { return l.y(r, o); };
        const double y_mean = mean_product(
            l.count, y, 0., [](std::size_t) { return 1.; }, 0.);
        const double from_y = centred ? y_mean : 0.;
        wrong += !near(m.output_means[o], y_mean);
        wrong += !near(m.output_squares[o], mean_product(l.count, y, from_y, y, from_y));
        for (std::size_t i = 0; i < l.depth; ++i) {
            const auto x = [&](std::size_t r) { return l.x(g, r, i); };
            const double x_mean = mean_product(
                l.count, x, 0., [](std::size_t) { return 1.; }, 0.);
            const double from_x = centred ? x_mean : 0.;
            wrong += !near(m.input_means_of(g)[i], x_mean);
            wrong += !near(m.cross_of(o)[i], mean_product(l.count, y, from_y, x, from_x));
            for (std::size_t j = 0; j < l.depth; ++j) {
                const auto other = [&](std::size_t r) { return l.x(g, r, j); };
                const double from = centred ? m.input_means_of(g)[j] : 0.;
                wrong +=
                    !near(m.inputs_of(g)[i * l.depth + j], mean_product(l.count, x, from_x, other, from));
            }
        }
    }
    CHECK(wrong == 0);
}

} // namespace

TEST_CASE("gram: the sums as they are written, of plain, grouped and depthwise layers") {
    for (const auto& l : {rows_of_layer(300, 11, 3, 1), rows_of_layer(37, 5, 4, 2),
                          rows_of_layer(70, 3, 6, 6), rows_of_layer(9, 150, 2, 1)})
        for (const std::size_t at_a_time : {l.count, std::size_t{7}}) {
            const auto sums = sums_of(l, at_a_time);
            check(l, sums.moments(), false);
            check(l, sums.centred(), true);
        }
}

TEST_CASE("gram: no rows have moments of zero") {
    const auto m = gram_sums(2, 2, 1).centred();
    CHECK(m.rows == 0);
    CHECK(m.inputs == std::vector<double>(4));
    CHECK(m.cross == std::vector<double>(4));
}

TEST_CASE("gram: the error of given weights is that of their rows") {
    const rows_of_layer l(50, 4, 4, 2);
    const auto m = sums_of(l, 50).moments();
    const std::vector<double> w{0.5, 0., -2., 1.};
    for (std::size_t o = 0; o < l.outputs; ++o) {
        double sum = 0;
        for (std::size_t r = 0; r < l.count; ++r) {
            double e = l.y(r, o);
            for (std::size_t d = 0; d < l.depth; ++d)
                e -= w[d] * l.x(m.group_of(o), r, d);
            sum += e * e;
        }
        CHECK(squared_error(m, o, w.data()) == doctest::Approx(sum / 50).epsilon(1e-10));
    }
}

#ifdef _OPENMP
TEST_CASE("gram: the same bits for any number of threads") {
    const rows_of_layer l(600, 150, 40, 2);
    const int threads = omp_get_max_threads();
    omp_set_num_threads(1);
    const auto one = sums_of(l, 300).centred();
    omp_set_num_threads(3);
    const auto three = sums_of(l, 300).centred();
    omp_set_num_threads(threads);
    CHECK(one.inputs == three.inputs);
    CHECK(one.cross == three.cross);
    CHECK(one.output_squares == three.output_squares);
}
#endif
