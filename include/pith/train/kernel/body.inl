// SPDX-License-Identifier: MIT
// The kernels of training, written once in the words of a vector (real, vf, width, registers, ...), and
// included in a namespace that has them, inside a target region where the vector needs one.

// Convolution: a tile is P pixels of one row by V vectors of output channels, all its sums in registers. The
// element of each pixel is broadcast; weights are loaded once per tile and input.

template <std::uint32_t P, std::uint32_t V>
PITH_ALWAYS_INLINE void conv_step(const real* const (&pixels)[(P + 2) / 3], std::ptrdiff_t column,
                                  std::size_t u, const real* const (&weights)[V], vf (&sums)[P][V]) noexcept {
    vf w[V];
#pragma GCC unroll 16
    for (std::uint32_t v = 0; v < V; ++v)
        w[v] = load(weights[v] + u * width);
#pragma GCC unroll 16
    for (std::uint32_t p = 0; p < P; ++p) {
        const vf element = repeat((pixels[p / 3] + static_cast<std::ptrdiff_t>(p % 3) * column)[u]);
#pragma GCC unroll 16
        for (std::uint32_t v = 0; v < V; ++v)
            sums[p][v] = fma(element, w[v], sums[p][v]);
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
        const vf start = job.bias != nullptr ? load(job.bias + first + v * width) : zero();
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
                store(to, job.accumulate ? add(load(to), sums[p][v]) : sums[p][v]);
            else if (left > 0)
                store_part(to,
                           job.accumulate ? add(load_part(to, static_cast<std::uint32_t>(left)), sums[p][v])
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
            s = zero();
    for (std::size_t r = 0; r < job.rows; ++r) {
        const real* x = in + static_cast<std::ptrdiff_t>(r) * job.in_row;
        const real* g = gradient + static_cast<std::ptrdiff_t>(r) * job.gradient_row;
        for (std::size_t c = 0; c < job.columns; ++c, x += job.in_column, g += job.gradient_column) {
            vf e[V];
#pragma GCC unroll 16
            for (std::uint32_t v = 0; v < V; ++v)
                e[v] = load(x + v * width);
#pragma GCC unroll 16
            for (std::uint32_t p = 0; p < P; ++p) {
                const vf d = repeat(g[p]);
#pragma GCC unroll 16
                for (std::uint32_t v = 0; v < V; ++v)
                    sums[p][v] = fma(d, e[v], sums[p][v]);
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
                store(to, add(load(to), sums[p][v]));
            else
                store_part(to, add(load_part(to, static_cast<std::uint32_t>(rest)), sums[p][v]),
                           static_cast<std::uint32_t>(rest));
        }
}

template <std::uint32_t V>
inline void conv_weights_channels(const conv_weights_job<real>& job, const real* in, real* weights,
                                  std::size_t left) noexcept {
    std::size_t c = 0;
    if constexpr (registers == 32)
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

// Depthwise convolution: weights lie [tap][channels]; every run of the window is one tap. One vector of
// channels and P pixels of a row at a time.

PITH_ALWAYS_INLINE vf read_channels(const real* p, std::uint32_t part) noexcept {
    return part == 0 ? load(p) : load_part(p, part);
}
PITH_ALWAYS_INLINE void write_channels(real* p, vf v, std::uint32_t part) noexcept {
    if (part == 0)
        store(p, v);
    else
        store_part(p, v, part);
}

template <std::uint32_t P>
PITH_ALWAYS_INLINE void depthwise_tile(const conv_job<real>& job, const real* in, real* out,
                                       std::size_t channel, std::uint32_t part) noexcept {
    vf sums[P];
    const vf start = job.bias != nullptr ? read_channels(job.bias + channel, part) : zero();
#pragma GCC unroll 16
    for (std::uint32_t p = 0; p < P; ++p)
        sums[p] = start;
    for (std::size_t t = 0; t < job.window.count; ++t) {
        const vf w = read_channels(job.weights + t * job.channels + channel, part);
        const real* x = in + job.window.runs[t];
#pragma GCC unroll 16
        for (std::uint32_t p = 0; p < P; ++p)
            sums[p] =
                fma(read_channels(x + static_cast<std::ptrdiff_t>(p) * job.in_column, part), w, sums[p]);
    }
#pragma GCC unroll 16
    for (std::uint32_t p = 0; p < P; ++p) {
        real* const to = out + static_cast<std::ptrdiff_t>(p) * job.out_column;
        write_channels(to, job.accumulate ? add(read_channels(to, part), sums[p]) : sums[p], part);
    }
}

template <class = on_use>
inline void depthwise(const conv_job<real>& job) noexcept {
    for (std::size_t r = 0; r < job.rows; ++r)
        for (std::size_t channel = 0; channel < job.channels; channel += width) {
            const std::size_t left = job.channels - channel;
            const std::uint32_t part = left >= width ? 0 : static_cast<std::uint32_t>(left);
            const real* in = job.in + static_cast<std::ptrdiff_t>(r) * job.in_row + channel;
            real* out = job.out + static_cast<std::ptrdiff_t>(r) * job.out_row + channel;
            std::size_t c = 0;
            for (; c + 4 <= job.columns; c += 4, in += 4 * job.in_column, out += 4 * job.out_column)
                depthwise_tile<4>(job, in, out, channel, part);
            for (; c < job.columns; ++c, in += job.in_column, out += job.out_column)
                depthwise_tile<1>(job, in, out, channel, part);
        }
}

/// `N` taps from `tap` on, for the channels from `channel` on.
template <std::uint32_t N>
PITH_NOINLINE void depthwise_weights_taps(const conv_weights_job<real>& job, std::size_t tap,
                                          std::size_t channel, std::uint32_t part) noexcept {
    vf sums[N];
#pragma GCC unroll 16
    for (auto& s : sums)
        s = zero();
    for (std::size_t r = 0; r < job.rows; ++r) {
        const real* x = job.in + static_cast<std::ptrdiff_t>(r) * job.in_row + channel;
        const real* g = job.gradient + static_cast<std::ptrdiff_t>(r) * job.gradient_row + channel;
        for (std::size_t c = 0; c < job.columns; ++c, x += job.in_column, g += job.gradient_column) {
            const vf d = read_channels(g, part);
#pragma GCC unroll 16
            for (std::uint32_t t = 0; t < N; ++t)
                sums[t] = fma(d, read_channels(x + job.window.runs[tap + t], part), sums[t]);
        }
    }
#pragma GCC unroll 16
    for (std::uint32_t t = 0; t < N; ++t) {
        real* const to = job.weights + (tap + t) * job.weights_stride + channel;
        write_channels(to, add(read_channels(to, part), sums[t]), part);
    }
}

/// weights [tap][channels], rows `weights_stride` apart.
template <class = on_use>
inline void depthwise_weights(const conv_weights_job<real>& job) noexcept {
    for (std::size_t channel = 0; channel < job.channels; channel += width) {
        const std::size_t left = job.channels - channel;
        const std::uint32_t part = left >= width ? 0 : static_cast<std::uint32_t>(left);
        std::size_t t = 0;
        for (; t + 9 <= job.window.count; t += 9)
            depthwise_weights_taps<9>(job, t, channel, part);
        for (; t + 3 <= job.window.count; t += 3)
            depthwise_weights_taps<3>(job, t, channel, part);
        for (; t < job.window.count; ++t)
            depthwise_weights_taps<1>(job, t, channel, part);
    }
}

// Per-channel functions: a block of B vectors of channels stays in registers while the pixels go by.
// F(block<B>, first channel, channels left in the block) is called for every block.

template <std::uint32_t B>
struct block {
    static constexpr std::uint32_t vectors = B;
    std::size_t first;
    std::uint32_t part; ///< 0: whole vectors; else elements of the only one

    PITH_ALWAYS_INLINE vf read(const real* p, std::uint32_t b) const noexcept {
        return part == 0 ? load(p + first + b * width) : load_part(p + first, part);
    }
    PITH_ALWAYS_INLINE void write(real* p, std::uint32_t b, vf v) const noexcept {
        if (part == 0)
            store(p + first + b * width, v);
        else
            store_part(p + first, v, part);
    }
};

template <class F>
PITH_ALWAYS_INLINE void for_each_block(std::size_t channels, const F& f) noexcept {
    std::size_t c = 0;
    for (; c + 2 * width <= channels; c += 2 * width)
        f(block<2>{c, 0});
    for (; c + width <= channels; c += width)
        f(block<1>{c, 0});
    if (c < channels)
        f(block<1>{c, static_cast<std::uint32_t>(channels - c)});
}

template <std::uint32_t B>
PITH_NOINLINE void moments_block(const moments_job<real>& job, block<B> at) noexcept {
    constexpr std::uint32_t S = 4 / B; // independent sums
    vf sum[S][B];
    vf squares[S][B];
    vf shift[B];
#pragma GCC unroll 16
    for (std::uint32_t b = 0; b < B; ++b) {
        shift[b] = at.read(job.shift, b);
#pragma GCC unroll 16
        for (std::uint32_t s = 0; s < S; ++s) {
            sum[s][b] = zero();
            squares[s][b] = zero();
        }
    }
    const real* x = job.x;
    const auto step = [&](std::uint32_t s) {
#pragma GCC unroll 16
        for (std::uint32_t b = 0; b < B; ++b) {
            const vf d = sub(at.read(x, b), shift[b]);
            sum[s][b] = add(sum[s][b], d);
            squares[s][b] = fma(d, d, squares[s][b]);
        }
        x += job.channels;
    };
    std::size_t p = 0;
    for (; p + S <= job.pixels; p += S)
#pragma GCC unroll 16
        for (std::uint32_t s = 0; s < S; ++s)
            step(s);
    for (; p < job.pixels; ++p)
        step(0);
#pragma GCC unroll 16
    for (std::uint32_t b = 0; b < B; ++b) {
        vf total = at.read(job.sum, b);
        vf total_squares = at.read(job.squares, b);
#pragma GCC unroll 16
        for (std::uint32_t s = 0; s < S; ++s) {
            total = add(total, sum[s][b]);
            total_squares = add(total_squares, squares[s][b]);
        }
        at.write(job.sum, b, total);
        at.write(job.squares, b, total_squares);
    }
}

template <class = on_use>
inline void moments(const moments_job<real>& job) noexcept {
    for_each_block(job.channels, [&](auto at) { moments_block(job, at); });
}

template <std::uint32_t B, bool Rectify, bool Residual>
PITH_NOINLINE void normalize_block(const channels_job<real>& job, block<B> at) noexcept {
    vf scale[B];
    vf offset[B];
#pragma GCC unroll 16
    for (std::uint32_t b = 0; b < B; ++b) {
        scale[b] = at.read(job.scale, b);
        offset[b] = at.read(job.offset, b);
    }
    const real* x = job.x;
    const real* r = job.residual;
    real* y = job.y;
    for (std::size_t p = 0; p < job.pixels; ++p) {
#pragma GCC unroll 16
        for (std::uint32_t b = 0; b < B; ++b) {
            vf v = fma(at.read(x, b), scale[b], offset[b]);
            if constexpr (Residual)
                v = add(v, at.read(r, b));
            if constexpr (Rectify)
                v = max(zero(), v);
            at.write(y, b, v);
        }
        x += job.channels;
        y += job.channels;
        if constexpr (Residual)
            r += job.channels;
    }
}

template <class = on_use>
inline void normalize(const channels_job<real>& job) noexcept {
    for_each_block(job.channels, [&](auto at) {
        constexpr std::uint32_t B = decltype(at)::vectors;
        if (job.residual != nullptr)
            job.rectify ? normalize_block<B, true, true>(job, at) : normalize_block<B, false, true>(job, at);
        else
            job.rectify ? normalize_block<B, true, false>(job, at)
                        : normalize_block<B, false, false>(job, at);
    });
}

/// How a gradient passes the rectifier: not asked, sign of y, or sign of scale * x + offset.
enum class gate : std::uint8_t { open, output, recomputed };

template <std::uint32_t B, gate G, class F>
PITH_ALWAYS_INLINE void for_each_gradient(const channels_gradient_job<real>& job, block<B> at,
                                          const F& f) noexcept {
    vf scale[B];
    vf offset[B];
#pragma GCC unroll 16
    for (std::uint32_t b = 0; b < B; ++b)
        if constexpr (G == gate::recomputed) {
            scale[b] = at.read(job.scale, b);
            offset[b] = at.read(job.offset, b);
        }
    for (std::size_t p = 0; p < job.pixels; ++p) {
        const std::size_t pixel = p * job.channels;
#pragma GCC unroll 16
        for (std::uint32_t b = 0; b < B; ++b) {
            const vf x = at.read(job.x + pixel, b);
            vf g = at.read(job.gradient + pixel, b);
            if constexpr (G == gate::output)
                g = where_positive(at.read(job.y + pixel, b), g);
            else if constexpr (G == gate::recomputed)
                g = where_positive(fma(x, scale[b], offset[b]), g);
            f(pixel, b, x, g);
        }
    }
}

template <std::uint32_t B, gate G>
PITH_NOINLINE void gradient_sums_block(const channels_gradient_job<real>& job, block<B> at) noexcept {
    vf sum[B];
    vf product[B];
    vf shift[B];
#pragma GCC unroll 16
    for (std::uint32_t b = 0; b < B; ++b) {
        sum[b] = at.read(job.sum, b);
        product[b] = at.read(job.product, b);
        shift[b] = at.read(job.shift, b);
    }
    for_each_gradient<B, G>(job, at, [&](std::size_t pixel, std::uint32_t b, vf x, vf g) {
        if (job.residual != nullptr)
            at.write(job.residual + pixel, b,
                     job.add_residual ? add(at.read(job.residual + pixel, b), g) : g);
        sum[b] = add(sum[b], g);
        product[b] = fma(g, sub(x, shift[b]), product[b]);
    });
#pragma GCC unroll 16
    for (std::uint32_t b = 0; b < B; ++b) {
        at.write(job.sum, b, sum[b]);
        at.write(job.product, b, product[b]);
    }
}

template <std::uint32_t B, gate G>
PITH_NOINLINE void gradient_block(const channels_gradient_job<real>& job, block<B> at) noexcept {
    vf scale[B];
    vf slope[B];
    vf constant[B];
#pragma GCC unroll 16
    for (std::uint32_t b = 0; b < B; ++b) {
        scale[b] = at.read(job.scale, b);
        slope[b] = at.read(job.slope, b);
        constant[b] = at.read(job.constant, b);
    }
    for_each_gradient<B, G>(job, at, [&](std::size_t pixel, std::uint32_t b, vf x, vf g) {
        vf d = fma(g, scale[b], fma(x, slope[b], constant[b]));
        if (job.accumulate)
            d = add(d, at.read(job.dx + pixel, b));
        at.write(job.dx + pixel, b, d);
    });
}

template <class = on_use>
inline void gradient_sums(const channels_gradient_job<real>& job) noexcept {
    for_each_block(job.channels, [&](auto at) {
        constexpr std::uint32_t B = decltype(at)::vectors;
        if (!job.rectify)
            gradient_sums_block<B, gate::open>(job, at);
        else if (job.y != nullptr)
            gradient_sums_block<B, gate::output>(job, at);
        else
            gradient_sums_block<B, gate::recomputed>(job, at);
    });
}

template <class = on_use>
inline void gradient(const channels_gradient_job<real>& job) noexcept {
    for_each_block(job.channels, [&](auto at) {
        constexpr std::uint32_t B = decltype(at)::vectors;
        if (!job.rectify)
            gradient_block<B, gate::open>(job, at);
        else if (job.y != nullptr)
            gradient_block<B, gate::output>(job, at);
        else
            gradient_block<B, gate::recomputed>(job, at);
    });
}

/// y (+)= f(element, lanes): f reads `lanes` elements from `element` on.
template <class F>
PITH_ALWAYS_INLINE void for_each_element(const elements_job<real>& job, const F& f) noexcept {
    std::size_t i = 0;
    for (; i + width <= job.count; i += width) {
        const vf v = f(i, 0u);
        store(job.y + i, job.accumulate ? add(load(job.y + i), v) : v);
    }
    if (i < job.count) {
        const auto part = static_cast<std::uint32_t>(job.count - i);
        const vf v = f(i, part);
        store_part(job.y + i, job.accumulate ? add(load_part(job.y + i, part), v) : v, part);
    }
}

template <class = on_use>
inline void copy(const elements_job<real>& job) noexcept {
    for_each_element(job, [&](std::size_t i, std::uint32_t part) { return read_channels(job.x + i, part); });
}

template <class = on_use>
inline void rectify(const elements_job<real>& job) noexcept {
    for_each_element(
        job, [&](std::size_t i, std::uint32_t part) { return max(zero(), read_channels(job.x + i, part)); });
}

template <class = on_use>
inline void rectify_gradient(const elements_job<real>& job) noexcept {
    for_each_element(job, [&](std::size_t i, std::uint32_t part) {
        return where_positive(read_channels(job.x + i, part), read_channels(job.gradient + i, part));
    });
}

/// @param name of the processor family
template <class Use = on_use>
[[nodiscard]] inline table<real> make_table(const char* name) noexcept {
    return {.name = name,
            .lanes = width,
            .conv = &conv<Use>,
            .conv_weights = &conv_weights<Use>,
            .depthwise = &depthwise<Use>,
            .depthwise_weights = &depthwise_weights<Use>,
            .moments = &moments<Use>,
            .normalize = &normalize<Use>,
            .gradient_sums = &gradient_sums<Use>,
            .gradient = &gradient<Use>,
            .copy = &copy<Use>,
            .rectify = &rectify<Use>,
            .rectify_gradient = &rectify_gradient<Use>};
}
