// SPDX-License-Identifier: MIT
#ifndef PITH_TRAIN_OPTIMIZER_HPP
#define PITH_TRAIN_OPTIMIZER_HPP
/// Optimisers: one update of all parameters from their gradients. They keep their state in flat memory laid
/// out as the parameters are, so that a checkpoint is a copy of it.

#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <variant>
#include <vector>

#include "../base/assert.hpp"
#include "learned.hpp"

namespace pith::train {

/// A run of parameters with factors of its own on the learning rate and the weight decay.
template <class T>
struct parameter_range {
    std::span<T> value;
    std::span<T> gradient;
    double rate = 1;
    double decay = 1;
};

/// What of the network is pulled towards zero: weights and slopes are, scales, offsets and biases are not.
struct decay_weights_only {
    [[nodiscard]] double operator()(role kind) const noexcept {
        return kind == role::weight || kind == role::slope ? 1 : 0;
    }
};

/// v = momentum v + (gradient + decay w); w -= rate v, or rate (gradient + decay w + momentum v) with
/// Nesterov.
struct sgd {
    double momentum = 0.9;
    bool nesterov = false;
    double weight_decay = 5e-4;

    [[nodiscard]] static constexpr std::size_t memories() noexcept { return 1; }

    template <class T>
    void operator()(const parameter_range<T>& p, double rate, std::uint64_t, std::span<T> velocity) const {
        const T r = static_cast<T>(rate * p.rate);
        const T d = static_cast<T>(weight_decay * p.decay);
        const T m = static_cast<T>(momentum);
        for (std::size_t i = 0; i < p.value.size(); ++i) {
            const T g = p.gradient[i] + d * p.value[i];
            velocity[i] = m * velocity[i] + g;
            p.value[i] -= r * (nesterov ? g + m * velocity[i] : velocity[i]);
        }
    }
};

/// Adam, its decay apart from the gradient (AdamW) unless `coupled`.
struct adam {
    double beta1 = 0.9;
    double beta2 = 0.999;
    double epsilon = 1e-8;
    double weight_decay = 0;
    bool coupled = false; ///< decay enters the gradient, as in Adam with L2

    [[nodiscard]] static constexpr std::size_t memories() noexcept { return 2; }

    /// @param step counted from 1
    template <class T>
    void operator()(const parameter_range<T>& p, double rate, std::uint64_t step, std::span<T> memory) const {
        PITH_ASSERT(memory.size() == 2 * p.value.size() && step > 0);
        const std::span<T> mean = memory.first(p.value.size());
        const std::span<T> square = memory.last(p.value.size());
        const double n = static_cast<double>(step);
        const double r = rate * p.rate;
        const T size = static_cast<T>(r / (1 - std::pow(beta1, n)));
        const T inverse = static_cast<T>(1 / std::sqrt(1 - std::pow(beta2, n)));
        const T decay = static_cast<T>(weight_decay * p.decay);
        const T shrink = static_cast<T>(1 - (coupled ? 0 : r * weight_decay * p.decay));
        const T b1 = static_cast<T>(beta1);
        const T b2 = static_cast<T>(beta2);
        const T e = static_cast<T>(epsilon);
        for (std::size_t i = 0; i < p.value.size(); ++i) {
            const T g = p.gradient[i] + (coupled ? decay * p.value[i] : T{0});
            mean[i] = b1 * mean[i] + (1 - b1) * g;
            square[i] = b2 * square[i] + (1 - b2) * g * g;
            p.value[i] = shrink * p.value[i] - size * mean[i] / (std::sqrt(square[i]) * inverse + e);
        }
    }
};

using any_optimizer = std::variant<sgd, adam>;

/// Averages of parameters over the steps: average += (1 - decay) (value - average).
struct moving_average {
    double decay = 0.999;

    /// @param step counted from 1; the first averages weigh less, so that the start is soon forgotten
    template <class T>
    void operator()(std::span<const T> value, std::uint64_t step, std::span<T> average) const {
        const double n = static_cast<double>(step);
        const double early = (1 + n) / (10 + n);
        const T keep = static_cast<T>(early < decay ? early : decay);
        for (std::size_t i = 0; i < value.size(); ++i)
            average[i] = keep * average[i] + (1 - keep) * value[i];
    }
};

} // namespace pith::train

#endif
