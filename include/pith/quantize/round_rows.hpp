// SPDX-License-Identifier: MIT
#ifndef PITH_QUANTIZE_ROUND_ROWS_HPP
#define PITH_QUANTIZE_ROUND_ROWS_HPP
/// Whether to round each weight of a matrix up or down, so that its products change least (AdaRound, Nagel et
/// al. 2020): Adam on a relaxation of the choice that is pushed to 0 or 1.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numbers>
#include <vector>

#include "../base/random.hpp"
#include "../graph/gemm.hpp"

namespace pith::quantize {

struct rounding_options {
    std::size_t steps = 4000;
    std::size_t batch = 64;   ///< rows a step
    float rate = 0.01f;       ///< of Adam
    float decision = 0.001f;  ///< how strongly choices are pushed to 0 or 1
    float free_share = 0.2f;  ///< of the steps, at the beginning, that do not push
    float first_power = 20.f; ///< of the push 1 - |2h - 1|^power, which falls
    float last_power = 2.f;   ///< along a cosine
};

/// Some outputs of a layer: y = clamp(in * transposed(weights) + bias, low, high).
struct rounding_task {
    std::size_t rows = 0;
    std::size_t depth = 0;
    std::size_t outputs = 0;
    const float* in = nullptr;      ///< [rows, depth]
    const float* target = nullptr;  ///< [rows, ...]: before the activation
    std::size_t target_stride = 0;  ///< from one row to the next
    const float* weights = nullptr; ///< [outputs, depth]
    const float* scales = nullptr;  ///< [outputs]
    const float* bias = nullptr;    ///< [outputs]
    std::int32_t lowest = -7;       ///< codes
    std::int32_t highest = 7;
    float low = -std::numeric_limits<float>::infinity(); ///< of the activation that follows
    float high = std::numeric_limits<float>::infinity();
};

namespace detail {

/// The relaxed choice h(v) = clamp(1.2 sigmoid(v) - 0.1, 0, 1) and its slope.
struct soft_choice {
    float h;
    float slope;
};

[[nodiscard]] inline soft_choice choose(float v) noexcept {
    const float s = 1.f / (1.f + std::exp(-v));
    const float h = 1.2f * s - 0.1f;
    if (h <= 0.f)
        return {0.f, 0.f};
    if (h >= 1.f)
        return {1.f, 0.f};
    return {h, 1.2f * s * (1.f - s)};
}

/// The v whose choice is `fraction` of [0, 1].
[[nodiscard]] inline float choice_of(float fraction) noexcept {
    const float s = (fraction + 0.1f) / 1.2f;
    return std::log(s / (1.f - s));
}

class rounding {
public:
    rounding(const rounding_task& task, const rounding_options& options)
        : t_(task), o_(options), floor_(task.outputs * task.depth), v_(floor_.size()), mean_(floor_.size()),
          square_(floor_.size()), slope_(floor_.size()), choice_(floor_.size()), w_(floor_.size()),
          gradient_(floor_.size()), weight_(task.outputs) {
        for (std::size_t i = 0; i < floor_.size(); ++i) {
            const float real = t_.weights[i] / t_.scales[i / t_.depth];
            floor_[i] = std::floor(real);
            v_[i] = choice_of(real - floor_[i]);
        }
    }

    /// Codes, [outputs, depth]: of every output the better of these and the nearest.
    [[nodiscard]] std::vector<float> run(std::uint64_t seed) {
        const std::vector<float> nearest =
            hard([&](std::size_t i) { return std::nearbyint(t_.weights[i] / t_.scales[i / t_.depth]); });
        const std::vector<double> before = losses(nearest);
        for (std::size_t o = 0; o < t_.outputs; ++o)
            weight_[o] = before[o] > 0. ? static_cast<float>(static_cast<double>(t_.depth) / before[o]) : 0.f;
        random_bits bits(seed);
        for (std::size_t step = 0; step < o_.steps && t_.rows != 0; ++step)
            improve(step, bits);
        std::vector<float> codes =
            hard([&](std::size_t i) { return floor_[i] + (v_[i] >= 0.f ? 1.f : 0.f); });
        const std::vector<double> after = losses(codes);
        for (std::size_t o = 0; o < t_.outputs; ++o)
            if (!(after[o] < before[o]))
                std::copy_n(nearest.data() + o * t_.depth, t_.depth, codes.data() + o * t_.depth);
        return codes;
    }

private:
    template <class Code>
    [[nodiscard]] std::vector<float> hard(const Code& code) const {
        std::vector<float> codes(floor_.size());
        for (std::size_t i = 0; i < codes.size(); ++i)
            codes[i] = clamped(code(i));
        return codes;
    }
    [[nodiscard]] float clamped(float code) const noexcept {
        return std::clamp(code, static_cast<float>(t_.lowest), static_cast<float>(t_.highest));
    }
    [[nodiscard]] float activated(float y) const noexcept { return std::clamp(y, t_.low, t_.high); }

