// SPDX-License-Identifier: MIT
// Part of body.inl.
// Convolution: a tile is P pixels of one row by V vectors of output channels, all its sums in registers. The
// element of each pixel is broadcast; weights are loaded once per tile and input.

template <std::uint32_t P, std::uint32_t V>
PITH_ALWAYS_INLINE void conv_step(const real* const (&pixels)[(P + 2) / 3], std::ptrdiff_t column,
                                  std::size_t u, const real* const (&weights)[V], vf (&sums)[P][V]) noexcept {
    vf w[V];
#pragma GCC unroll 16
    for (std::uint32_t v = 0; v < V; ++v)
        w[v] = reals::load(weights[v] + u * width);
#pragma GCC unroll 16
    for (std::uint32_t p = 0; p < P; ++p) {
        const vf element = reals::repeat((pixels[p / 3] + static_cast<std::ptrdiff_t>(p % 3) * column)[u]);
#pragma GCC unroll 16
        for (std::uint32_t v = 0; v < V; ++v)
            sums[p][v] = reals::fma(element, w[v], sums[p][v]);
    }
}

/// @param channels of the tile, at most V * width
template <std::uint32_t P, std::uint32_t V>
PITH_NOINLINE void conv_tile(const conv_job<real>& job, const real* in, const real* weights, real* out,
                             std::size_t first) noexcept {
    constexpr std::size_t U = 4;
    vf sums[P][V];
#pragma GCC unroll 16
    for (std::uint32_t v = 0; v < V; ++v) {
        const vf start = job.bias != nullptr ? reals::load(job.bias + first + v * width) : reals::zero();
#pragma GCC unroll 16
        for (std::uint32_t p = 0; p < P; ++p)
            sums[p][v] = start;
    }
    const real* w[V];
#pragma GCC unroll 16
    for (std::uint32_t v = 0; v < V; ++v)
        w[v] = weights + v * job.window.depth() * width;
    const std::ptrdiff_t column = job.in_column;
    for (std::size_t run = 0; run < job.window.count; ++run) {
        const real* pixels[(P + 2) / 3];
#pragma GCC unroll 16
        for (std::uint32_t p = 0; p < (P + 2) / 3; ++p)
            pixels[p] = in + job.window.runs[run] + static_cast<std::ptrdiff_t>(3 * p) * column;
        std::size_t k = 0;
        for (; k + U <= job.window.length; k += U) {
#pragma GCC unroll 16
            for (std::size_t u = 0; u < U; ++u)
                conv_step<P, V>(pixels, column, u, w, sums);
#pragma GCC unroll 16
            for (auto& p : pixels)
                p += U;
#pragma GCC unroll 16
            for (auto& p : w)
                p += U * width;
        }
        for (; k < job.window.length; ++k) {
            conv_step<P, V>(pixels, column, 0, w, sums);
#pragma GCC unroll 16
            for (auto& p : pixels)
                ++p;
#pragma GCC unroll 16
            for (auto& p : w)
                p += width;
        }
    }
#pragma GCC unroll 16
    for (std::uint32_t p = 0; p < P; ++p)
#pragma GCC unroll 16
        for (std::uint32_t v = 0; v < V; ++v) {
            real* const to = out + static_cast<std::ptrdiff_t>(p) * job.out_column + v * width;
            const std::size_t channel = first + v * width;
            const std::size_t left = job.channels > channel ? job.channels - channel : 0;
            if (left >= width)
                reals::store(to, job.accumulate ? reals::add(reals::load(to), sums[p][v]) : sums[p][v]);
            else if (left > 0)
                reals::store_part(
                    to,
                    job.accumulate
                        ? reals::add(reals::load_part(to, static_cast<std::uint32_t>(left)), sums[p][v])
                        : sums[p][v],
                    static_cast<std::uint32_t>(left));
        }
}

using conv_tile_function = void (*)(const conv_job<real>&, const real*, const real*, real*,
                                    std::size_t) noexcept;

template <std::uint32_t V, class Sequence>
struct conv_tiles;
template <std::uint32_t V, std::uint32_t... P>
struct conv_tiles<V, std::integer_sequence<std::uint32_t, P...>> {
    static constexpr std::uint32_t most = sizeof...(P);
    static constexpr conv_tile_function of[] = {&conv_tile<P + 1, V>...};
};

