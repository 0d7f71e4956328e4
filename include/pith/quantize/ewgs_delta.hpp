// SPDX-License-Identifier: MIT
#ifndef PITH_QUANTIZE_EWGS_DELTA_HPP
#define PITH_QUANTIZE_EWGS_DELTA_HPP
/// The scaling factor of EWGS from the curvature of the loss: Hutchinson's estimate of the trace of the
/// Hessian, without second derivatives. Where gradients cost too much, the constant 1e-3 serves nearly as
/// well.

#include <cmath>
#include <cstddef>

#include "../base/assert.hpp"
#include "../base/random.hpp"
#include "blocks.hpp"

namespace pith::quantize {

/// Directions for trace_along: -1 and 1, equally often.
template <class T>
void draw_signs(random_bits& bits, view<T> direction) noexcept {
    for (T& v : direction)
        v = bits() >> 63 != 0 ? T{1} : T{-1};
}

/// v^T H v by central differences: the gradients of the loss at q + step v and at q - step v, q the quantised
/// tensor. The mean over draws of v is the trace of H; up to 50 draws, until it settles to 1e-3.
template <class T>
[[nodiscard]] double trace_along(view<const T> direction, view<const T> gradient_ahead,
                                 view<const T> gradient_behind, double step) noexcept {
    PITH_ASSERT(direction.size() == gradient_ahead.size() && direction.size() == gradient_behind.size());
    double sum = 0;
    for (std::size_t i = 0; i < direction.size(); ++i)
        sum += static_cast<double>(direction[i]) *
               (static_cast<double>(gradient_ahead[i]) - static_cast<double>(gradient_behind[i]));
    return sum / (2 * step);
}

/// A mean that says when it has settled.
struct running_mean {
    double mean = 0;
    std::size_t draws = 0;

    /// Adds a draw; true when the mean moved by no more than `tolerance` of itself.
    bool add(double draw, double tolerance = 1e-3) noexcept {
        ++draws;
        const double moved = (draw - mean) / static_cast<double>(draws);
        mean += moved;
        return draws > 1 && std::fabs(moved) <= tolerance * (std::fabs(mean) + 1e-6);
    }
};

/// max(0, trace / n / (3 standard deviations of g)), g the n gradients of a layer's quantised tensor.
template <class T>
[[nodiscard]] double ewgs_delta(double trace, view<const T> g) {
    const double reach = 3 * moments_of(g).deviation;
    const double mean = trace / static_cast<double>(g.size());
    return reach > 0 && mean > 0 ? mean / reach : 0.0;
}

} // namespace pith::quantize

#endif
