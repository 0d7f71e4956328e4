// SPDX-License-Identifier: MIT
#ifndef PITH_PRUNE_SCHEDULE_HPP
#define PITH_PRUNE_SCHEDULE_HPP
/// How much is gone when, for networks that are trained while they are pruned.

#include <concepts>
#include <cstddef>
#include <utility>

#include "../base/result.hpp"
#include "../graph/graph.hpp"

namespace pith::prune {

/// All at once.
struct one_shot {
    float last = 0.5f;

    [[nodiscard]] std::size_t steps() const noexcept { return 1; }
    /// All at once.
    [[nodiscard]] float at(std::size_t) const noexcept { return last; }
};

/// Much at first and ever less: last + (first - last) (1 - step / count)^3 (Zhu and Gupta, To Prune, or Not
/// to Prune, 2017).
struct cubic {
    float first = 0.f;
    float last = 0.9f;
    std::size_t count = 10;

    [[nodiscard]] std::size_t steps() const noexcept { return count; }
    /// The share that is gone after `step` of them.
    [[nodiscard]] float at(std::size_t step) const noexcept {
        const double left = step < count ? 1. - static_cast<double>(step) / static_cast<double>(count) : 0.;
        return static_cast<float>(static_cast<double>(last) +
                                  (static_cast<double>(first) - static_cast<double>(last)) * left * left *
                                      left);
    }
};

/// The share to remove at a step.
template <class S>
concept schedule = requires(const S& s, std::size_t step) {
    { s.steps() } -> std::convertible_to<std::size_t>;
    { s.at(step) } -> std::convertible_to<float>;
};

/// Prunes and trains in turn: after step i, prune(network, share) has removed schedule.at(i) of it, and
/// train(network, i) gives what training made of that. Trainers keep the zeros that were put there.
template <class T, class Layers, schedule S, class Prune, class Train>
[[nodiscard]] result<graph<T, Layers>> prune_gradually(graph<T, Layers> g, const S& schedule,
                                                       const Prune& prune, const Train& train) {
    for (std::size_t i = 1; i <= schedule.steps(); ++i) {
        result<graph<T, Layers>> pruned = prune(std::move(g), schedule.at(i));
        if (!pruned)
            return pruned;
        result<graph<T, Layers>> trained = train(*std::move(pruned), i);
        if (!trained)
            return trained;
        g = *std::move(trained);
    }
    return g;
}

} // namespace pith::prune

#endif
