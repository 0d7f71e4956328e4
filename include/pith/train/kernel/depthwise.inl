// SPDX-License-Identifier: MIT
// Part of body.inl.
// Depthwise convolution: weights lie [tap][channels]; every run of the window is one tap. One vector of
// channels and P pixels of a row at a time.

template <std::uint32_t P>
PITH_ALWAYS_INLINE void depthwise_tile(const conv_job<real>& job, const real* in, real* out,
                                       std::size_t channel, std::uint32_t part) noexcept {
    vf sums[P];
    const vf start = job.bias != nullptr ? read_channels(job.bias + channel, part) : reals::zero();
#pragma GCC unroll 16
    for (std::uint32_t p = 0; p < P; ++p)
        sums[p] = start;
    for (std::size_t t = 0; t < job.window.count; ++t) {
        const vf w = read_channels(job.weights + t * job.channels + channel, part);
        const real* x = in + job.window.runs[t];
#pragma GCC unroll 16
        for (std::uint32_t p = 0; p < P; ++p)
            sums[p] = reals::fma(read_channels(x + static_cast<std::ptrdiff_t>(p) * job.in_column, part), w,
                                 sums[p]);
    }
#pragma GCC unroll 16
    for (std::uint32_t p = 0; p < P; ++p) {
        real* const to = out + static_cast<std::ptrdiff_t>(p) * job.out_column;
        write_channels(to, job.accumulate ? reals::add(read_channels(to, part), sums[p]) : sums[p], part);
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
        s = reals::zero();
    for (std::size_t r = 0; r < job.rows; ++r) {
        const real* x = job.in + static_cast<std::ptrdiff_t>(r) * job.in_row + channel;
        const real* g = job.gradient + static_cast<std::ptrdiff_t>(r) * job.gradient_row + channel;
        for (std::size_t c = 0; c < job.columns; ++c, x += job.in_column, g += job.gradient_column) {
            const vf d = read_channels(g, part);
#pragma GCC unroll 16
            for (std::uint32_t t = 0; t < N; ++t)
                sums[t] = reals::fma(d, read_channels(x + job.window.runs[tap + t], part), sums[t]);
        }
    }
#pragma GCC unroll 16
    for (std::uint32_t t = 0; t < N; ++t) {
        real* const to = job.weights + (tap + t) * job.weights_stride + channel;
        write_channels(to, reals::add(read_channels(to, part), sums[t]), part);
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