    /// Mean squared error of every output over all rows.
    [[nodiscard]] std::vector<double> losses(const std::vector<float>& codes) {
        for (std::size_t i = 0; i < w_.size(); ++i)
            w_[i] = codes[i] * t_.scales[i / t_.depth];
        std::vector<double> sums(t_.outputs);
        for (std::size_t row = 0; row < t_.rows; row += o_.batch) {
            const std::size_t count = std::min(o_.batch, t_.rows - row);
            multiply(t_.in + row * t_.depth, count);
            for (std::size_t r = 0; r < count; ++r)
                for (std::size_t o = 0; o < t_.outputs; ++o) {
                    const float want = activated(t_.target[(row + r) * t_.target_stride + o]);
                    const double e =
                        static_cast<double>(activated(y_[r * t_.outputs + o] + t_.bias[o]) - want);
                    sums[o] += e * e;
                }
        }
        for (auto& s : sums)
            s /= static_cast<double>(std::max<std::size_t>(t_.rows, 1));
        return sums;
    }
    void multiply(const float* in, std::size_t count) {
        y_.resize(count * t_.outputs);
        gemm_nt<float>({count, t_.outputs, t_.depth, t_.depth, t_.depth, t_.outputs}, in, w_.data(),
                       y_.data());
    }

    void improve(std::size_t step, random_bits& bits) {
        for (std::size_t i = 0; i < v_.size(); ++i) {
            const soft_choice c = choose(v_[i]);
            const float code = floor_[i] + c.h;
            const float inside = clamped(code);
            choice_[i] = c.h;
            slope_[i] = code == inside ? c.slope : 0.f;
            w_[i] = inside * t_.scales[i / t_.depth];
        }
        differentiate(bits);
        push(step);
        descend(step);
    }

    /// The gradient of the error with respect to the weights, on rows drawn at random.
    void differentiate(random_bits& bits) {
        in_.resize(o_.batch * t_.depth);
        errors_.resize(t_.outputs * o_.batch);
        picked_.resize(o_.batch);
        for (std::size_t r = 0; r < o_.batch; ++r) {
            picked_[r] = bits.below(t_.rows);
            std::copy_n(t_.in + picked_[r] * t_.depth, t_.depth, in_.data() + r * t_.depth);
        }
        multiply(in_.data(), o_.batch);
        for (std::size_t r = 0; r < o_.batch; ++r)
            for (std::size_t o = 0; o < t_.outputs; ++o) {
                const float y = y_[r * t_.outputs + o] + t_.bias[o];
                const float want = activated(t_.target[picked_[r] * t_.target_stride + o]);
                const float e = y > t_.low && y < t_.high ? y - want : 0.f;
                errors_[o * o_.batch + r] = e * 2.f * weight_[o] / static_cast<float>(o_.batch);
            }
        gemm_nn<float>({t_.outputs, t_.depth, o_.batch, o_.batch, t_.depth, t_.depth}, errors_.data(),
                       in_.data(), gradient_.data());
    }

    /// From the gradient of the weights to that of the choices, and the push to 0 or 1.
    void push(std::size_t step) {
        const float at = static_cast<float>(step) / static_cast<float>(o_.steps);
        const bool pushes = at >= o_.free_share;
        const float turn = pushes ? (at - o_.free_share) / (1.f - o_.free_share) : 0.f;
        const float power = o_.last_power + 0.5f * (o_.first_power - o_.last_power) *
                                                (1.f + std::cos(std::numbers::pi_v<float> * turn));
        for (std::size_t i = 0; i < v_.size(); ++i) {
            float g = gradient_[i] * t_.scales[i / t_.depth];
            const float side = 2.f * choice_[i] - 1.f;
            if (pushes && slope_[i] != 0.f && side != 0.f)
                g -= o_.decision * power * 2.f * std::copysign(std::pow(std::fabs(side), power - 1.f), side);
            gradient_[i] = g * slope_[i];
        }
    }

    void descend(std::size_t step) {
        constexpr float keep_mean = 0.9f;
        constexpr float keep_square = 0.999f;
        const auto n = static_cast<float>(step + 1);
        const float from_mean = 1.f / (1.f - std::pow(keep_mean, n));
        const float from_square = 1.f / (1.f - std::pow(keep_square, n));
        for (std::size_t i = 0; i < v_.size(); ++i) {
            const float g = gradient_[i];
            mean_[i] = keep_mean * mean_[i] + (1.f - keep_mean) * g;
            square_[i] = keep_square * square_[i] + (1.f - keep_square) * g * g;
            v_[i] -= o_.rate * mean_[i] * from_mean / (std::sqrt(square_[i] * from_square) + 1e-8f);
        }
    }

    const rounding_task& t_;
    const rounding_options& o_;
    std::vector<float> floor_;
    std::vector<float> v_;
    std::vector<float> mean_; ///< of the gradient, as Adam keeps it
    std::vector<float> square_;
    std::vector<float> slope_;
    std::vector<float> choice_;
    std::vector<float> w_; ///< of this step
    std::vector<float> gradient_;
    std::vector<float> weight_; ///< of the error of every output: 1 a weight when all are rounded to nearest
    std::vector<float> in_;
    std::vector<float> y_;
    std::vector<float> errors_; ///< [outputs, batch]
    std::vector<std::size_t> picked_;
};

} // namespace detail

/// Codes [outputs, depth] of the weights, each its floor or the one above; of every output never worse, over
/// all rows, than the nearest codes. The same bits for the same seed.
/// @pre scales are positive, options are sensible
[[nodiscard]] inline std::vector<float> round_rows(const rounding_task& task, const rounding_options& options,
                                                   std::uint64_t seed) {
    return detail::rounding(task, options).run(seed);
}

} // namespace pith::quantize

#endif
