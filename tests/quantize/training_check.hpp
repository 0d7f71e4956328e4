// SPDX-License-Identifier: MIT
#ifndef PITH_TESTS_QUANTIZE_TRAINING_CHECK_HPP
#define PITH_TESTS_QUANTIZE_TRAINING_CHECK_HPP
/// What every quantiser for training must do, and its gradients against a surrogate with the rounding frozen.

#include <doctest/doctest.h>

#include <pith/quantize/training_quantizer.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include "support/gradient_check.hpp"

#ifdef _OPENMP
#include <omp.h>
#endif

namespace pith::tests {

template <class T>
struct quantized {
    std::vector<T> p;
    std::vector<T> codes;
    T scale{};
};

template <class T, class Q>
quantized<T> forward(const Q& q, const std::vector<T>& x, std::vector<T> p) {
    quantized<T> out{std::move(p), std::vector<T>(x.size()), T{}};
    out.scale = q.forward(std::span<const T>(x), std::span<const T>(out.p), std::span<T>(out.codes));
    return out;
}

template <class T, class Q>
quantized<T> fit_forward(const Q& q, const std::vector<T>& x) {
    std::vector<T> p(q.parameters());
    q.init(std::span<const T>(x), std::span<T>(p));
    return forward<T>(q, x, p);
}

template <class T>
struct gradients {
    std::vector<T> x;
    std::vector<T> p;
};

template <class T, class Q>
gradients<T> backward(const Q& q, const std::vector<T>& x, const quantized<T>& f, const std::vector<T>& g) {
    gradients<T> out{std::vector<T>(x.size(), T{7}), std::vector<T>(f.p.size())};
    q.backward(std::span<const T>(x), std::span<const T>(f.p), std::span<const T>(f.codes), f.scale,
               std::span<const T>(g), std::span<T>(out.x), std::span<T>(out.p));
    return out;
}

/// Errors of the gradients of sum(g * surrogate(x, p)) in x and in p; surrogate returns one real per element.
struct gradient_errors {
    double x = 0;
    double p = 0;
};

template <class Q, class Surrogate>
gradient_errors check_gradients(const Q& q, std::vector<double> x, const quantized<double>& f,
                                const Surrogate& surrogate) {
    random_bits bits(99);
    const std::vector<double> g = random_reals(x.size(), bits);
    const gradients<double> got = backward<double>(q, x, f, g);
    std::vector<double> p = f.p;
    const auto loss = [&] {
        double sum = 0;
        for (std::size_t i = 0; i < x.size(); ++i)
            sum += g[i] * surrogate(i, x[i], p);
        return sum;
    };
    return {gradient_error(x, got.x, loss, 1e-6, 1e-6), gradient_error(p, got.p, loss, 1e-6, 1e-6)};
}

/// Codes are levels, levels ascend within [lowest, highest], scales are positive, the bits of two runs and of
/// one and two threads are equal, and gx may be g.
template <class Q>
void check_quantizer(const Q& q, const std::vector<float>& x, int lowest, int highest) {
    static_assert(quantize::training_quantizer<Q>);
    const auto f = fit_forward<float>(q, x);
    CHECK(f.scale > 0.f);
    CHECK((f.p.empty() || f.p[0] != 0.f));
    const quantize::level_list levels = q.levels(std::span<const float>(f.p));
    CHECK(std::is_sorted(levels.begin(), levels.end()));
    CHECK(std::adjacent_find(levels.begin(), levels.end()) == levels.end());
    CHECK(levels.front() >= lowest);
    CHECK(levels.back() <= highest);
    std::size_t strange = 0;
    for (const float c : f.codes)
        strange += std::find(levels.begin(), levels.end(), static_cast<std::int16_t>(c)) == levels.end() ||
                   c != std::nearbyint(c);
    CHECK(strange == 0);

    random_bits bits(5);
    std::vector<float> g(x.size());
    for (float& v : g)
        v = bits.unit() - 0.5f;
    const auto b = backward<float>(q, x, f, g);
    const auto again = [&] {
        const auto f2 = fit_forward<float>(q, x);
        CHECK(f2.p == f.p);
        CHECK(f2.scale == f.scale);
        CHECK(f2.codes == f.codes);
        const auto b2 = backward<float>(q, x, f, g);
        CHECK(b2.x == b.x);
        CHECK(b2.p == b.p);
    };
#ifdef _OPENMP
    const int threads = omp_get_max_threads();
    for (const int n : {1, 2, 5}) {
        omp_set_num_threads(n);
        again();
    }
    omp_set_num_threads(threads);
#else
    again();
#endif
    std::vector<float> p(f.p.size());
    q.backward(std::span<const float>(x), std::span<const float>(f.p), std::span<const float>(f.codes),
               f.scale, std::span<const float>(g), std::span<float>(g), std::span<float>(p));
    CHECK(g == b.x);
    CHECK(p == b.p);
}

/// Bell-shaped numbers around 0, or (activations) the positive ones of them and zeros for the others.
inline std::vector<float> bell(std::size_t n, float deviation, bool rectified = false) {
    random_bits bits(n);
    std::vector<float> out(n);
    for (float& v : out) {
        v = (bits.unit() + bits.unit() + bits.unit() + bits.unit() - 2.f) * 1.7320508f * deviation;
        v = rectified && v < 0.f ? 0.f : v;
    }
    return out;
}

inline std::vector<double> to_double(const std::vector<float>& x) {
    return {x.begin(), x.end()};
}

/// The code among `levels` whose multiple of scale is nearest to x; of two equally near, the one towards
/// zero.
inline int nearest_level(const quantize::level_list& levels, double x, double scale) {
    int best = levels.front();
    for (const int level : levels) {
        const double d = std::fabs(x - scale * level);
        const double least = std::fabs(x - scale * best);
        if (d < least || (d == least && std::abs(level) < std::abs(best)))
            best = level;
    }
    return best;
}

} // namespace pith::tests

#endif
