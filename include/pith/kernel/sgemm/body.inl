// SPDX-License-Identifier: MIT
// Float convolution, included inside a target region, in a namespace that has `reals` (simd/words.hpp). A
// tile is M pixels by P panels of 16 channels, all its sums in registers. Pixels are pointers, so that a tile
// may cross image rows. For each input, weights are loaded once and each pixel's element is broadcast (from
// memory, inside the multiply-add, where a tile has one vector across).

static_assert(pith::simd::checked_reals<reals>::complete);
using vf = reals::vf;
inline constexpr std::uint32_t width = reals::width;

inline constexpr std::uint32_t panel_outputs = sgemm_tile.outputs;
inline constexpr std::uint32_t panel_vectors = panel_outputs / width;
inline constexpr std::uint32_t most_pixels = 24;

inline constexpr bool by_lanes = pith::simd::multiplies_lanes<reals>;

/// Inputs taken at a time, and pixels whose sums over `panels` panels then fit the registers.
[[nodiscard]] constexpr std::uint32_t inputs_at_once(std::uint32_t panels) noexcept {
    return by_lanes ? width : panels * panel_vectors == 1 ? 8 : 2;
}
[[nodiscard]] constexpr std::uint32_t pixels_at_most(std::uint32_t panels) noexcept {
    const std::uint32_t vectors = panels * panel_vectors;
    if (by_lanes)
        return (reals::registers - vectors) / (vectors + 1);
    return vectors == 1 ? reals::registers - 8 : (reals::registers - vectors - 1) / vectors;
}

/// What a tile works on.
struct tile_job {
    const window* over;
    const float_epilogue* epilogue;
    const float* weights;   ///< of the first panel
    std::size_t panel;      ///< elements between panels
    std::uint32_t channel;  ///< first output channel
    std::uint32_t channels; ///< output channels of the tile
    const float* input[most_pixels];
    float* output[most_pixels];
    const float* residual[most_pixels]; ///< not set where there is none
};

/// bias, clamp, residual, clamp, for sums that left the registers: [pixels][V].
template <std::uint32_t V>
PITH_NOINLINE void finish_slowly(const tile_job& job, const float* sums, std::uint32_t pixels) noexcept {
    const float_epilogue& e = *job.epilogue;
    for (std::uint32_t m = 0; m < pixels; ++m)
        for (std::uint32_t first = 0; first < V * width && first < job.channels; first += width) {
            const std::uint32_t left = job.channels - first < width ? job.channels - first : width;
            vf y = reals::add(reals::load(sums + m * V * width + first),
                              reals::load(e.bias + job.channel + first));
            y = reals::min(reals::max(y, reals::repeat(e.low)), reals::repeat(e.high));
            if (e.residual != nullptr) {
                y = reals::add(y, reals::load_part(job.residual[m] + first, left));
                y = reals::min(reals::max(y, reals::repeat(e.add_low)), reals::repeat(e.add_high));
            }
            reals::store_part(job.output[m] + first, y, left);
        }
}

/// The same from registers. @tparam Whole all channels exist
template <std::uint32_t M, std::uint32_t V, bool Residual, bool Whole>
PITH_ALWAYS_INLINE void finish_quickly(const tile_job& job, vf (&sums)[M][V]) noexcept {
    const float_epilogue& e = *job.epilogue;
    const vf low = reals::repeat(e.low);
    const vf high = reals::repeat(e.high);
    const vf add_low = reals::repeat(e.add_low);
    const vf add_high = reals::repeat(e.add_high);
    vf bias[V];
#pragma GCC unroll 8
    for (std::uint32_t v = 0; v < V; ++v)
        bias[v] = reals::load(e.bias + job.channel + v * width);
#pragma GCC unroll 32
    for (std::uint32_t m = 0; m < M; ++m) {
#pragma GCC unroll 8
        for (std::uint32_t v = 0; v < V; ++v) {
            vf y = reals::min(reals::max(reals::add(sums[m][v], bias[v]), low), high);
            if constexpr (Residual)
                y = reals::min(reals::max(reals::add(y, reals::load(job.residual[m] + v * width)), add_low),
                               add_high);
            if constexpr (Whole)
                reals::store(job.output[m] + v * width, y);
            else
                reals::store_part(job.output[m] + v * width, y, job.channels);
        }
    }
}

template <std::uint32_t M, std::uint32_t V>
PITH_ALWAYS_INLINE void finish_tile(const tile_job& job, vf (&sums)[M][V]) noexcept {
    if (job.channels == V * width)
        return job.epilogue->residual != nullptr ? finish_quickly<M, V, true, true>(job, sums)
                                                 : finish_quickly<M, V, false, true>(job, sums);
    if (V == 1 && job.epilogue->residual == nullptr)
        return finish_quickly<M, V, false, V != 1>(job, sums);
    alignas(64) float memory[M * V * width];
#pragma GCC unroll 32
    for (std::uint32_t i = 0; i < M * V; ++i)
        reals::store(memory + i * width, sums[i / V][i % V]);
    finish_slowly<V>(job, memory, M);
}

