// SPDX-License-Identifier: MIT
#ifndef PITH_QUANTIZE_DOREFA_HPP
#define PITH_QUANTIZE_DOREFA_HPP
/// DoReFa: weights squeezed by tanh into equally spaced levels, activations clipped at a constant. (Zhou et
/// al., "DoReFa-Net", 2016.) Nothing is learned beside the weights. Its 1-bit weights are `binary`.

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

#include "clip.hpp"
#include "training_quantizer.hpp"

namespace pith::quantize {

namespace detail {

/// In single precision to a relative error of 4e-7, without a call, so that loops are vectorised: an odd
/// polynomial over an even one (coefficients: Eigen's ptanh).
template <class T>
[[nodiscard]] inline T tanh_of(T v) noexcept {
    if constexpr (!std::is_same_v<T, float>) {
        return std::tanh(v);
    } else {
        constexpr float end = 7.90531110763549805f; // rounds to 1 from here on
        v = v < end ? v : end;
        v = v > -end ? v : -end;
        const float x = v * v;
        float p = -2.76076847742355e-16f;
        p = p * x + 2.00018790482477e-13f;
        p = p * x - 8.60467152213735e-11f;
        p = p * x + 5.12229709037114e-08f;
        p = p * x + 1.48572235717979e-05f;
        p = p * x + 6.37261928875436e-04f;
        p = p * x + 4.89352455891786e-03f;
        float q = 1.19825839466702e-06f;
        q = q * x + 1.18534705686654e-04f;
        q = q * x + 2.26843463243900e-03f;
        q = q * x + 4.89352518554385e-03f;
        return v * p / q;
    }
}

} // namespace detail

/// 2 q / n - 1 with n = 2^bits - 1 and q = round(n (tanh(x) / (2 m) + 1/2)), m = max|tanh(x)|: codes are the
/// odd numbers 2 q - n (bits - 1 bits and a sign: zero is not among them), scale = 1 / n, times m unless
/// `rescale` is off. m counts as a constant in the gradient.
struct dorefa_weights {
    std::uint8_t bits = 4; ///< 2 to 7
    bool rescale = true;   ///< keep the size of the weights; a batch normalisation behind would absorb it

    [[nodiscard]] constexpr int last() const noexcept { return (1 << bits) - 1; }
    [[nodiscard]] static constexpr std::size_t parameters() noexcept { return 0; }

    template <class T>
    void init(input<T>, std::span<T>) const noexcept {}

    template <class T>
    [[nodiscard]] T forward(input<T> x, input<T>, std::span<T> codes) const {
        const T most = largest_tanh(x);
        const T n = static_cast<T>(last());
        const T step = T{2} * most / n;
        detail::map<T>(x, codes, [=](T v) {
            return T{2} * round_clamped((detail::tanh_of(v) + most) / step, T{0}, n) - n;
        });
        return (rescale ? most : T{1}) / n;
    }
    template <class T>
    void backward(input<T> x, input<T>, input<T> codes, std::type_identity_t<T>, input<T> g, std::span<T> gx,
                  output<T>) const {
        const T factor = rescale ? T{1} : T{1} / largest_tanh(x);
        (void)detail::differentiate<0>(x, codes, g, gx, [=](T v, T, T grad, std::array<T, 0>&) {
            const T t = detail::tanh_of(v);
            return grad * factor * (T{1} - t * t);
        });
    }
    template <class T>
    void after_update(std::span<T>, output<T>) const noexcept {}

    template <class T>
    [[nodiscard]] level_list levels(std::span<const T>) const {
        return spaced_levels(-last(), last(), 2);
    }

private:
    template <class T>
    [[nodiscard]] static T largest_tanh(std::span<const T> x) noexcept {
        const T most = detail::tanh_of(largest_magnitude<T>(x));
        return most > T(1e-8) ? most : T{1};
    }
};

/// p = {clip}, which is not learned: its gradient is 0. Codes [0, 2^bits - 1], scale = clip / (2^bits - 1);
/// x passes in (0, clip).
struct dorefa_activations {
    std::uint8_t bits = 4; ///< 1 to 8
    /// 0: of least squared error on the first values; the paper's 1 is for networks that never knew another:
    /// sums of residual branches, trained in float, reach much further.
    double clip = 0;

    [[nodiscard]] constexpr int highest() const noexcept { return (1 << bits) - 1; }
    [[nodiscard]] static constexpr std::size_t parameters() noexcept { return 1; }

    template <class T>
    void init(input<T> x, std::span<T> p) const {
        start_clip(*this, clip, x, p);
    }
    template <class T>
    [[nodiscard]] T forward(input<T> x, input<T> p, std::span<T> codes) const {
        return encode_to_clip(x, p, highest(), codes);
    }
    template <class T>
    void backward(input<T> x, input<T> p, input<T> codes, std::type_identity_t<T>, input<T> g,
                  std::span<T> gx, output<T>) const {
        const T end = clip_of(p);
        (void)detail::differentiate<0>(x, codes, g, gx, [=](T v, T, T grad, std::array<T, 0>&) {
            return keep_if((v > T{0}) & (v < end), grad);
        });
    }
    template <class T>
    void after_update(std::span<T>, output<T>) const noexcept {}

    template <class T>
    [[nodiscard]] level_list levels(std::span<const T>) const {
        return spaced_levels(0, highest());
    }
};

} // namespace pith::quantize

#endif
