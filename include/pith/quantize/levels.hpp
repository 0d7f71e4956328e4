// SPDX-License-Identifier: MIT
#ifndef PITH_QUANTIZE_LEVELS_HPP
#define PITH_QUANTIZE_LEVELS_HPP
/// Levels: the integers that the codes of a quantised tensor take, and equally spaced ones in particular.

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "../base/random.hpp"
#include "blocks.hpp"

namespace pith::quantize {

/// Ascending and distinct: within [-128, 127] for weights, [0, 255] for activations; where some between the
/// first and the last are missing, at most 128 within [-128, 127] (format::codebook).
using level_list = std::vector<std::int16_t>;

/// lowest, lowest + step, ..., highest.
[[nodiscard]] inline level_list spaced_levels(int lowest, int highest, int step = 1) {
    level_list out;
    for (int i = lowest; i <= highest; i += step)
        out.push_back(static_cast<std::int16_t>(i));
    return out;
}

/// Whether every integer between the first and the last level is one: then no table need be stored.
[[nodiscard]] inline bool consecutive(const level_list& levels) noexcept {
    return levels.empty() || levels.back() - levels.front() + 1 == static_cast<int>(levels.size());
}

/// The width of an index into the list: the least b with 2^b >= size.
[[nodiscard]] inline std::uint8_t index_bits(const level_list& levels) noexcept {
    std::uint8_t bits = 0;
    while ((std::size_t{1} << bits) < levels.size())
        ++bits;
    return bits;
}

/// codes[i] = round(clamp((x[i] - offset) / step, lowest, highest)), ties to even: format::encode by true
/// division.
template <class T>
void encode_evenly(input<T> x, std::type_identity_t<T> offset, std::type_identity_t<T> step,
                   std::type_identity_t<T> lowest, std::type_identity_t<T> highest, std::span<T> codes) {
    detail::map<T>(x, codes, [=](T v) { return round_clamped((v - offset) / step, lowest, highest); });
}

namespace detail {

/// At most `most` elements, drawn with repetition where there are more: strides could meet one channel only.
template <class T>
[[nodiscard]] std::vector<T> sample(std::span<const T> x, std::size_t most = 8192) {
    if (x.size() <= most)
        return {x.begin(), x.end()};
    std::vector<T> out(most);
    random_bits draw(most);
    for (T& v : out)
        v = x[draw.below(x.size())];
    return out;
}

} // namespace detail

/// Fits p[0], the range of `q`, to the least squared error of scale * code over up to 8,192 elements of x:
/// the best of 100 values start * i / 100. Nothing but zeros gives 1.
/// @param start the greatest value to try; the quantiser's own normalisation must not depend on p
template <class Q, class T>
void fit_range(const Q& q, input<T> x, double start, std::span<T> p) {
    const std::vector<T> few = detail::sample<T>(x);
    std::vector<T> codes(few.size());
    double least = -1;
    T best{1};
    for (int i = 1; i <= 100 && start > 0; ++i) {
        p[0] = static_cast<T>(start * i / 100);
        const double scale = static_cast<double>(q.forward(few, input<T>(p), std::span<T>(codes)));
        double error = 0;
        for (std::size_t j = 0; j < few.size(); ++j) {
            const double d = static_cast<double>(few[j]) - scale * static_cast<double>(codes[j]);
            error += d * d;
        }
        if (least < 0 || error <= least) {
            least = error;
            best = p[0];
        }
    }
    p[0] = best;
}

} // namespace pith::quantize

#endif
