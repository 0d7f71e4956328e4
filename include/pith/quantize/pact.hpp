// SPDX-License-Identifier: MIT
#ifndef PITH_QUANTIZE_PACT_HPP
#define PITH_QUANTIZE_PACT_HPP
/// PACT: activations with a learned clip and equally spaced levels. (Choi et al., "PACT: Parameterized
/// clipping activation", 2018.) Its weights are DoReFa's.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "clip.hpp"
#include "training_quantizer.hpp"

namespace pith::quantize {

/// p = {clip}. Codes [0, 2^bits - 1]; scale = clip / (2^bits - 1).
/// Gradients: x passes in (0, clip), the clip gets 1 from there on, and `decay` times itself (the paper's L2
/// term): nothing else draws it back.
struct pact {
    std::uint8_t bits = 4; ///< 2 to 8
    double start = 0;      ///< the first clip (published: 6 to 10); 0: of least squared error
    double decay = 5e-4;   ///< usually that of the weights

    [[nodiscard]] constexpr int highest() const noexcept { return (1 << bits) - 1; }
    [[nodiscard]] static constexpr std::size_t parameters() noexcept { return 1; }

    template <class T>
    void init(input<T> x, std::span<T> p) const {
        start_clip(*this, start, x, p);
    }
    template <class T>
    [[nodiscard]] T forward(input<T> x, input<T> p, std::span<T> codes) const {
        return encode_to_clip(x, p, highest(), codes);
    }
    template <class T>
    void backward(input<T> x, input<T> p, input<T> codes, std::type_identity_t<T>, input<T> g,
                  std::span<T> gx, output<T> gp) const {
        const T clip = clip_of(p);
        const auto sums =
            detail::differentiate<1>(x, codes, g, gx, [=](T v, T, T grad, std::array<T, 1>& terms) {
                terms[0] = keep_if(v >= clip, grad);
                return keep_if((v > T{0}) & (v < clip), grad);
            });
        gp[0] += static_cast<T>(sums[0] + decay * static_cast<double>(clip));
    }
    template <class T>
    void after_update(std::span<T>, output<T> p) const noexcept {
        hold_clip(p);
    }
    template <class T>
    [[nodiscard]] level_list levels(std::span<const T>) const {
        return spaced_levels(0, highest());
    }
};

} // namespace pith::quantize

#endif
