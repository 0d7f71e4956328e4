// SPDX-License-Identifier: MIT
#ifndef PITH_QUANTIZE_BLOCKS_HPP
#define PITH_QUANTIZE_BLOCKS_HPP
/// Loops over every element of a tensor that compilers vectorise, spread over cores, and sums whose bits do
/// not depend on the number of threads.

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <type_traits>

#include "../base/bits.hpp"
#include "../base/parallel.hpp"
#include "../format/requantize.hpp"

namespace pith::quantize {

/// Parameters that do not take part in the deduction of T, so that views of mutable elements are taken too.
template <class T>
using input = std::type_identity_t<std::span<const T>>;
template <class T>
using output = std::type_identity_t<std::span<T>>;

/// Nearest integer, ties to even. @pre |v| <= 2^22
template <class T>
[[nodiscard]] inline T round_even(T v) noexcept {
    if constexpr (std::is_same_v<T, float>)
        return static_cast<float>(format::round_half_even(v));
    else
        return std::nearbyint(v);
}

/// round_even of v clamped to [lowest, highest]; NaN gives lowest. The bits of format::round_clamped.
template <class T>
[[nodiscard]] inline T round_clamped(T v, T lowest, T highest) noexcept {
    v = v > lowest ? v : lowest;
    v = v < highest ? v : highest;
    return round_even(v);
}

/// v or 0, without a branch, which would keep loops from being vectorised.
template <class T>
[[nodiscard]] inline T keep_if(bool condition, T v) noexcept {
    using bits = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
    return std::bit_cast<T>(std::bit_cast<bits>(v) & (bits{0} - static_cast<bits>(condition)));
}

namespace detail {

/// Elements that pass through local arrays at a time: their loops have a constant count and no aliases.
inline constexpr std::size_t block_size = 64;
inline constexpr std::size_t most_chunks = 64;

template <class T>
using block = std::array<T, block_size>;

template <class T>
inline void load(block<T>& to, std::span<const T> from, std::size_t first, std::size_t count) noexcept {
    if (count == block_size) {
        std::memcpy(to.data(), from.data() + first, sizeof to);
        return;
    }
    to.fill(T{0});
    std::copy_n(from.data() + first, count, to.data());
}

template <class T>
inline void store(const block<T>& from, std::span<T> to, std::size_t first, std::size_t count) noexcept {
    if (count == block_size)
        std::memcpy(to.data() + first, from.data(), sizeof from);
    else
        std::copy_n(from.data(), count, to.data() + first);
}

inline constexpr std::size_t lanes = 16;

/// The sum of the first `count` elements; the others become zero.
template <class T>
[[nodiscard]] inline double sum(block<T>& b, std::size_t count) noexcept {
    if (count < block_size)
        std::fill(b.begin() + static_cast<std::ptrdiff_t>(count), b.end(), T{0});
    std::array<T, lanes> at{};
    for (std::size_t i = 0; i < block_size; i += lanes)
        for (std::size_t j = 0; j < lanes; ++j)
            at[j] += b[i + j];
    double out = 0;
    for (std::size_t j = 0; j < lanes; ++j)
        out += static_cast<double>(at[j]);
    return out;
}

/// body(first, count) for blocks of [first, last).
template <class Body>
inline void for_blocks(std::size_t first, std::size_t last, const Body& body) {
    for (std::size_t i = first; i < last; i += block_size)
        body(i, std::min(block_size, last - i));
}

/// How n elements are cut: it depends on n alone.
[[nodiscard]] inline std::size_t chunk_size(std::size_t n) noexcept {
    const std::size_t even = round_up((n + most_chunks - 1) / most_chunks, block_size);
    return std::max<std::size_t>(even, 16384);
}

/// body(first, last, part) for every chunk of [0, n); `part` are N sums to add to.
template <std::size_t N, class Body>
[[nodiscard]] std::array<double, N> reduce(std::size_t n, const Body& body) {
    const std::size_t chunk = chunk_size(n);
    const std::size_t chunks = (n + chunk - 1) / chunk;
    std::array<std::array<double, N>, most_chunks> parts{};
    parallel_for(chunks, [&](std::size_t i) { body(i * chunk, std::min(n, (i + 1) * chunk), parts[i]); });
    std::array<double, N> total{};
    for (std::size_t i = 0; i < chunks; ++i)
        for (std::size_t k = 0; k < N; ++k)
            total[k] += parts[i][k];
    return total;
}

/// out[i] = f(in[i]).
template <class T, class F>
void map(std::span<const T> in, std::span<T> out, const F& f) {
    (void)reduce<0>(in.size(), [&](std::size_t from, std::size_t to, const auto&) {
        for_blocks(from, to, [&](std::size_t first, std::size_t count) {
            block<T> b;
            load(b, in, first, count);
            for (std::size_t j = 0; j < block_size; ++j)
                b[j] = f(b[j]);
            store(b, out, first, count);
        });
    });
}

/// The sum of f(in[i]).
template <class T, class F>
[[nodiscard]] double sum_of(std::span<const T> in, const F& f) {
    return reduce<1>(in.size(), [&](std::size_t from, std::size_t to, std::array<double, 1>& part) {
        for_blocks(from, to, [&](std::size_t first, std::size_t count) {
            block<T> b;
            load(b, in, first, count);
            for (std::size_t j = 0; j < block_size; ++j)
                b[j] = f(b[j]);
            part[0] += sum(b, count);
        });
    })[0];
}

/// The sum of a[i] b[i].
template <class T>
[[nodiscard]] double sum_of_products(std::span<const T> a, std::span<const T> b) {
    return reduce<1>(a.size(), [&](std::size_t from, std::size_t to, std::array<double, 1>& part) {
        for_blocks(from, to, [&](std::size_t first, std::size_t count) {
            block<T> x;
            block<T> y;
            load(x, a, first, count);
            load(y, b, first, count);
            for (std::size_t j = 0; j < block_size; ++j)
                x[j] *= y[j];
            part[0] += sum(x, count);
        });
    })[0];
}

/// gx[i] = f(x[i], codes[i], g[i], terms), and the sums of the N terms. gx may be g.
template <std::size_t N, class T, class F>
[[nodiscard]] std::array<double, N> differentiate(std::span<const T> x, std::span<const T> codes,
                                                  std::span<const T> g, std::span<T> gx, const F& f) {
    return reduce<N>(x.size(), [&](std::size_t from, std::size_t to, std::array<double, N>& part) {
        for_blocks(from, to, [&](std::size_t first, std::size_t count) {
            block<T> bx;
            block<T> bc;
            block<T> bg;
            std::array<block<T>, N> terms;
            load(bx, x, first, count);
            load(bc, codes, first, count);
            load(bg, g, first, count);
            for (std::size_t j = 0; j < block_size; ++j) {
                std::array<T, N> t;
                bg[j] = f(bx[j], bc[j], bg[j], t);
                for (std::size_t k = 0; k < N; ++k)
                    terms[k][j] = t[k];
            }
            for (std::size_t k = 0; k < N; ++k)
                part[k] += sum(terms[k], count);
            store(bg, gx, first, count);
        });
    });
}

} // namespace detail

/// The greatest magnitude.
template <class T>
[[nodiscard]] T largest_magnitude(std::span<const T> x) noexcept {
    std::array<T, detail::lanes> most{};
    detail::for_blocks(0, x.size(), [&](std::size_t first, std::size_t count) {
        detail::block<T> b;
        detail::load(b, x, first, count);
        for (std::size_t i = 0; i < detail::block_size; i += detail::lanes)
            for (std::size_t j = 0; j < detail::lanes; ++j) {
                const T v = std::fabs(b[i + j]);
                most[j] = v > most[j] ? v : most[j];
            }
    });
    return *std::max_element(most.begin(), most.end());
}

/// Mean and standard deviation (of n - 1; 0 of a single element).
struct moments {
    double mean = 0;
    double deviation = 0;
};

/// Mean and variance of x.
template <class T>
[[nodiscard]] moments moments_of(std::span<const T> x) {
    if (x.empty())
        return {};
    const double n = static_cast<double>(x.size());
    const double mean = detail::sum_of(x, [](T v) { return v; }) / n;
    const T middle = static_cast<T>(mean);
    const double squares = detail::sum_of(x, [=](T v) { return (v - middle) * (v - middle); });
    return {mean, x.size() > 1 ? std::sqrt(squares / (n - 1)) : 0.0};
}

} // namespace pith::quantize

#endif
