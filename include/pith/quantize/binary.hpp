// SPDX-License-Identifier: MIT
#ifndef PITH_QUANTIZE_BINARY_HPP
#define PITH_QUANTIZE_BINARY_HPP
/// Binary networks: weights that are signs, with the mean magnitude as scale (Rastegari et al., "XNOR-Net",
/// 2016; Zhou et al., "DoReFa-Net", 2016) or without (Courbariaux et al., "BinaryConnect", 2015), and
/// activations that are.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

#include "training_quantizer.hpp"

namespace pith::quantize {

/// What the sign's gradient is taken for.
enum class binary_gradient : std::uint8_t {
    straight, ///< passes (DoReFa)
    clipped,  ///< passes where |x| <= 1 (BinaryConnect)
    exact,    ///< as clipped times the scale, and the scale's own share (XNOR-Net): small numbers, for Adam
};

/// Codes 1 for x >= 0, -1 else; scale = mean|x|, or 1 if not `scaled`.
/// Weights are kept in [-1, 1] unless gradients are straight: beyond, they would never turn.
struct binary_weights {
    bool scaled = true;
    binary_gradient gradient = binary_gradient::clipped;

    [[nodiscard]] static constexpr std::size_t parameters() noexcept { return 0; }

    template <class T>
    void init(input<T>, std::span<T>) const noexcept {}

    template <class T>
    [[nodiscard]] T forward(input<T> x, input<T>, std::span<T> codes) const {
        detail::map<T>(x, codes, [](T v) { return std::copysign(T{1}, v + T{0}); });
        if (!scaled)
            return T{1};
        const double total = detail::sum_of<T>(x, [](T v) { return std::fabs(v); });
        return total > 1e-30 ? static_cast<T>(total / static_cast<double>(x.size())) : T{1};
    }
    template <class T>
    void backward(input<T> x, input<T>, input<T> codes, std::type_identity_t<T> scale, input<T> g,
                  std::span<T> gx, output<T>) const {
        const bool is_exact = gradient == binary_gradient::exact;
        const bool always = gradient == binary_gradient::straight;
        const T slope = is_exact ? scale : T{1};
        T share{0};
        if (is_exact && scaled)
            share = static_cast<T>(detail::sum_of_products<T>(codes, g) / static_cast<double>(x.size()));
        (void)detail::differentiate<0>(x, codes, g, gx, [=](T v, T code, T grad, std::array<T, 0>&) {
            return keep_if((std::fabs(v) <= T{1}) | always, grad * slope) + code * share;
        });
    }
    template <class T>
    void after_update(std::span<T> x, output<T>) const noexcept {
        if (gradient != binary_gradient::straight)
            for (T& v : x)
                v = std::clamp(v, T{-1}, T{1});
    }
    template <class T>
    [[nodiscard]] level_list levels(std::span<const T>) const {
        return spaced_levels(-1, 1, 2);
    }
};

/// Signs of activations: codes 1 for x >= 0, -1 else; scale 1. Behind a batch normalisation, not a rectifier.
/// The gradient is clipped, or that of a polynomial near the sign (Liu et al., "Bi-Real Net", 2018).
struct binary_activations {
    /// What they are put on is what a rectifier in front of the layer would read.
    static constexpr bool replaces_rectifier = true;

    bool polynomial = true; ///< slope 2 - 2 |x| where |x| < 1; else 1 there

    [[nodiscard]] static constexpr std::size_t parameters() noexcept { return 0; }

    template <class T>
    void init(input<T>, std::span<T>) const noexcept {}
    template <class T>
    [[nodiscard]] T forward(input<T> x, input<T>, std::span<T> codes) const {
        detail::map<T>(x, codes, [](T v) { return std::copysign(T{1}, v + T{0}); });
        return T{1};
    }
    template <class T>
    void backward(input<T> x, input<T>, input<T> codes, std::type_identity_t<T>, input<T> g, std::span<T> gx,
                  output<T>) const {
        const T bent = polynomial ? T{1} : T{0};
        (void)detail::differentiate<0>(x, codes, g, gx, [=](T v, T, T grad, std::array<T, 0>&) {
            return keep_if(std::fabs(v) <= T{1}, grad * (T{1} + bent * (T{1} - 2 * std::fabs(v))));
        });
    }
    template <class T>
    void after_update(std::span<T>, output<T>) const noexcept {}
    template <class T>
    [[nodiscard]] level_list levels(std::span<const T>) const {
        return spaced_levels(-1, 1, 2);
    }
};

} // namespace pith::quantize

#endif
