// SPDX-License-Identifier: MIT
// Depthwise float convolution, included inside a target region, in a namespace that has `reals`
// (simd/words.hpp). One vector of channels at a time, row by row. Inputs may be read beyond the last channel,
// never written.

static_assert(pith::simd::checked_reals<reals>::complete);
using vf = reals::vf;
inline constexpr std::uint32_t width = reals::width;

/// A row of one vector of channels.
struct row_job {
    const float* input;
    const float* weights; ///< of the first tap
    std::size_t pitch;    ///< elements between taps' weights
    float* output;
    const float* residual; ///< or null
    std::uint32_t channel;
    std::uint32_t lanes; ///< channels that exist
};

/// What rows have in common.
struct finisher {
    vf bias, low, high, add_low, add_high;
    std::ptrdiff_t output_step, residual_step;
    std::uint32_t lanes;

    PITH_ALWAYS_INLINE finisher(const depthwise_f32_args& a, const row_job& job) noexcept
        : bias(reals::load(a.epilogue.bias + job.channel)), low(reals::repeat(a.epilogue.low)),
          high(reals::repeat(a.epilogue.high)), add_low(reals::repeat(a.epilogue.add_low)),
          add_high(reals::repeat(a.epilogue.add_high)), output_step(a.output_strides.column_stride),
          residual_step(a.epilogue.residual_strides.column_stride), lanes(job.lanes) {}

    /// Stores one pixel and moves to the next.
    PITH_ALWAYS_INLINE void operator()(vf sum, float*& output, const float*& residual) const noexcept {
        vf y = reals::min(reals::max(sum, low), high);
        if (residual != nullptr) {
            y = reals::min(reals::max(reals::add(y, reals::load_part(residual, lanes)), add_low), add_high);
            residual += residual_step;
        }
        if (lanes == width)
            reals::store(output, y);
        else
            reals::store_part(output, y, lanes);
        output += output_step;
    }
};

/// N neighbouring pixels of any kernel; each weight is loaded once for all of them.
template <std::uint32_t N>
PITH_ALWAYS_INLINE void run_pixels(const depthwise_f32_args& a, const row_job& job, const finisher& finish,
                                   const float* input, float*& output, const float*& residual) noexcept {
    vf sums[N];
#pragma GCC unroll 8
    for (std::uint32_t n = 0; n < N; ++n)
        sums[n] = finish.bias;
    const float* w = job.weights;
    for (std::uint32_t y = 0; y < a.over.run_rows; ++y) {
        const float* x = input + static_cast<std::ptrdiff_t>(y) * a.over.run_row_stride;
        for (std::uint32_t i = 0; i < a.over.run_columns;
             ++i, x += a.over.run_column_stride, w += job.pitch) {
            const vf weight = reals::load(w);
#pragma GCC unroll 8
            for (std::uint32_t n = 0; n < N; ++n)
                sums[n] = reals::fma(reals::load(x + static_cast<std::ptrdiff_t>(n) * a.over.column_stride),
                                     weight, sums[n]);
        }
    }
#pragma GCC unroll 8
    for (std::uint32_t n = 0; n < N; ++n)
        finish(sums[n], output, residual);
}

/// Any kernel.
PITH_NOINLINE inline void run_row(const depthwise_f32_args& a, const row_job& job) noexcept {
    const finisher finish(a, job);
    float* output = job.output;
    const float* residual = job.residual;
    const float* input = job.input;
    std::uint32_t column = 0;
    for (; column + 8 <= a.over.columns; column += 8, input += 8 * a.over.column_stride)
        run_pixels<8>(a, job, finish, input, output, residual);
    for (; column < a.over.columns; ++column, input += a.over.column_stride)
        run_pixels<1>(a, job, finish, input, output, residual);
}

