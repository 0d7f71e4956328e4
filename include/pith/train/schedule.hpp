// SPDX-License-Identifier: MIT
#ifndef PITH_TRAIN_SCHEDULE_HPP
#define PITH_TRAIN_SCHEDULE_HPP
/// Learning rates over a training: functions from progress (0 at the start, 1 at the end) to a factor of the
/// highest rate.

#include <algorithm>
#include <cmath>
#include <concepts>
#include <numbers>
#include <variant>
#include <vector>

namespace pith::train {

/// A factor on the learning rate, by the share of the training that is done.
template <class S>
concept schedule = requires(const S& s, double progress) {
    { s(progress) } -> std::convertible_to<double>;
};

/// Always 1.
struct constant_rate {
    [[nodiscard]] double operator()(double) const noexcept { return 1; }
};

/// Times `factor` at each of the milestones.
struct step_rate {
    std::vector<double> milestones{0.5, 0.75};
    double factor = 0.1;

    [[nodiscard]] double operator()(double progress) const noexcept {
        double rate = 1;
        for (const double m : milestones)
            rate *= progress >= m ? factor : 1;
        return rate;
    }
};

/// Half a cosine from 1 to `last`, after a linear rise over the first `warm_up` of the training.
struct cosine_rate {
    double warm_up = 0;
    double last = 0;

    [[nodiscard]] double operator()(double progress) const noexcept {
        if (progress < warm_up)
            return progress / warm_up;
        const double p = std::clamp((progress - warm_up) / (1 - warm_up), 0.0, 1.0);
        return last + (1 - last) * (1 + std::cos(std::numbers::pi * p)) / 2;
    }
};

/// Straight from `first` up to 1 at `peak`, and straight down to `last`.
struct one_cycle_rate {
    double peak = 0.3;
    double first = 0.04;
    double last = 0;

    [[nodiscard]] double operator()(double progress) const noexcept {
        if (progress < peak)
            return first + (1 - first) * progress / peak;
        return 1 + (last - 1) * std::clamp((progress - peak) / (1 - peak), 0.0, 1.0);
    }
};

using any_schedule = std::variant<constant_rate, step_rate, cosine_rate, one_cycle_rate>;

/// The factor at `progress` in [0, 1].
template <schedule S>
[[nodiscard]] double rate_at(const S& s, double progress) {
    return s(progress);
}
/// The factor at `progress` in [0, 1].
template <class... S>
[[nodiscard]] double rate_at(const std::variant<S...>& s, double progress) {
    return std::visit([&](const auto& of) { return of(progress); }, s);
}

} // namespace pith::train

#endif
