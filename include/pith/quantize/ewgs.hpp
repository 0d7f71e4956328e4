// SPDX-License-Identifier: MIT
#ifndef PITH_QUANTIZE_EWGS_HPP
#define PITH_QUANTIZE_EWGS_HPP
/// EWGS: learned bounds, and gradients scaled element by element by how far rounding moved each. (Lee, Kim,
/// Ham, "Network quantization with element-wise gradient scaling", 2021.)

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "training_quantizer.hpp"

namespace pith::quantize {

/// Width of [lower, upper] below which the bounds are drawn apart.
inline constexpr double least_ewgs_width = 1e-4;

namespace detail {

/// g (1 + delta sign(g) (x_n - x_q)), without a branch: sign(g) g = |g|.
template <class T>
[[nodiscard]] inline T scale_gradient(T g, T delta, T moved) noexcept {
    return g + delta * std::fabs(g) * moved;
}

/// The bounds in use.
template <class T>
struct ewgs_bounds {
    T lower{};
    T width{};

    ewgs_bounds(T upper, T low) noexcept
        : lower(low), width(std::max(upper - low, static_cast<T>(least_ewgs_width))) {}
};

/// The paper's delta: curvature over three deviations of the gradient, both by x_q; never so large that a
/// gradient, which rounding moved by at most 1 / (2 n), would turn its sign.
/// @param codes how many codes x_q = 1 spans @param n levels but one
[[nodiscard]] inline double ewgs_delta(double curvature, double reach, int codes, int n) noexcept {
    if (!(reach > 0 && curvature > 0))
        return 0;
    return std::min(codes * curvature / reach, 2. * n);
}

} // namespace detail

/// p = {upper, lower, output scale s, delta}. x_n = clip((x - lower) / (upper - lower), 0, 1), q = round(n
/// x_n) with n = 2^bits - 1; the quantised x is |s| (2 q / n - 1): codes are the odd numbers 2 q - n, scale =
/// |s| / n. Gradients: with x_q = q / n, x_n gets g (1 + delta sign(g) (x_n - x_q)), g that of x_q; x and the
/// bounds get theirs where 0 < x_n < 1. delta = 0 is the straight-through estimator.
struct ewgs_weights {
    std::uint8_t bits = 2; ///< 1 to 7
    double delta = 1e-3;   ///< the first, and the only one unless it is adapted
    /// From 2 bits on the first bounds are of least squared error, at once with s; else they are the paper's
    /// 3 standard deviations.
    bool fitted = true;

    static constexpr double least_scale = 1e-6;

    [[nodiscard]] constexpr int last() const noexcept { return (1 << bits) - 1; }
    [[nodiscard]] static constexpr std::size_t parameters() noexcept { return 4; }

    /// s of least squared error (see ewgs_output_scale for the paper's).
    template <class T>
    void init(input<T> x, std::span<T> p) const {
        const std::vector<T> few = detail::sample<T>(x);
        p[0] = static_cast<T>(std::max(3 * moments_of(x).deviation, least_ewgs_width));
        if (fitted && bits > 1)
            fit_range(centred{*this}, few, static_cast<double>(largest_magnitude<T>(few)), p);
        p[1] = -p[0];
        std::vector<T> codes(few.size());
        p[2] = centred{*this}.forward(few, input<T>(p), std::span<T>(codes)) * static_cast<T>(last());
        p[3] = static_cast<T>(delta);
    }
    template <class T>
    [[nodiscard]] T forward(input<T> x, input<T> p, std::span<T> codes) const {
        const detail::ewgs_bounds<T> to(p[0], p[1]);
        const T n = static_cast<T>(last());
        const T step = to.width / n;
        detail::map<T>(x, codes,
                       [=](T v) { return T{2} * round_clamped((v - to.lower) / step, T{0}, n) - n; });
        return scale_of(p) / n;
    }
    template <class T>
    void backward(input<T> x, input<T> p, input<T> codes, std::type_identity_t<T>, input<T> g,
                  std::span<T> gx, output<T> gp) const {
        const detail::ewgs_bounds<T> to(p[0], p[1]);
        const T part = T{1} / static_cast<T>(last());
        const T slope = T{2} * scale_of(p);
        const T by = p[3];
        const auto sums =
            detail::differentiate<3>(x, codes, g, gx, [=](T v, T code, T grad, std::array<T, 3>& terms) {
                const T at = (v - to.lower) / to.width;
                const T level = (code * part + T{1}) * T{0.5};
                const T scaled = detail::scale_gradient(grad * slope, by, at - level) / to.width;
                const T kept = keep_if((at > T{0}) & (at < T{1}), scaled);
                terms[0] = -at * kept;
                terms[1] = (at - T{1}) * kept;
                terms[2] = grad * code;
                return kept;
            });
        gp[0] += static_cast<T>(sums[0]);
        gp[1] += static_cast<T>(sums[1]);
        gp[2] += static_cast<T>(p[2] < T{0} ? -sums[2] : sums[2]) * part;
    }
    template <class T>
    void after_update(std::span<T>, output<T> p) const noexcept {
        p[0] = std::max(p[0], p[1] + static_cast<T>(least_ewgs_width));
    }
    /// @param curvature mean second derivative of the loss by a code @param reach three deviations of the
    /// first
    template <class T>
    void adapt(double curvature, double reach, std::span<T> p) const noexcept {
        p[3] = static_cast<T>(detail::ewgs_delta(curvature, reach, 2 * last(), last()));
    }
    template <class T>
    [[nodiscard]] level_list levels(std::span<const T>) const {
        return spaced_levels(-last(), last(), 2);
    }

private:
    template <class T>
    [[nodiscard]] static T scale_of(std::span<const T> p) noexcept {
        return std::max(std::fabs(p[2]), static_cast<T>(least_scale));
    }
    /// Bounds at -p[0] and p[0], and the scale that then has the least squared error.
    struct centred {
        const ewgs_weights& to;

