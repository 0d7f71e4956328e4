// SPDX-License-Identifier: MIT
#ifndef PITH_QUANTIZE_LSQ_HPP
#define PITH_QUANTIZE_LSQ_HPP
/// LSQ: equally spaced levels whose step is learned. (Esser et al., "Learned step size quantization", 2020.)

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

#include "training_quantizer.hpp"

namespace pith::quantize {

/// p = {step}. Signed codes [-2^(bits-1), 2^(bits-1) - 1], unsigned [0, 2^bits - 1]; scale = step.
/// Gradients: x passes where x / step lies strictly between the ends; the step gets round(x / step) - x /
/// step there and the end outside, times 1 / sqrt(features * highest), without which training diverges.
struct lsq {
    std::uint8_t bits = 4; ///< 2 to 8
    bool is_signed = true;
    std::size_t features = 0; ///< elements of one sample of an activation; 0: all of x
    /// The first step is of least squared error: a trained network keeps most of its accuracy. Else it is the
    /// paper's 2 mean|x| / sqrt(highest), almost twice as wide, from which many epochs have to come back.
    bool fitted = true;

    static constexpr double least_step = 1e-8;

    [[nodiscard]] constexpr int lowest() const noexcept { return is_signed ? -(1 << (bits - 1)) : 0; }
    [[nodiscard]] constexpr int highest() const noexcept { return (1 << (is_signed ? bits - 1 : bits)) - 1; }
    [[nodiscard]] static constexpr std::size_t parameters() noexcept { return 1; }

    template <class T>
    void init(input<T> x, std::span<T> p) const {
        if (fitted)
            return fit_range(*this, x, static_cast<double>(largest_magnitude<T>(x)) / highest(), p);
        const double mean =
            detail::sum_of(x, [](T v) { return std::fabs(v); }) / static_cast<double>(x.size());
        p[0] = mean > least_step ? static_cast<T>(2 * mean / std::sqrt(highest())) : T{1};
    }
    template <class T>
    [[nodiscard]] T forward(input<T> x, input<T> p, std::span<T> codes) const {
        const T step = step_of(p);
        encode_evenly(x, T{0}, step, static_cast<T>(lowest()), static_cast<T>(highest()), codes);
        return step;
    }
    template <class T>
    void backward(input<T> x, input<T> p, input<T> codes, std::type_identity_t<T>, input<T> g,
                  std::span<T> gx, output<T> gp) const {
        const T step = step_of(p);
        const T low = static_cast<T>(lowest());
        const T high = static_cast<T>(highest());
        const auto sums =
            detail::differentiate<1>(x, codes, g, gx, [=](T v, T code, T grad, std::array<T, 1>& terms) {
                const T at = v / step;
                const bool inside = (at > low) & (at < high);
                terms[0] = grad * (code - keep_if(inside, at));
                return keep_if(inside, grad);
            });
        const double n = static_cast<double>(features > 0 ? features : x.size());
        gp[0] += static_cast<T>(sums[0] / std::sqrt(n * highest()));
    }
    template <class T>
    void after_update(std::span<T>, output<T> p) const noexcept {
        p[0] = std::max(p[0], static_cast<T>(least_step));
    }
    template <class T>
    [[nodiscard]] level_list levels(std::span<const T>) const {
        return spaced_levels(lowest(), highest());
    }

private:
    template <class T>
    [[nodiscard]] static T step_of(std::span<const T> p) noexcept {
        return std::max(p[0], static_cast<T>(least_step));
    }
};

} // namespace pith::quantize

#endif
