// SPDX-License-Identifier: MIT
#ifndef PITH_QUANTIZE_UNIFORM_STE_HPP
#define PITH_QUANTIZE_UNIFORM_STE_HPP
/// Uniform quantisation for training: equally spaced levels of least squared error, gradients passed straight
/// through where nothing is clipped. (Bengio et al., "Estimating or propagating gradients", 2013.)

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "training_quantizer.hpp"

namespace pith::quantize {

/// p = {step}, fitted, not learned. Signed codes [-(2^(bits-1) - 1), 2^(bits-1) - 1] as quantize::uniform has
/// them, unsigned [0, 2^bits - 1]; scale = step.
struct uniform_ste {
    std::uint8_t bits = 8; ///< 2 to 8
    bool is_signed = true;

    static constexpr double least_step = 1e-8;

    [[nodiscard]] constexpr int highest() const noexcept { return (1 << (is_signed ? bits - 1 : bits)) - 1; }
    [[nodiscard]] constexpr int lowest() const noexcept { return is_signed ? -highest() : 0; }
    [[nodiscard]] static constexpr std::size_t parameters() noexcept { return 1; }

    template <class T>
    void init(input<T> x, std::span<T> p) const {
        fit_range(*this, x, static_cast<double>(largest_magnitude(x)) / highest(), p);
    }
    template <class T>
    [[nodiscard]] T forward(input<T> x, input<T> p, std::span<T> codes) const {
        encode_evenly(x, T{0}, p[0], static_cast<T>(lowest()), static_cast<T>(highest()), codes);
        return p[0];
    }
    template <class T>
    void backward(input<T> x, input<T> p, input<T> codes, std::type_identity_t<T>, input<T> g,
                  std::span<T> gx, output<T>) const {
        const T low = static_cast<T>(lowest()) * p[0];
        const T high = static_cast<T>(highest()) * p[0];
        (void)detail::differentiate<0>(x, codes, g, gx, [=](T v, T, T grad, std::array<T, 0>&) {
            return keep_if((v >= low) & (v <= high), grad);
        });
    }
    /// Weights drift: the step follows them to the least squares fit of their present codes.
    template <class T>
    void after_update(std::span<T> x, output<T> p) const {
        const T step = p[0];
        const T low = static_cast<T>(lowest());
        const T high = static_cast<T>(highest());
        const auto code = [=](T v) { return round_clamped(v / step, low, high); };
        const double squares = detail::sum_of<T>(x, [=](T v) { return code(v) * code(v); });
        const double fitted = detail::sum_of<T>(x, [=](T v) { return code(v) * v; }) / squares;
        if (fitted > least_step)
            p[0] = static_cast<T>(fitted);
    }
    template <class T>
    [[nodiscard]] level_list levels(std::span<const T>) const {
        return spaced_levels(lowest(), highest());
    }
};

} // namespace pith::quantize

#endif
