// SPDX-License-Identifier: MIT
#ifndef PITH_QUANTIZE_TERNARY_HPP
#define PITH_QUANTIZE_TERNARY_HPP
/// Ternary weights: {-1, 0, 1} times one scale. (Li, Zhang, Liu, "Ternary weight networks", 2016.)

#include <array>
#include <cmath>
#include <cstddef>
#include <span>

#include "training_quantizer.hpp"

namespace pith::quantize {

/// Zero up to `threshold` times the mean magnitude; scale = the mean magnitude beyond. Gradients pass.
struct ternary {
    double threshold = 0.7;

    [[nodiscard]] static constexpr std::size_t parameters() noexcept { return 0; }

    template <class T>
    void init(input<T>, std::span<T>) const noexcept {}

    template <class T>
    [[nodiscard]] T forward(input<T> x, input<T>, std::span<T> codes) const {
        const double total = detail::sum_of<T>(x, [](T v) { return std::fabs(v); });
        const T least = static_cast<T>(threshold * total / static_cast<double>(x.size()));
        detail::map<T>(x, codes, [=](T v) {
            return static_cast<T>(static_cast<int>(v > least) - static_cast<int>(v < -least));
        });
        const double sum =
            detail::sum_of<T>(x, [=](T v) { return keep_if(std::fabs(v) > least, std::fabs(v)); });
        const double count = detail::sum_of<T>(codes, [](T code) { return code * code; });
        return sum > 1e-30 ? static_cast<T>(sum / count) : T{1};
    }
    template <class T>
    void backward(input<T> x, input<T>, input<T> codes, std::type_identity_t<T>, input<T> g, std::span<T> gx,
                  output<T>) const {
        (void)detail::differentiate<0>(x, codes, g, gx, [](T, T, T grad, std::array<T, 0>&) { return grad; });
    }
    template <class T>
    void after_update(std::span<T>, output<T>) const noexcept {}

    template <class T>
    [[nodiscard]] level_list levels(std::span<const T>) const {
        return spaced_levels(-1, 1);
    }
};

} // namespace pith::quantize

#endif
