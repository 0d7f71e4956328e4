// SPDX-License-Identifier: MIT
#ifndef PITH_QUANTIZE_TRAINING_QUANTIZER_HPP
#define PITH_QUANTIZE_TRAINING_QUANTIZER_HPP
/// What a quantiser is to training: levels, a gradient, and a range fit.

#include <concepts>
#include <cstddef>
#include <span>

#include "../base/assert.hpp"
#include "levels.hpp"

namespace pith::quantize {

/// An aggregate of options; what it learns are `parameters()` scalars p that the caller keeps. For a tensor
/// x:
///
/// - init(x, p) fits p to weights, or to a first batch of activations.
/// - forward(x, p, codes) writes integer-valued codes and returns their scale > 0: the quantised x is
///   scale * codes[i]. Codes are levels(p): in [-128, 127], or [0, 255] for activations.
/// - backward(x, p, codes, scale, g, gx, gp), with what forward left and g the gradient of the quantised x,
///   overwrites gx with the gradient of x and adds that of p to gp. gx may be g.
/// - after_update(x, p) goes behind every step of the optimiser: it keeps p in its domain (and weights x,
///   where the method says so). x is empty for activations.
///
/// x may have any size but zero. Neither forward nor backward allocates memory, and their bits do not depend
/// on the number of threads.
template <class Q, class T>
concept training_quantizer_of = std::copyable<Q> &&
    requires(const Q& q, std::span<const T> in, std::span<T> out, T scale) {
    { q.parameters() } -> std::same_as<std::size_t>;
    q.init(in, out);
    { q.forward(in, in, out) } -> std::same_as<T>;
    q.backward(in, in, in, scale, in, out, out);
    q.after_update(out, out);
    { q.levels(in) } -> std::same_as<level_list>;
};

/// A quantiser that training may use: in float and, for checks of gradients, in double.
template <class Q>
concept training_quantizer = training_quantizer_of<Q, float> && training_quantizer_of<Q, double>;

namespace detail {

/// body(slice, first element, elements) for each of the equal parts of x.
template <class Body>
void for_slices(std::size_t elements, std::size_t slices, const Body& body) {
    PITH_ASSERT(slices > 0 && elements % slices == 0);
    const std::size_t length = elements / slices;
    for (std::size_t i = 0; i < slices; ++i)
        body(i, i * length, length);
}

} // namespace detail

/// The same for a tensor cut into equal parts along its first axis (output channels), each with parameters
/// and a scale of its own: p, gp [slices, parameters()], scales [slices].
template <class Q, class T>
void init_slices(const Q& q, input<T> x, std::size_t slices, std::span<T> p) {
    const std::size_t n = q.parameters();
    detail::for_slices(x.size(), slices, [&](std::size_t i, std::size_t first, std::size_t length) {
        q.init(x.subspan(first, length), p.subspan(i * n, n));
    });
}

/// forward() of every slice.
template <class Q, class T>
void forward_slices(const Q& q, input<T> x, std::size_t slices, input<T> p, std::span<T> codes,
                    output<T> scales) {
    const std::size_t n = q.parameters();
    detail::for_slices(x.size(), slices, [&](std::size_t i, std::size_t first, std::size_t length) {
        scales[i] = q.forward(x.subspan(first, length), p.subspan(i * n, n), codes.subspan(first, length));
    });
}

/// backward() of every slice.
template <class Q, class T>
void backward_slices(const Q& q, input<T> x, std::size_t slices, input<T> p, input<T> codes, input<T> scales,
                     input<T> g, std::span<T> gx, output<T> gp) {
    const std::size_t n = q.parameters();
    detail::for_slices(x.size(), slices, [&](std::size_t i, std::size_t first, std::size_t length) {
        q.backward(x.subspan(first, length), p.subspan(i * n, n), codes.subspan(first, length), scales[i],
                   g.subspan(first, length), gx.subspan(first, length), gp.subspan(i * n, n));
    });
}

/// after_update() of every slice.
template <class Q, class T>
void after_update_slices(const Q& q, std::span<T> x, std::size_t slices, output<T> p) {
    const std::size_t n = q.parameters();
    detail::for_slices(x.size(), slices, [&](std::size_t i, std::size_t first, std::size_t length) {
        q.after_update(x.subspan(first, length), p.subspan(i * n, n));
    });
}

} // namespace pith::quantize

#endif
