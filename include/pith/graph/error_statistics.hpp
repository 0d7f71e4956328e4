// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_ERROR_STATISTICS_HPP
#define PITH_GRAPH_ERROR_STATISTICS_HPP
/// How far two versions of a value lie apart: signal to quantisation noise, and the worst element.

#include <cmath>
#include <cstddef>
#include <limits>
#include <span>

#include "../base/assert.hpp"

namespace pith {

/// Sums over the elements of one value, and of several images where add() is used.
struct error_statistics {
    double signal = 0;        ///< sum of the reference's squares
    double noise = 0;         ///< sum of the differences' squares; infinite where only one side is a number
    double worst = 0;         ///< largest absolute difference
    std::size_t worst_at = 0; ///< the element where it is
    double wanted = 0;        ///< the reference there
    double had = 0;           ///< the other version there
    std::size_t elements = 0;
};

/// Of `had` from the reference `wanted`. Equal infinities, and NaN on both sides, do not differ.
/// @pre as many elements
template <class T>
[[nodiscard]] error_statistics error_statistics_of(std::span<const T> wanted, std::span<const T> had) {
    PITH_ASSERT(wanted.size() == had.size());
    error_statistics d;
    d.elements = wanted.size();
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        const auto a = static_cast<double>(wanted[i]);
        const auto b = static_cast<double>(had[i]);
        if (std::isfinite(a))
            d.signal += a * a;
        if (a == b || (std::isnan(a) && std::isnan(b)))
            continue;
        double apart = std::fabs(a - b);
        if (std::isnan(apart))
            apart = std::numeric_limits<double>::infinity();
        d.noise += apart * apart;
        if (apart > d.worst) {
            d.worst = apart;
            d.worst_at = i;
            d.wanted = a;
            d.had = b;
        }
    }
    return d;
}

/// The same value of a further image.
inline void add(error_statistics& sum, const error_statistics& d) {
    const double signal = sum.signal + d.signal;
    const double noise = sum.noise + d.noise;
    const std::size_t elements = sum.elements + d.elements;
    if (d.worst > sum.worst)
        sum = d;
    sum.signal = signal;
    sum.noise = noise;
    sum.elements = elements;
}

/// Signal to noise in decibels: infinite without noise, minus infinite for noise without signal.
[[nodiscard]] inline double sqnr(const error_statistics& d) {
    if (d.noise == 0)
        return std::numeric_limits<double>::infinity();
    return 10 * std::log10(d.signal / d.noise);
}

} // namespace pith

#endif
