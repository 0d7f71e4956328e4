// SPDX-License-Identifier: MIT
#ifndef PITH_QUANTIZE_KMEANS_HPP
#define PITH_QUANTIZE_KMEANS_HPP
/// k-means: levels are where the weights are. (Han, Mao, Dally, "Deep compression", 2016.)

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

#include "training_quantizer.hpp"

namespace pith::quantize {

/// p = 2^bits centroids, ascending. Codes are the centroids in steps of max|p| / 127, the scale; x goes to
/// the nearest of them, the lower of two equally near. Gradients pass to x.
struct kmeans {
    std::uint8_t bits = 4; ///< 1 to 5
    /// Centroids follow the weights, one round behind every update; else they are learned, each from the
    /// gradients of its weights.
    bool follow = true;
    int rounds = 50; ///< of Lloyd's algorithm, at most, to begin with

    static constexpr std::size_t most_centroids = 32;

    [[nodiscard]] constexpr std::size_t parameters() const noexcept { return std::size_t{1} << bits; }

    /// Equally spaced from the least to the greatest (which keeps rare large weights), then Lloyd's algorithm
    /// until nothing moves.
    template <class T>
    void init(input<T> x, std::span<T> p) const {
        const auto [least, greatest] = std::minmax_element(x.begin(), x.end());
        const T width = *greatest - *least;
        for (std::size_t k = 0; k < p.size(); ++k)
            p[k] = *least + width * static_cast<T>(k) / static_cast<T>(p.size() - 1);
        for (int i = 0; i < rounds && improve(x, p); ++i) {
        }
        if (p[0] == T{0}) // reads as not fitted
            p[0] = T(-1e-30);
    }
    template <class T>
    [[nodiscard]] T forward(input<T> x, input<T> p, std::span<T> codes) const {
        const table<T> t(p);
        (void)detail::reduce<0>(x.size(), [&](std::size_t from, std::size_t to, const auto&) {
            detail::for_blocks(from, to, [&](std::size_t first, std::size_t count) {
                detail::block<T> b;
                detail::block<T> out;
                detail::load(b, x, first, count);
                out.fill(t.codes[0]);
                for (std::size_t k = 0; k + 1 < t.size; ++k) {
                    const T border = t.borders[k];
                    const T rise = t.codes[k + 1] - t.codes[k];
                    for (std::size_t j = 0; j < detail::block_size; ++j)
                        out[j] += keep_if(b[j] > border, rise);
                }
                detail::store(out, codes, first, count);
            });
        });
        return t.scale;
    }
    template <class T>
    void backward(input<T> x, input<T> p, input<T> codes, std::type_identity_t<T>, input<T> g,
                  std::span<T> gx, output<T> gp) const {
        if (!follow) {
            const sums s = gather<T>(x, g, table<T>(p).borders);
            for (std::size_t k = 0; k < p.size(); ++k)
                gp[k] += static_cast<T>(s[k]);
        }
        (void)detail::differentiate<0>(x, codes, g, gx, [](T, T, T grad, std::array<T, 0>&) { return grad; });
    }
    template <class T>
    void after_update(std::span<T> x, output<T> p) const {
        if (follow && !x.empty())
            (void)improve(std::span<const T>(x), p);
        std::sort(p.begin(), p.end());
    }
    template <class T>
    [[nodiscard]] level_list levels(std::span<const T> p) const {
        const table<T> t(p);
        level_list out;
        for (std::size_t k = 0; k < t.size; ++k)
            if (const auto code = static_cast<std::int16_t>(t.codes[k]); out.empty() || code > out.back())
                out.push_back(code);
        return out;
    }

private:
    template <class T>
    using borders_of = std::array<T, most_centroids>;
    /// Of each cluster the sum, then the sizes.
    using sums = std::array<double, 2 * most_centroids>;

    template <class T>
    struct table {
        std::size_t size;
        T scale{1};
        std::array<T, most_centroids> codes{};
        borders_of<T> borders{};

        explicit table(std::span<const T> p) noexcept : size(p.size()) {
            const T most = largest_magnitude(p);
            if (most > T(1e-30))
                scale = most / T{127};
            for (std::size_t k = 0; k < size; ++k)
                codes[k] = round_clamped(p[k] / scale, T{-127}, T{127});
            for (std::size_t k = 0; k + 1 < size; ++k)
                borders[k] = scale * ((codes[k] + codes[k + 1]) / T{2});
        }
    };

    /// Sums of v over the clusters of x.
    template <class T>
    [[nodiscard]] sums gather(std::span<const T> x, std::span<const T> v,
                              const borders_of<T>& borders) const {
        const std::size_t last = parameters() - 1;
        return detail::reduce<2 * most_centroids>(
            x.size(), [&](std::size_t from, std::size_t to, sums& part) {
                for (std::size_t i = from; i < to; ++i) {
                    std::size_t k = 0;
                    for (std::size_t b = 0; b < last; ++b)
                        k += static_cast<std::size_t>(x[i] > borders[b]);
                    part[k] += static_cast<double>(v[i]);
                    part[most_centroids + k] += 1;
                }
            });
    }
    /// Every centroid moves to the mean of its cluster, if it has one; false if none moved.
    template <class T>
    bool improve(std::span<const T> x, std::span<T> p) const {
        borders_of<T> borders{};
        for (std::size_t k = 0; k + 1 < p.size(); ++k)
            borders[k] = (p[k] + p[k + 1]) / T{2};
        const sums s = gather(x, x, borders);
        bool moved = false;
        for (std::size_t k = 0; k < p.size(); ++k)
            if (const double size = s[most_centroids + k]; size > 0) {
                const T mean = static_cast<T>(s[k] / size);
                moved |= mean != p[k];
                p[k] = mean;
            }
        return moved;
    }
};

} // namespace pith::quantize

#endif
