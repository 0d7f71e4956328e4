// SPDX-License-Identifier: MIT
#ifndef PITH_QUANTIZE_APOT_HPP
#define PITH_QUANTIZE_APOT_HPP
/// APoT: levels that are sums of powers of two, with a learned clip. (Li, Dong, Wang, "Additive powers-of-two
/// quantization", 2020.) Up to 5 bits of magnitude their numerators are integers of at most 100.

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "clip.hpp"
#include "training_quantizer.hpp"

namespace pith::quantize {

/// The numerators, ascending from 0, of the levels of 1 to 5 bits of magnitude; the last is their
/// denominator.
struct apot_grid {
    std::array<std::uint8_t, 32> numerators{};
    std::size_t size = 0;

    [[nodiscard]] constexpr int denominator() const noexcept { return numerators[size - 1]; }
};

namespace detail {

/// Each level is a sum of one term of each set; terms are powers of two over a common denominator.
struct apot_terms {
    std::array<std::uint8_t, 4> first{0};
    std::array<std::uint8_t, 4> second{0};
    std::array<std::uint8_t, 2> third{0};
};

inline constexpr std::array<apot_terms, 5> apot_sets{{
    {{0, 1}, {}, {}},
    {{0, 4, 2, 1}, {}, {}},
    {{0, 8, 4, 1}, {}, {0, 2}},
    {{0, 32, 8, 2}, {0, 16, 4, 1}, {}},
    {{0, 64, 16, 2}, {0, 32, 8, 1}, {0, 4}},
}};

} // namespace detail

/// @pre bits in [1, 5]
[[nodiscard]] constexpr apot_grid make_apot_grid(unsigned bits) noexcept {
    const detail::apot_terms& terms = detail::apot_sets[bits - 1];
    std::array<bool, 128> reached{};
    for (const unsigned a : terms.first)
        for (const unsigned b : terms.second)
            for (const unsigned c : terms.third)
                reached[a + b + c] = true;
    apot_grid grid;
    for (std::size_t i = 0; i < reached.size(); ++i)
        if (reached[i])
            grid.numerators[grid.size++] = static_cast<std::uint8_t>(i);
    return grid;
}

namespace detail {

/// Nearest numerators by one look-up: between two integers lies at most one border, a multiple of 1/2, so
/// that ceil(2 v) decides; v on a border goes to the lower level.
template <class T>
class apot_lookup {
public:
    explicit apot_lookup(const apot_grid& grid) noexcept : last_(static_cast<T>(2 * grid.denominator())) {
        std::size_t level = 0;
        for (int i = 0; i <= 2 * grid.denominator(); ++i) {
            if (level + 1 < grid.size && i > grid.numerators[level] + grid.numerators[level + 1])
                ++level;
            nearest_[static_cast<std::size_t>(i)] = static_cast<T>(grid.numerators[level]);
        }
    }

    /// codes[i] = numerator nearest to the magnitude of (x[i] - offset) / (2 half), with its sign; or, not
    /// signed, 0 where that is negative.
    template <bool Signed>
    void project(std::span<const T> x, T offset, T half, std::span<T> codes) const {
        (void)reduce<0>(x.size(), [&](std::size_t from, std::size_t to, const auto&) {
            for_blocks(from, to, [&](std::size_t first, std::size_t count) {
                block<T> b;
                std::array<std::int32_t, block_size> at;
                load(b, x, first, count);
                const T most = last_;
                for (std::size_t j = 0; j < block_size; ++j) {
                    b[j] = (b[j] - offset) / half;
                    at[j] = index_of(Signed ? std::fabs(b[j]) : b[j], most);
                }
                for (std::size_t j = 0; j < block_size; ++j) {
                    const T level = nearest_[static_cast<std::size_t>(at[j])];
                    b[j] = Signed ? std::copysign(level, b[j]) + T{0} : level; // no negative zeros
                }
                store(b, codes, first, count);
            });
        });
    }

private:
    /// ceil(v), at least 0 (NaN too) and at most `most`.
    [[nodiscard]] static std::int32_t index_of(T v, T most) noexcept {
        v = v > T{0} ? v : T{0};
        v = v < most ? v : most;
        const std::int32_t whole = static_cast<std::int32_t>(v);
        return whole + static_cast<std::int32_t>(v > static_cast<T>(whole));
    }

    T last_;
    std::array<T, 201> nearest_{};
};

} // namespace detail

/// p = {clip, in standard deviations}. Weights are normalised, w = (x - mean) / (deviation + 1e-5), no
/// gradient through either; codes are signed numerators of bits - 1 bits of magnitude (2 bits: {-1, 0, 1}).
/// scale = clip / denominator, times the deviation unless `rescale` is off. A tie goes to the lower
/// magnitude. Gradients: the clip gets sign(w) where |w| > clip, level - w / clip else.
struct apot_weights {
    std::uint8_t bits = 4;    ///< 2 to 6
    bool rescale = true;      ///< keep the size of the weights; a batch normalisation behind would absorb it
    bool pass_clipped = true; ///< gradients pass clipped weights too, as in the authors' code
    double start = 0;         ///< the first clip (the paper's: 3); 0: of least squared error

    [[nodiscard]] constexpr apot_grid grid() const noexcept { return make_apot_grid(bits - 1u); }
    [[nodiscard]] static constexpr std::size_t parameters() noexcept { return 1; }