/// The same pointer, but the compiler no longer knows how it came about, and addresses with it as it is.
PITH_ALWAYS_INLINE const float* opaque(const float* p) noexcept {
    __asm__("" : "+r"(p));
    return p;
}

/// Inputs number `Lane` to the last of a vector of each pixel's. @tparam R reals, where it multiplies by
/// lanes
template <class R, int Lane, std::uint32_t M, std::uint32_t V>
PITH_ALWAYS_INLINE void multiply_lanes(const vf (&x)[M], const float* const (&weights)[V], std::size_t k,
                                       vf (&sums)[M][V]) noexcept {
    vf w[V];
#pragma GCC unroll 8
    for (std::uint32_t v = 0; v < V; ++v)
        w[v] = reals::load(weights[v] + k * panel_outputs);
#pragma GCC unroll 32
    for (std::uint32_t m = 0; m < M; ++m)
#pragma GCC unroll 8
        for (std::uint32_t v = 0; v < V; ++v)
            sums[m][v] = R::template fma_lane<Lane>(x[m], w[v], sums[m][v]);
    if constexpr (Lane + 1 < static_cast<int>(width))
        multiply_lanes<R, Lane + 1>(x, weights, k + 1, sums);
}

/// Several vectors across: `U` inputs of every pixel, each broadcast to a register or taken from a lane.
template <std::uint32_t M, std::uint32_t V, std::uint32_t U>
PITH_ALWAYS_INLINE void multiply(const float* const* pixels, std::ptrdiff_t at,
                                 const float* const (&weights)[V], std::size_t k, vf (&sums)[M][V]) noexcept {
    if constexpr (by_lanes && U == width) {
        vf x[M];
#pragma GCC unroll 32
        for (std::uint32_t m = 0; m < M; ++m)
            x[m] = reals::load(pixels[m] + at);
        return multiply_lanes<reals, 0>(x, weights, k, sums);
    }
#pragma GCC unroll 8
    for (std::uint32_t u = 0; u < U; ++u) {
        vf w[V];
#pragma GCC unroll 8
        for (std::uint32_t v = 0; v < V; ++v)
            w[v] = reals::load(weights[v] + (k + u) * panel_outputs);
#pragma GCC unroll 32
        for (std::uint32_t m = 0; m < M; ++m) {
            const vf element = reals::repeat(pixels[m][at + u]);
#pragma GCC unroll 8
            for (std::uint32_t v = 0; v < V; ++v)
                sums[m][v] = reals::fma(element, w[v], sums[m][v]);
        }
    }
}

/// One vector across: each input is broadcast inside its multiply-add, which processors do at full speed only
/// from an address without an index, so every pixel's address is made before.
template <std::uint32_t M, std::uint32_t U>
PITH_ALWAYS_INLINE void multiply_one(const float* const* pixels, std::ptrdiff_t at, const float* weights,
                                     vf (&sums)[M][1]) noexcept {
    vf w[U];
#pragma GCC unroll 8
    for (std::uint32_t u = 0; u < U; ++u)
        w[u] = reals::load(weights + u * panel_outputs);
#pragma GCC unroll 32
    for (std::uint32_t m = 0; m < M; ++m) {
        const float* x = opaque(pixels[m] + at);
#pragma GCC unroll 8
        for (std::uint32_t u = 0; u < U; ++u)
            sums[m][0] = reals::fma(reals::repeat(x[u]), w[u], sums[m][0]);
    }
}

/// One run of inputs, which start `at` elements into every pixel; their weights are number `k` on.
template <std::uint32_t M, std::uint32_t V, std::uint32_t U>
PITH_ALWAYS_INLINE void multiply_run(const tile_job& job, std::ptrdiff_t at, const float* const (&weights)[V],
                                     std::size_t k, vf (&sums)[M][V]) noexcept {
    const std::size_t end = k + job.over->run_length;
    if constexpr (V == 1) {
        const float* w = weights[0] + k * panel_outputs;
        for (; k + U <= end; k += U, at += U, w += U * panel_outputs)
            multiply_one<M, U>(job.input, at, w, sums);
        for (; k < end; ++k, ++at, w += panel_outputs)
            multiply_one<M, 1>(job.input, at, w, sums);
    } else {
        for (; k + U <= end; k += U, at += U)
            multiply<M, V, U>(job.input, at, weights, k, sums);
        for (; k < end; ++k, ++at)
            multiply<M, V, 1>(job.input, at, weights, k, sums);
    }
}

