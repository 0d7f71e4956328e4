// SPDX-License-Identifier: MIT
// The body of the x86 integer convolutions, without a guard: each of them includes it inside its target
// region and namespace with PITH_TARGET_BODY defined. It needs `dot` (vectors of `lanes` int32), `epilogue`
// (store_codes, store_reals), max_pixels, max_panels and echo (whether tiles of one panel may be doubled).
#ifdef PITH_TARGET_BODY

/// Sums of a tile: M pixels, given by their pointers, and their E - 1 echoes, which lie `echo_at` further on.
struct sum_task {
    const std::uint8_t* const* input;
    std::ptrdiff_t echo_at;
    const window* over;
    const std::int8_t* weights;
    std::size_t panel_bytes;
    const std::int32_t* bias;
    std::int32_t* sums; ///< [E * M][N][16], aligned
};

/// Four inputs of every pixel times 16 * N outputs.
template <int M, int E, int V>
PITH_ALWAYS_INLINE void step(dot::vec (&acc)[M * E][V], const std::uint8_t* const (&x)[M], std::ptrdiff_t at,
                             std::ptrdiff_t echo_at, const std::int8_t* w, std::size_t panel_bytes) noexcept {
    constexpr int in_panel = 16 / dot::lanes;
    dot::weights wv[V];
#pragma GCC unroll 8
    for (int v = 0; v < V; ++v)
        wv[v] = dot::as_weights(dot::load(w + static_cast<std::size_t>(v / in_panel) * panel_bytes +
                                          v % in_panel * dot::lanes * 4));
#pragma GCC unroll 16
    for (int m = 0; m < M * E; ++m) {
        const dot::inputs xv = dot::as_inputs(dot::broadcast(x[m % M] + (m < M ? at : at + echo_at)));
#pragma GCC unroll 8
        for (int v = 0; v < V; ++v)
            acc[m][v] = dot::add_dot(acc[m][v], xv, wv[v]);
    }
}

template <int M, int N, int E>
void sum_tile(const sum_task& t) noexcept {
    constexpr int vectors = N * 16 / dot::lanes;
    constexpr int chains = M * E * vectors;
    // Enough independent sums to hide the latency of the dot product, as far as there are registers.
    constexpr int wanted = chains >= dot::wanted_chains ? 1 : 2 * chains >= dot::wanted_chains ? 2 : 4;
    constexpr int room = dot::most_chains / chains;
    constexpr int sets = wanted <= room ? wanted : room >= 2 ? 2 : 1;
    constexpr int unroll = sets == 1 ? dot::unroll : sets;

    dot::vec acc[sets][M * E][vectors];
    const std::uint8_t* x[M];
#pragma GCC unroll 16
    for (int m = 0; m < M; ++m)
        x[m] = t.input[m];
#pragma GCC unroll 16
    for (int m = 0; m < M * E; ++m) {
#pragma GCC unroll 8
        for (int v = 0; v < vectors; ++v) {
            acc[0][m][v] = dot::load(t.bias + v * dot::lanes);
#pragma GCC unroll 4
            for (int s = 1; s < sets; ++s)
                acc[s][m][v] = dot::none();
        }
    }

    const std::uint32_t groups = (t.over->run_length + 3) / 4;
    const std::int8_t* w = t.weights;
    for (std::uint32_t row = 0; row < t.over->run_rows; ++row) {
        for (std::uint32_t column = 0; column < t.over->run_columns; ++column) {
            std::ptrdiff_t at = static_cast<std::ptrdiff_t>(row) * t.over->run_row_stride +
                                static_cast<std::ptrdiff_t>(column) * t.over->run_column_stride;
            std::uint32_t left = groups;
            for (; left >= unroll; left -= unroll, at += 4 * unroll, w += 64 * unroll) {
                __asm__("" : "+r"(at)); // one index for all pixels; else g++ keeps and steps M pointers
#pragma GCC unroll 4
                for (int u = 0; u < unroll; ++u)
                    step<M, E>(acc[u % sets], x, at + 4 * u, t.echo_at, w + 64 * u, t.panel_bytes);
            }
            for (; left != 0; --left, at += 4, w += 64) {
                __asm__("" : "+r"(at));
                step<M, E>(acc[0], x, at, t.echo_at, w, t.panel_bytes);
            }
        }
    }

#pragma GCC unroll 16
    for (int m = 0; m < M * E; ++m) {
#pragma GCC unroll 8
        for (int v = 0; v < vectors; ++v) {
#pragma GCC unroll 4
            for (int s = 1; s < sets; ++s)
                acc[0][m][v] = dot::add(acc[0][m][v], acc[s][m][v]);
            dot::store(t.sums + (m * vectors + v) * dot::lanes, acc[0][m][v]);
        }
    }
}