    template <class T>
    void init(input<T> x, std::span<T> p) const {
        p[0] = static_cast<T>(start);
        if (start <= 0)
            fit_clip(x, p);
    }
    template <class T>
    [[nodiscard]] T forward(input<T> x, input<T> p, std::span<T> codes) const {
        const moments m = normalisation(x);
        const apot_grid levels = grid();
        const double scale = m.deviation * static_cast<double>(clip_of(p)) / levels.denominator();
        detail::apot_lookup<T>(levels).template project<true>(x, static_cast<T>(m.mean),
                                                              static_cast<T>(scale / 2), codes);
        return static_cast<T>(rescale ? scale : scale / m.deviation);
    }
    template <class T>
    void backward(input<T> x, input<T> p, input<T> codes, std::type_identity_t<T>, input<T> g,
                  std::span<T> gx, output<T> gp) const {
        const moments m = normalisation(x);
        const double factor = rescale ? m.deviation : 1.0;
        const T mean = static_cast<T>(m.mean);
        const T whole = static_cast<T>(m.deviation * static_cast<double>(clip_of(p)));
        const T pass = static_cast<T>(factor / m.deviation);
        const T part = T{1} / static_cast<T>(grid().denominator());
        const bool always = pass_clipped;
        const auto sums =
            detail::differentiate<1>(x, codes, g, gx, [=](T v, T code, T grad, std::array<T, 1>& terms) {
                const T at = (v - mean) / whole;
                const bool inside = (at >= T{-1}) & (at <= T{1});
                terms[0] = grad * (code * part - keep_if(inside, at));
                return keep_if(inside | always, grad * pass);
            });
        gp[0] += static_cast<T>(sums[0] * factor);
    }
    template <class T>
    void after_update(std::span<T>, output<T> p) const noexcept {
        hold_clip(p);
    }
    template <class T>
    [[nodiscard]] level_list levels(std::span<const T>) const {
        const apot_grid positive = grid();
        level_list out;
        for (std::size_t i = positive.size; i-- > 1;)
            out.push_back(static_cast<std::int16_t>(-positive.numerators[i]));
        out.insert(out.end(), positive.numerators.begin(),
                   positive.numerators.begin() + static_cast<std::ptrdiff_t>(positive.size));
        return out;
    }

private:
    template <class T>
    [[nodiscard]] static moments normalisation(std::span<const T> x) {
        moments m = moments_of(x);
        m.deviation += 1e-5;
        return m;
    }
    /// On normalised weights, which are no longer what is learned from.
    template <class T>
    void fit_clip(std::span<const T> x, std::span<T> p) const {
        const moments m = normalisation(x);
        std::vector<T> few = detail::sample<T>(x);
        for (T& v : few)
            v = (v - static_cast<T>(m.mean)) / static_cast<T>(m.deviation);
        fit_range(projection{grid()}, few, static_cast<double>(largest_magnitude<T>(few)), p);
    }
    /// The levels alone: p = {clip}.
    struct projection {
        apot_grid levels;

        template <class T>
        [[nodiscard]] T forward(input<T> x, input<T> p, std::span<T> codes) const {
            const T scale = p[0] / static_cast<T>(levels.denominator());
            detail::apot_lookup<T>(levels).template project<true>(x, T{0}, scale / T{2}, codes);
            return scale;
        }
    };
};

/// p = {clip}. Codes are the numerators of all bits, of inputs that are not negative; scale = clip /
/// denominator. A tie goes to the lower level. Gradients: x passes in (0, clip]; the clip gets 1 above,
/// level - x / clip there, 0 below.
struct apot_activations {
    std::uint8_t bits = 4; ///< 2 to 5
    double start = 0;      ///< the first clip (the authors': 8 or 6); 0: of least squared error

    [[nodiscard]] constexpr apot_grid grid() const noexcept { return make_apot_grid(bits); }
    [[nodiscard]] static constexpr std::size_t parameters() noexcept { return 1; }

    template <class T>
    void init(input<T> x, std::span<T> p) const {
        start_clip(*this, start, x, p);
    }
    template <class T>
    [[nodiscard]] T forward(input<T> x, input<T> p, std::span<T> codes) const {
        const apot_grid levels = grid();
        const T scale = clip_of(p) / static_cast<T>(levels.denominator());
        detail::apot_lookup<T>(levels).template project<false>(x, T{0}, scale / T{2}, codes);
        return scale;
    }
    template <class T>
    void backward(input<T> x, input<T> p, input<T> codes, std::type_identity_t<T>, input<T> g,
                  std::span<T> gx, output<T> gp) const {
        const T clip = clip_of(p);
        const T part = T{1} / static_cast<T>(grid().denominator());
        const auto sums =
            detail::differentiate<1>(x, codes, g, gx, [=](T v, T code, T grad, std::array<T, 1>& terms) {
                const bool inside = (v > T{0}) & (v <= clip);
                terms[0] = grad * (code * part - keep_if(inside, v / clip));
                return keep_if(inside, grad);
            });
        gp[0] += static_cast<T>(sums[0]);
    }
    template <class T>
    void after_update(std::span<T>, output<T> p) const noexcept {
        hold_clip(p);
    }
    template <class T>
    [[nodiscard]] level_list levels(std::span<const T>) const {
        const apot_grid all = grid();
        return {all.numerators.begin(), all.numerators.begin() + static_cast<std::ptrdiff_t>(all.size)};
    }
};

} // namespace pith::quantize

#endif