/// One panel group over all pixels, each row in tiles of nearly equal size.
template <std::uint32_t V>
inline void conv_panels(const conv_job<real>& job, std::size_t first) noexcept {
    using tiles =
        conv_tiles<V, std::make_integer_sequence<std::uint32_t, V == 1 ? most_pixels : most_pixels / 2>>;
    const std::size_t count = (job.columns + tiles::most - 1) / tiles::most;
    const real* weights = job.weights + first / width * job.window.depth() * width;
    for (std::size_t r = 0; r < job.rows; ++r) {
        const real* in = job.in + static_cast<std::ptrdiff_t>(r) * job.in_row;
        real* out = job.out + static_cast<std::ptrdiff_t>(r) * job.out_row + first;
        for (std::size_t t = 0; t < count; ++t) {
            const std::size_t begin = job.columns * t / count;
            const std::size_t size = job.columns * (t + 1) / count - begin;
            const auto at = static_cast<std::ptrdiff_t>(begin);
            tiles::of[size - 1](job, in + at * job.in_column, weights, out + at * job.out_column, first);
        }
    }
}

template <class = on_use>
inline void conv(const conv_job<real>& job) noexcept {
    for (std::size_t first = 0; first < job.channels;) {
        if (job.channels - first > width) {
            conv_panels<2>(job, first);
            first += 2 * width;
        } else {
            conv_panels<1>(job, first);
            first += width;
        }
    }
}

// Gradient of the weights: a tile is P output channels by V vectors along a run. Elements of the run are
// loaded once per pixel, the gradient of each channel is broadcast.

template <std::uint32_t P, std::uint32_t V>
PITH_NOINLINE void conv_weights_tile(const conv_weights_job<real>& job, const real* in, const real* gradient,
                                     real* weights, std::size_t left) noexcept {
    vf sums[P][V];
#pragma GCC unroll 16
    for (auto& row : sums)
#pragma GCC unroll 16
        for (auto& s : row)
            s = reals::zero();
    for (std::size_t r = 0; r < job.rows; ++r) {
        const real* x = in + static_cast<std::ptrdiff_t>(r) * job.in_row;
        const real* g = gradient + static_cast<std::ptrdiff_t>(r) * job.gradient_row;
        for (std::size_t c = 0; c < job.columns; ++c, x += job.in_column, g += job.gradient_column) {
            vf e[V];
#pragma GCC unroll 16
            for (std::uint32_t v = 0; v < V; ++v)
                e[v] = reals::load(x + v * width);
#pragma GCC unroll 16
            for (std::uint32_t p = 0; p < P; ++p) {
                const vf d = reals::repeat(g[p]);
#pragma GCC unroll 16
                for (std::uint32_t v = 0; v < V; ++v)
                    sums[p][v] = reals::fma(d, e[v], sums[p][v]);
            }
        }
    }
#pragma GCC unroll 16
    for (std::uint32_t p = 0; p < P; ++p)
#pragma GCC unroll 16
        for (std::uint32_t v = 0; v < V; ++v) {
            real* const to = weights + p * job.weights_stride + v * width;
            const std::size_t rest = left - v * width;
            if (rest >= width)
                reals::store(to, reals::add(reals::load(to), sums[p][v]));
            else
                reals::store_part(
                    to, reals::add(reals::load_part(to, static_cast<std::uint32_t>(rest)), sums[p][v]),
                    static_cast<std::uint32_t>(rest));
        }
}

template <std::uint32_t V>
inline void conv_weights_channels(const conv_weights_job<real>& job, const real* in, real* weights,
                                  std::size_t left) noexcept {
    std::size_t c = 0;
    if constexpr (reals::registers == 32)
        for (; c + 8 <= job.channels; c += 8)
            conv_weights_tile<8, V>(job, in, job.gradient + c, weights + c * job.weights_stride, left);
    for (; c + 4 <= job.channels; c += 4)
        conv_weights_tile<4, V>(job, in, job.gradient + c, weights + c * job.weights_stride, left);
    for (; c < job.channels; ++c)
        conv_weights_tile<1, V>(job, in, job.gradient + c, weights + c * job.weights_stride, left);
}

template <class = on_use>
inline void conv_weights(const conv_weights_job<real>& job) noexcept {
    for (std::size_t run = 0; run < job.window.count; ++run)
        for (std::size_t k = 0; k < job.window.length;) {
            const real* in = job.in + job.window.runs[run] + k;
            real* weights = job.weights + run * job.window.length + k;
            const std::size_t left = job.window.length - k;
            if (left > 2 * width) {
                conv_weights_channels<3>(job, in, weights, left);
                k += 3 * width;
            } else if (left > width) {
                conv_weights_channels<2>(job, in, weights, left);
                k += 2 * width;
            } else {
                conv_weights_channels<1>(job, in, weights, left);
                k += width;
            }
        }
}