using sum_function = void (*)(const sum_task&) noexcept;

template <int N, int... M>
constexpr sum_function pick_sum(int pixels, std::integer_sequence<int, M...>) noexcept {
    constexpr sum_function of_size[] = {&sum_tile<M + 1, N, 1>...};
    return of_size[pixels - 1];
}

/// A tile between its sums and its outputs.
struct tile_state {
    alignas(64) std::int32_t sums[pixel_tile::capacity * 16] = {};
    pixel_tile pixels;
    int count = 0;
};

/// What all tiles of N panels share.
struct panels_job {
    const igemm_args& a;
    epilogue::codes_constants constants;
    std::uint32_t first; ///< channel
    std::uint32_t last;  ///< channels of the last panel
};

template <int N>
void store_tile(const panels_job& job, const tile_state& t) noexcept {
    const codes_epilogue& e = job.a.epilogue;
    const float* factor = e.factor + job.first;
    if (job.a.real_output != nullptr)
        epilogue::store_reals<N>(t.sums, t.count, factor, job.last, job.a.real_output + job.first,
                                 t.pixels.output);
    else
        epilogue::store_codes<N>(e, job.constants, t.sums, t.count, factor, job.last,
                                 job.a.output + job.first, t.pixels.output,
                                 e.residual == nullptr ? nullptr : e.residual + job.first, t.pixels.residual);
}

/// N panels, from channel `first` on, over all pixels. A tile's outputs are stored after the next tile's
/// sums: the two have nothing to wait for in each other, and the processor overlaps them.
template <int N>
void run_panels(const igemm_args& a, std::uint32_t first) noexcept {
    constexpr std::uint32_t most = max_pixels;
    const std::size_t panel_bytes =
        std::size_t{a.over.runs()} * round_up(a.over.run_length, std::uint32_t{4}) * 16;
    const std::uint32_t left = a.channels - first;
    const panels_job job{a, epilogue::codes_constants(a.epilogue), first,
                         left < 16 * N ? left - 16 * (N - 1) : 16};
    sum_task task{
        nullptr, 0, &a.over, a.weights + first / 16 * panel_bytes, panel_bytes, a.epilogue.bias + first,
        nullptr};
    tile_state states[2];
    tile_state* now = &states[0];
    tile_state* before = &states[1];
    pixel_walk walk(a);
    const bool echoes = echo && N == 1 && walk.repeats_after(most);
    while (walk.left() != 0) {
        const bool doubled = echoes && walk.left() >= 2 * most;
        const std::uint32_t count = doubled ? 2 * most : even_share(walk.left(), most);
        walk.take(now->pixels, count);
        now->count = static_cast<int>(count);
        task.input = now->pixels.input;
        task.sums = now->sums;
        if (doubled) {
            task.echo_at = now->pixels.input[most] - now->pixels.input[0];
            if constexpr (echo && N == 1)
                sum_tile<most, 1, 2>(task);
        } else {
            pick_sum<N>(now->count, std::make_integer_sequence<int, most>{})(task);
        }
        if (before->count != 0)
            store_tile<N>(job, *before);
        std::swap(now, before);
    }
    store_tile<N>(job, *before);
}

/// @pre a.packed == tile{16, 4}
inline void igemm(const igemm_args& a) noexcept {
    std::uint32_t first = 0;
    if constexpr (max_panels == 2)
        for (; first + 16 < a.channels; first += 32)
            run_panels<2>(a, first);
    for (; first < a.channels; first += 16)
        run_panels<1>(a, first);
}

#endif
