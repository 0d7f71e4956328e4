// SPDX-License-Identifier: MIT
#ifndef PITH_QUANTIZE_CLIP_HPP
#define PITH_QUANTIZE_CLIP_HPP
/// Quantisers whose one parameter is where they clip, p = {clip}: APoT, PACT, DoReFa's activations.

#include <algorithm>
#include <span>

#include "levels.hpp"

namespace pith::quantize {

/// The least clip that training may come to, and what holds it there.
inline constexpr double least_clip = 1e-3;

/// Never below least_clip, whatever a step of the optimiser made of it.
template <class T>
[[nodiscard]] T clip_of(std::span<const T> p) noexcept {
    return std::max(p[0], static_cast<T>(least_clip));
}

/// Keeps the learned clip p[0] from falling below least_clip.
template <class T>
void hold_clip(std::span<T> p) noexcept {
    p[0] = clip_of(std::span<const T>(p));
}

/// The clip of activations x: `start`, or that of least squared error where `start` is 0 or below.
template <class Q, class T>
void start_clip(const Q& q, double start, input<T> x, std::span<T> p) {
    p[0] = static_cast<T>(start);
    if (start <= 0)
        fit_range(q, x, static_cast<double>(largest_magnitude<T>(x)), p);
    hold_clip(p);
}

/// Codes [0, highest] of x in [0, clip], evenly spaced. @return their scale, clip / highest
template <class T>
[[nodiscard]] T encode_to_clip(input<T> x, input<T> p, int highest, std::span<T> codes) {
    const T last = static_cast<T>(highest);
    const T scale = clip_of(p) / last;
    encode_evenly(x, T{0}, scale, T{0}, last, codes);
    return scale;
}

} // namespace pith::quantize

#endif
