// SPDX-License-Identifier: MIT
#ifndef PITH_TRAIN_CURVATURE_HPP
#define PITH_TRAIN_CURVATURE_HPP
/// How curved the loss is along the codes of every quantised tensor: Hutchinson's estimate of the trace of
/// the Hessian, from differences of gradients. Quantisers that scale gradients by it (EWGS) are told.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "../base/random.hpp"
#include "../base/result.hpp"
#include "trainer.hpp"

namespace pith::train {

struct curvature_options {
    std::size_t batches = 3;
    std::size_t draws = 50;  ///< of directions, at most, per batch
    double tolerance = 1e-3; ///< a trace that moves by less, relative to itself, has settled
    double step = 0.02;      ///< of a code
};

/// A mean that says when it has settled.
struct running_mean {
    double mean = 0;
    std::size_t draws = 0;

    /// Adds a draw; true when the mean moved by no more than `tolerance` of itself.
    bool add(double draw, double tolerance) noexcept {
        ++draws;
        const double moved = (draw - mean) / static_cast<double>(draws);
        mean += moved;
        return draws > 1 && std::fabs(moved) <= tolerance * (std::fabs(mean) + 1e-12);
    }
};

/// Of one quantised tensor: the mean over its elements of the loss's second derivative by a code, and three
/// standard deviations of the first.
struct code_curvature {
    double mean = 0;
    double reach = 0;
};

namespace detail {

/// Gradients of one batch at both ends of a random direction, until every trace has settled.
template <class T, class Layers, training_source D, batch_loss<T> Loss>
[[nodiscard]] result<void>
draw_curvature(trainer<T, Layers>& t, const D& data, std::span<const std::uint32_t> indices, const Loss& loss,
               const curvature_options& o, std::uint64_t seed, std::vector<code_curvature>& sums) {
    auto& tape = t.network_tape();
    std::vector<running_mean> traces(sums.size());
    std::vector<double> ahead(sums.size());
    bool settled = false;
    for (std::size_t draw = 0; draw < o.draws && !settled; ++draw) {
        for (const double side : {1., -1.}) {
            tape.probe_codes(side * o.step, seed + draw);
            PITH_TRY(t.differentiate(data, indices, loss));
            for (std::size_t i = 0; side > 0 && i < sums.size(); ++i)
                ahead[i] = tape.quantized()[i].probe.along;
        }
        settled = true;
        for (std::size_t i = 0; i < sums.size(); ++i) {
            const auto& p = tape.quantized()[i].probe;
            settled = traces[i].add((ahead[i] - p.along) / (2 * o.step), o.tolerance) && settled;
        }
    }
    for (std::size_t i = 0; i < sums.size(); ++i) {
        const auto& p = tape.quantized()[i].probe;
        const double n = static_cast<double>(std::max<std::size_t>(p.count, 1));
        sums[i].mean += traces[i].mean / n;
        sums[i].reach += 3 * std::sqrt(std::max(p.squares / n - p.sum / n * (p.sum / n), 0.));
    }
    return {};
}

} // namespace detail

/// Means over batches that are drawn by the trainer's seed and epoch. Running statistics stay as they are,
/// and so do learned numbers, except that ranges no step has fitted yet are fitted. @return one entry per
/// quantised tensor, in the tape's order
template <class T, class Layers, training_source D, batch_loss<T> Loss>
[[nodiscard]] result<std::vector<code_curvature>>
curvature_of(trainer<T, Layers>& t, const D& data, const Loss& loss, const curvature_options& o = {}) {
    auto& tape = t.network_tape();
    std::vector<code_curvature> sums(tape.quantized().size());
    const std::uint64_t seed = random_bits(t.options().seed ^ ~t.at().epoch)();
    const auto order = shuffled(data.size(), seed, t.at().epoch);
    const std::size_t batches = std::min(o.batches, t.batches(data));
    tape.norm_momentum(0);
    result<void> done;
    for (std::size_t k = 0; done && k < batches; ++k)
        done = detail::draw_curvature(
            t, data, std::span<const std::uint32_t>(order).subspan(k * tape.batch(), tape.batch()), loss, o,
            seed + k * o.draws, sums);
    tape.probe_codes(0, 0);
    if (!done)
        return done.error();
    for (auto& s : sums) {
        s.mean /= static_cast<double>(batches);
        s.reach /= static_cast<double>(batches);
    }
    return sums;
}

/// Measures, and tells every quantiser its own.
template <class T, class Layers, training_source D, batch_loss<T> Loss>
[[nodiscard]] result<void> adapt_to_curvature(trainer<T, Layers>& t, const D& data, const Loss& loss,
                                              const curvature_options& o = {}) {
    const auto all = curvature_of(t, data, loss, o);
    if (!all)
        return all.error();
    for (std::size_t i = 0; i < all->size(); ++i) {
        const auto& q = t.network_tape().quantized()[i];
        q.by->adapt((*all)[i].mean, (*all)[i].reach, q.p);
    }
    return {};
}

} // namespace pith::train

#endif
