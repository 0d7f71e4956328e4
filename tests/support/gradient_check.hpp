// SPDX-License-Identifier: MIT
#ifndef PITH_TESTS_SUPPORT_GRADIENT_CHECK_HPP
#define PITH_TESTS_SUPPORT_GRADIENT_CHECK_HPP
/// Gradients against central differences, in double.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include <pith/base/random.hpp>
#include <pith/base/view.hpp>

namespace pith::tests {

inline std::vector<double> random_reals(std::size_t n, random_bits& bits, double low = -1, double high = 1) {
    std::vector<double> out(n);
    for (auto& e : out)
        e = low + (high - low) * static_cast<double>(bits() >> 11) * 0x1p-53;
    return out;
}

/// Greatest difference between `gradient` and the central differences of value() in `at`, relative to the
/// greatest element of either (and to `least`, where all of them are as good as zero). Fourth-order
/// differences: h^4 and rounding both stay near 1e-10.
template <class Value>
double gradient_error(std::span<double> at, std::span<const double> gradient, const Value& value,
                      double h = 1e-3, double least = 1e-30) {
    double most = least;
    double worst = 0;
    for (std::size_t i = 0; i < at.size(); ++i) {
        const double kept = at[i];
        const auto probe = [&](double step) {
            at[i] = kept + step;
            return static_cast<double>(value());
        };
        const double near = probe(h) - probe(-h);
        const double far = probe(2 * h) - probe(-2 * h);
        at[i] = kept;
        const double expected = (8 * near - far) / (12 * h);
        most = std::max({most, std::fabs(expected), std::fabs(gradient[i])});
        worst = std::max(worst, std::fabs(expected - gradient[i]));
    }
    return worst / most;
}

} // namespace pith::tests

#endif