/// A column of three inputs.
struct triple {
    vf top, middle, bottom;
    PITH_ALWAYS_INLINE triple(const float* p, std::ptrdiff_t row) noexcept
        : top(reals::load(p)), middle(reals::load(p + row)), bottom(reals::load(p + 2 * row)) {}
    /// sum + this * w
    PITH_ALWAYS_INLINE vf weighted(const triple& w, vf sum) const noexcept {
        return reals::fma(bottom, w.bottom, reals::fma(middle, w.middle, reals::fma(top, w.top, sum)));
    }
};

/// 3x3 next to each other, stride 1: each input column is loaded once and given to the three outputs it
/// belongs to.
PITH_NOINLINE inline void run_row_3x3(const depthwise_f32_args& a, const row_job& job) noexcept {
    const finisher finish(a, job);
    float* output = job.output;
    const float* residual = job.residual;
    const std::ptrdiff_t step = a.over.run_column_stride;
    const std::ptrdiff_t row = a.over.run_row_stride;
    const auto pitch = static_cast<std::ptrdiff_t>(job.pitch);
    const triple left(job.weights, 3 * pitch);
    const triple centre(job.weights + pitch, 3 * pitch);
    const triple right(job.weights + 2 * pitch, 3 * pitch);
    const float* input = job.input;
    const triple first(input, row);
    const triple second(input + step, row);
    vf oldest = second.weighted(centre, first.weighted(left, finish.bias));
    vf newer = second.weighted(left, finish.bias);
    input += 2 * step;
    for (std::uint32_t column = 0; column < a.over.columns; ++column, input += step) {
        const triple x(input, row);
        finish(x.weighted(right, oldest), output, residual);
        oldest = x.weighted(centre, newer);
        newer = x.weighted(left, finish.bias);
    }
}

/// 3x3, stride 2: every second input column belongs to two outputs.
PITH_NOINLINE inline void run_row_3x3_stride_2(const depthwise_f32_args& a, const row_job& job) noexcept {
    const finisher finish(a, job);
    float* output = job.output;
    const float* residual = job.residual;
    const std::ptrdiff_t step = a.over.run_column_stride;
    const std::ptrdiff_t row = a.over.run_row_stride;
    const auto pitch = static_cast<std::ptrdiff_t>(job.pitch);
    const triple left(job.weights, 3 * pitch);
    const triple centre(job.weights + pitch, 3 * pitch);
    const triple right(job.weights + 2 * pitch, 3 * pitch);
    const float* input = job.input;
    vf begun = triple(input, row).weighted(left, finish.bias);
    for (std::uint32_t column = 0; column < a.over.columns; ++column, input += 2 * step) {
        begun = triple(input + step, row).weighted(centre, begun);
        const triple x(input + 2 * step, row);
        finish(x.weighted(right, begun), output, residual);
        begun = x.weighted(left, finish.bias);
    }
}

using row_function = void (*)(const depthwise_f32_args&, const row_job&) noexcept;

template <class = on_use>
[[nodiscard]] inline row_function choose_row(const window& over) noexcept {
    if (over.run_rows != 3 || over.run_columns != 3)
        return &run_row;
    if (over.column_stride == over.run_column_stride)
        return &run_row_3x3;
    return over.column_stride == 2 * over.run_column_stride ? &run_row_3x3_stride_2 : &run_row;
}

template <class = on_use>
inline void run(const depthwise_f32_args& a) noexcept {
    const row_function function = choose_row(a.over);
    const std::uint32_t channels = a.over.run_length;
    row_job job;
    job.pitch = round_up(channels, std::uint32_t{16});
    for (std::uint32_t row = 0; row < a.over.rows; ++row) {
        const auto r = static_cast<std::ptrdiff_t>(row);
        const float* residual = residual_at(a.epilogue, row, 0);
        for (std::uint32_t channel = 0; channel < channels; channel += width) {
            job.channel = channel;
            job.lanes = channels - channel < width ? channels - channel : width;
            job.input = a.input + r * a.over.row_stride + channel;
            job.weights = a.weights + channel;
            job.output = a.output + r * a.output_strides.row_stride + channel;
            job.residual = residual != nullptr ? residual + channel : nullptr;
            function(a, job);
        }
    }
}
