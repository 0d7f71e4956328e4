// SPDX-License-Identifier: MIT
// Part of body.inl.
// Per-channel functions: a block of B vectors of channels stays in registers while the pixels go by.
// F(block<B>, first channel, channels left in the block) is called for every block.

template <std::uint32_t B>
struct block {
    static constexpr std::uint32_t vectors = B;
    std::size_t first;
    std::uint32_t part; ///< 0: whole vectors; else elements of the only one

    PITH_ALWAYS_INLINE vf read(const real* p, std::uint32_t b) const noexcept {
        return part == 0 ? reals::load(p + first + b * width) : reals::load_part(p + first, part);
    }
    PITH_ALWAYS_INLINE void write(real* p, std::uint32_t b, vf v) const noexcept {
        if (part == 0)
            reals::store(p + first + b * width, v);
        else
            reals::store_part(p + first, v, part);
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
            sum[s][b] = reals::zero();
            squares[s][b] = reals::zero();
        }
    }
    const real* x = job.x;
    const auto step = [&](std::uint32_t s) {
#pragma GCC unroll 16
        for (std::uint32_t b = 0; b < B; ++b) {
            const vf d = reals::sub(at.read(x, b), shift[b]);
            sum[s][b] = reals::add(sum[s][b], d);
            squares[s][b] = reals::fma(d, d, squares[s][b]);
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
            total = reals::add(total, sum[s][b]);
            total_squares = reals::add(total_squares, squares[s][b]);
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
            vf v = reals::fma(at.read(x, b), scale[b], offset[b]);
            if constexpr (Residual)
                v = reals::add(v, at.read(r, b));
            if constexpr (Rectify)
                v = reals::max(reals::zero(), v);
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
                g = reals::where_positive(at.read(job.y + pixel, b), g);
            else if constexpr (G == gate::recomputed)
                g = reals::where_positive(reals::fma(x, scale[b], offset[b]), g);
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
                     job.add_residual ? reals::add(at.read(job.residual + pixel, b), g) : g);
        sum[b] = reals::add(sum[b], g);
        product[b] = reals::fma(g, reals::sub(x, shift[b]), product[b]);
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
        vf d = reals::fma(g, scale[b], reals::fma(x, slope[b], constant[b]));
        if (job.accumulate)
            d = reals::add(d, at.read(job.dx + pixel, b));
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