        template <class T>
        [[nodiscard]] T forward(input<T> x, input<T> p, std::span<T> codes) const {
            const std::array<T, 3> bounds{p[0], -p[0], T{1}}; // all that forward reads
            (void)to.forward(x, input<T>(bounds), codes);
            double products = 0;
            double squares = 0;
            for (std::size_t i = 0; i < x.size(); ++i) {
                products += static_cast<double>(x[i]) * static_cast<double>(codes[i]);
                squares += static_cast<double>(codes[i]) * static_cast<double>(codes[i]);
            }
            const double scale = products / squares;
            return static_cast<T>(scale * to.last() > least_scale ? scale : 1.0 / to.last());
        }
    };
};

/// p = {upper, lower, delta}. x_n and its gradient as with weights; codes q in [0, 2^bits - 1] ({0, 1} at 1
/// bit). Inputs are not negative: the lower bound rests at 0 unless `learn_lower`.
struct ewgs_activations {
    std::uint8_t bits = 2; ///< 1 to 8
    double delta = 1e-3;   ///< the first, and the only one unless it is adapted
    /// The paper's: the quantised x is q / n in [0, 1], and the layer's output scale makes up for it. Else it
    /// is (upper - lower) q / n, which keeps the size of the float network.
    bool normalized = false;
    bool learn_lower = false; ///< the paper's; codes then count from a bound that no zero point may express
    /// The first upper bound is of least squared error. Else it is the paper's 3 deviation / sqrt(1 - 2 /
    /// pi): three deviations of the bell whose positive half x is.
    bool fitted = true;

    [[nodiscard]] constexpr int last() const noexcept { return (1 << bits) - 1; }
    [[nodiscard]] static constexpr std::size_t parameters() noexcept { return 3; }

    template <class T>
    void init(input<T> x, std::span<T> p) const {
        const double deviation = moments_of(x).deviation;
        p[0] = deviation > least_ewgs_width ? static_cast<T>(3 * deviation / 0.60281027498) : T{1};
        p[1] = T{0};
        p[2] = static_cast<T>(delta);
        if (fitted) {
            ewgs_activations real = *this;
            real.normalized = false;
            fit_range(real, x, static_cast<double>(largest_magnitude<T>(x)), p);
        }
    }
    template <class T>
    [[nodiscard]] T forward(input<T> x, input<T> p, std::span<T> codes) const {
        const detail::ewgs_bounds<T> to(p[0], p[1]);
        const T n = static_cast<T>(last());
        encode_evenly(x, to.lower, to.width / n, T{0}, n, codes);
        return (normalized ? T{1} : to.width) / n;
    }
    template <class T>
    void backward(input<T> x, input<T> p, input<T> codes, std::type_identity_t<T>, input<T> g,
                  std::span<T> gx, output<T> gp) const {
        const detail::ewgs_bounds<T> to(p[0], p[1]);
        const T part = T{1} / static_cast<T>(last());
        const T size = normalized ? T{1} : to.width; // of the quantised x against x_q
        const T by = p[2];
        const auto sums =
            detail::differentiate<3>(x, codes, g, gx, [=](T v, T code, T grad, std::array<T, 3>& terms) {
                const T at = (v - to.lower) / to.width;
                const T level = code * part;
                const T scaled = detail::scale_gradient(grad * size, by, at - level) / to.width;
                const T kept = keep_if((at > T{0}) & (at < T{1}), scaled);
                terms[0] = -at * kept;
                terms[1] = (at - T{1}) * kept;
                terms[2] = grad * level;
                return kept;
            });
        const double of_width = normalized ? 0.0 : sums[2];
        gp[0] += static_cast<T>(sums[0] + of_width);
        if (learn_lower)
            gp[1] += static_cast<T>(sums[1] - of_width);
    }
    template <class T>
    void after_update(std::span<T>, output<T> p) const noexcept {
        p[0] = std::max(p[0], p[1] + static_cast<T>(least_ewgs_width));
    }
    /// As of the weights.
    template <class T>
    void adapt(double curvature, double reach, std::span<T> p) const noexcept {
        p[2] = static_cast<T>(detail::ewgs_delta(curvature, reach, last(), last()));
    }
    template <class T>
    [[nodiscard]] level_list levels(std::span<const T>) const {
        return spaced_levels(0, last());
    }
};

/// The paper's first output scale: the mean magnitude of what a layer computes in float over that of what it
/// computes from quantised inputs and weights with s = 1.
template <class T>
[[nodiscard]] T ewgs_output_scale(std::span<const T> real, std::span<const T> quantized) {
    const auto size = [](T v) { return std::fabs(v); };
    const double most = detail::sum_of(quantized, size) / static_cast<double>(quantized.size());
    const double scale = detail::sum_of(real, size) / static_cast<double>(real.size()) / most;
    return most > 0 && scale > ewgs_weights::least_scale ? static_cast<T>(scale) : T{1};
}

} // namespace pith::quantize

#endif