/// M pixels by P panels.
template <std::uint32_t M, std::uint32_t P>
PITH_NOINLINE void run_tile(const tile_job& job) noexcept {
    constexpr std::uint32_t V = P * panel_vectors;
    const window& over = *job.over;
    vf sums[M][V];
#pragma GCC unroll 32
    for (std::uint32_t i = 0; i < M * V; ++i)
        sums[i / V][i % V] = reals::zero();
    const float* weights[V];
#pragma GCC unroll 8
    for (std::uint32_t v = 0; v < V; ++v)
        weights[v] = job.weights + v / panel_vectors * job.panel + v % panel_vectors * width;
    std::size_t k = 0;
    for (std::uint32_t row = 0; row < over.run_rows; ++row)
        for (std::uint32_t column = 0; column < over.run_columns; ++column, k += over.run_length) {
            const std::ptrdiff_t at = static_cast<std::ptrdiff_t>(row) * over.run_row_stride +
                                      static_cast<std::ptrdiff_t>(column) * over.run_column_stride;
            multiply_run<M, V, inputs_at_once(P)>(job, at, weights, k, sums);
        }
    finish_tile(job, sums);
}

/// One pixel by P panels: every weight is used once, so what counts is to have many loads under way. Even and
/// odd inputs have sums of their own.
template <std::uint32_t P>
PITH_NOINLINE void run_one(const tile_job& job) noexcept {
    constexpr std::uint32_t V = P * panel_vectors;
    const window& over = *job.over;
    vf sums[1][V];
    vf odd[V];
    const float* weights[V];
#pragma GCC unroll 8
    for (std::uint32_t v = 0; v < V; ++v) {
        sums[0][v] = odd[v] = reals::zero();
        weights[v] = job.weights + v / panel_vectors * job.panel + v % panel_vectors * width;
    }
    std::size_t k = 0;
    for (std::uint32_t row = 0; row < over.run_rows; ++row)
        for (std::uint32_t column = 0; column < over.run_columns; ++column) {
            const float* x = job.input[0] + static_cast<std::ptrdiff_t>(row) * over.run_row_stride +
                             static_cast<std::ptrdiff_t>(column) * over.run_column_stride;
            const std::size_t end = k + over.run_length;
            for (; k + 2 <= end; k += 2, x += 2) {
                const vf first = reals::repeat(x[0]);
                const vf second = reals::repeat(x[1]);
#pragma GCC unroll 8
                for (std::uint32_t v = 0; v < V; ++v) {
                    sums[0][v] = reals::fma(first, reals::load(weights[v] + k * panel_outputs), sums[0][v]);
                    odd[v] = reals::fma(second, reals::load(weights[v] + (k + 1) * panel_outputs), odd[v]);
                }
            }
            for (; k < end; ++k, ++x)
#pragma GCC unroll 8
                for (std::uint32_t v = 0; v < V; ++v)
                    sums[0][v] = reals::fma(reals::repeat(*x), reals::load(weights[v] + k * panel_outputs),
                                            sums[0][v]);
        }
#pragma GCC unroll 8
    for (std::uint32_t v = 0; v < V; ++v)
        sums[0][v] = reals::add(sums[0][v], odd[v]);
    finish_tile(job, sums);
}

using tile_function = void (*)(const tile_job&) noexcept;

/// How a pass over some panels is done: tiles of one pixel, or of 1 to `units` times `unit` pixels.
struct tiling {
    std::uint32_t panels;
    std::uint32_t unit;
    std::uint32_t units;
    const tile_function* functions; ///< by number of units; the first is for one pixel
};

template <std::uint32_t P, std::uint32_t Unit, class Sequence>
struct tile_table;
template <std::uint32_t P, std::uint32_t Unit, std::uint32_t... I>
struct tile_table<P, Unit, std::integer_sequence<std::uint32_t, I...>> {
    static constexpr tile_function of[] = {&run_one<P>, &run_tile<(I + 1) * Unit, P>...};
    static constexpr tiling all{P, Unit, sizeof...(I), of};
};
template <std::uint32_t P, std::uint32_t Unit, class = on_use>
inline constexpr tiling tiled =
    tile_table<P, Unit, std::make_integer_sequence<std::uint32_t, pixels_at_most(P) / Unit>>::all;

/// The next output pixel, in the order of rows.
struct pixel_cursor {
    const float* input;
    float* output;
    const float* residual;
    std::uint32_t column;
};

