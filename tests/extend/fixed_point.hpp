// SPDX-License-Identifier: MIT
#ifndef MINE_FIXED_POINT_HPP
#define MINE_FIXED_POINT_HPP
/// A quantizer for training that the library does not have, and its name: weights in fixed point, whose scale
/// is a shift. Gradients pass straight through (Bengio et al., 2013).

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

#include <pith/pith.hpp>

namespace mine {

/// Its parameter is the step, the least power of two that clips no weight.
struct fixed_point {
    std::uint8_t bits = 4; ///< 2 to 8

    [[nodiscard]] int highest() const { return (1 << (bits - 1)) - 1; }
    [[nodiscard]] static constexpr std::size_t parameters() { return 1; }

    template <class T>
    void init(std::span<const T> x, std::span<T> p) const {
        T most{0};
        for (const T v : x)
            most = std::max(most, std::fabs(v));
        p[0] = most > 0 ? std::exp2(std::ceil(std::log2(most / static_cast<T>(highest())))) : T{1};
    }
    template <class T>
    T forward(std::span<const T> x, std::span<const T> p, std::span<T> codes) const {
        const T most = static_cast<T>(highest());
        for (std::size_t i = 0; i < x.size(); ++i)
            codes[i] = std::clamp(std::nearbyint(x[i] / p[0]), -most, most);
        return p[0];
    }
    template <class T>
    void backward(std::span<const T>, std::span<const T>, std::span<const T>, T, std::span<const T> g,
                  std::span<T> gx, std::span<T>) const {
        std::copy(g.begin(), g.end(), gx.begin());
    }
    template <class T>
    void after_update(std::span<T> x, std::span<T> p) const {
        init(std::span<const T>(x), p);
    }
    template <class T>
    [[nodiscard]] pith::quantize::level_list levels(std::span<const T>) const {
        return pith::quantize::spaced_levels(-highest(), highest());
    }
};

/// fixed2 to fixed8.
inline constexpr pith::quantize::named_quantizer<fixed_point> named_fixed_point{
    "fixed", 2, 8, "fixed-point weights have 2 to 8 bits: fixed2 ... fixed8",
    [](std::uint8_t bits) { return fixed_point{bits}; }};

} // namespace mine

#endif