/// Fills the job's pixels with the next `count`, row by row.
template <class = on_use>
inline void take_pixels(const sgemm_args& a, pixel_cursor& at, std::uint32_t count, tile_job& job) noexcept {
    const pixel_strides& to = a.output_strides;
    const pixel_strides& from = a.epilogue.residual_strides;
    for (std::uint32_t m = 0; m < count;) {
        const std::uint32_t in_row = a.over.columns - at.column;
        const std::uint32_t taken = count - m < in_row ? count - m : in_row;
        const auto n = static_cast<std::ptrdiff_t>(taken);
        for (std::ptrdiff_t i = 0; i < n; ++i) {
            job.input[m + static_cast<std::uint32_t>(i)] = at.input + i * a.over.column_stride;
            job.output[m + static_cast<std::uint32_t>(i)] = at.output + i * to.column_stride;
        }
        for (std::ptrdiff_t i = 0; at.residual != nullptr && i < n; ++i)
            job.residual[m + static_cast<std::uint32_t>(i)] = at.residual + i * from.column_stride;
        m += taken;
        at.column += taken;
        // To the pixel behind, or to the start of the next row.
        const bool ends = at.column == a.over.columns;
        const std::ptrdiff_t back = ends ? static_cast<std::ptrdiff_t>(a.over.columns) - n : -n;
        at.column = ends ? 0 : at.column;
        at.input += (ends ? a.over.row_stride : 0) - back * a.over.column_stride;
        at.output += (ends ? to.row_stride : 0) - back * to.column_stride;
        if (at.residual != nullptr)
            at.residual += (ends ? from.row_stride : 0) - back * from.column_stride;
    }
}

/// Pixels `from` to `to` of the job, which do not exist, repeat pixel `from` - 1 and are stored aside.
template <class = on_use>
inline void repeat_pixel(tile_job& job, std::uint32_t from, std::uint32_t to, float* aside) noexcept {
    for (std::uint32_t m = from; m < to; ++m) {
        job.input[m] = job.input[from - 1];
        job.output[m] = aside;
        if (job.epilogue->residual != nullptr)
            job.residual[m] = job.residual[from - 1];
    }
}

/// All pixels for t.panels panels from job.channel on, in tiles of nearly equal size.
template <class = on_use>
inline void run_panels(const sgemm_args& a, tile_job& job, const tiling& t) noexcept {
    const std::size_t pixels = std::size_t{a.over.rows} * a.over.columns;
    const std::size_t units = (pixels + t.unit - 1) / t.unit;
    const std::size_t count = (units + t.units - 1) / t.units;
    pixel_cursor at{a.input, a.output + job.channel, a.epilogue.residual, 0};
    if (at.residual != nullptr)
        at.residual += job.channel;
    if (pixels == 1) {
        take_pixels(a, at, 1, job);
        return t.functions[0](job);
    }
    alignas(64) float aside[4 * panel_outputs];
    std::size_t begin = 0;
    for (std::size_t i = 1; i <= count; ++i) {
        const std::size_t end = units * i / count;
        const auto size = static_cast<std::uint32_t>((end - begin) * t.unit);
        const std::size_t left = pixels - begin * t.unit;
        const std::uint32_t exist = left < size ? static_cast<std::uint32_t>(left) : size;
        take_pixels(a, at, exist, job);
        repeat_pixel(job, exist, size, aside);
        t.functions[end - begin](job);
        begin = end;
    }
}

/// Dense layers of one pixel read every weight once: more panels abreast keep more of them under way.
inline constexpr std::uint32_t panels_abreast =
    panel_vectors == 4 ? reals::registers / 16 : reals::registers / 8;
template <class = on_use>
inline constexpr tile_function abreast[] = {&run_one<panels_abreast>};
template <class = on_use>
inline constexpr tiling one_pixel{panels_abreast, 1, 1, abreast<>};

/// The pass for the next panels of `left`.
template <class Use = on_use>
[[nodiscard]] inline const tiling& choose_tiling(bool single, std::uint32_t left) noexcept {
    if (single && left >= panels_abreast)
        return one_pixel<>;
    if constexpr (panel_vectors == 1) {
        if (left >= 2)
            return left == 3 ? tiled<3, 2, Use> : tiled<2, 2, Use>;
        return tiled<1, 4, Use>;
    } else {
        return tiled<1, 2, Use>;
    }
}

template <class = on_use>
inline void run(const sgemm_args& a) noexcept {
    tile_job job;
    job.over = &a.over;
    job.epilogue = &a.epilogue;
    job.panel = std::size_t{a.over.runs()} * a.over.run_length * panel_outputs;
    const std::uint32_t panels = (a.channels + panel_outputs - 1) / panel_outputs;
    const bool single = a.over.rows == 1 && a.over.columns == 1;
    for (std::uint32_t panel = 0; panel < panels;) {
        const tiling& t = choose_tiling(single, panels - panel);
        job.channel = panel * panel_outputs;
        job.weights = a.weights + panel * job.panel;
        job.channels = a.channels - job.channel;
        job.channels = job.channels < t.panels * panel_outputs ? job.channels : t.panels * panel_outputs;
        run_panels(a, job, t);
        panel += t.panels;
    }
}
