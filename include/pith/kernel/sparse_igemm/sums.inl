// SPDX-License-Identifier: MIT
// Behind body.inl and igemm/sums.inl: each column of four inputs is broadcast.

/// One column of M pixels. @param input of the first pixel, the column's
template <int M, int V>
PITH_ALWAYS_INLINE void step_column(dot::vec (&acc)[M][V], const std::uint8_t* input, std::ptrdiff_t step,
                                    const std::int8_t* w) noexcept {
    dot::weights wv[V];
#pragma GCC unroll 8
    for (int v = 0; v < V; ++v)
        wv[v] = dot::as_weights(dot::load(w + v * dot::lanes * 4));
#pragma GCC unroll 16
    for (int m = 0; m < M; ++m) {
        if (m % 4 == 0)
            __asm__("" : "+r"(input)); // one address for four pixels
        const dot::inputs xv = dot::as_inputs(dot::broadcast(input + (m % 4) * step));
#pragma GCC unroll 8
        for (int v = 0; v < V; ++v)
            acc[m][v] = dot::add_dot(acc[m][v], xv, wv[v]);
        if (m % 4 == 3)
            input += 4 * step;
    }
}

inline constexpr int fetched_ahead = 24 * group_weights;

template <int M>
void sum_columns(const sum_task& t, column_list columns) noexcept {
    constexpr int vectors = panel_outputs / dot::lanes;
    constexpr int chains = M * vectors;
    // As in sum_tile: enough independent sums to hide the latency of the dot product.
    constexpr int wanted = chains >= dot::wanted_chains ? 1 : 2 * chains >= dot::wanted_chains ? 2 : 4;
    constexpr int room = dot::most_chains / chains;
    constexpr int sets = wanted <= room ? wanted : room >= 2 ? 2 : 1;
    dot::vec acc[sets][M][vectors];
#pragma GCC unroll 16
    for (int m = 0; m < M; ++m) {
#pragma GCC unroll 8
        for (int v = 0; v < vectors; ++v) {
            acc[0][m][v] = dot::load(t.bias + v * dot::lanes);
#pragma GCC unroll 4
            for (int s = 1; s < sets; ++s)
                acc[s][m][v] = dot::none();
        }
    }
    const std::int8_t* w = t.weights;
    const std::uint32_t* at = columns.first;
    for (; columns.last - at >= sets; at += sets)
#pragma GCC unroll 4
        for (int s = 0; s < sets; ++s, w += group_weights) {
            if constexpr (M == 1) // weights are used once; what lies behind the last is not read
                __builtin_prefetch(w + fetched_ahead);
            step_column<M, vectors>(acc[s], t.input + at[s], t.step, w);
        }
    for (; at != columns.last; ++at, w += group_weights)
        step_column<M, vectors>(acc[0], t.input + *at, t.step, w);
#pragma GCC unroll 16
    for (int m = 0; m < M; ++m) {
#pragma GCC unroll 8
        for (int v = 0; v < vectors; ++v) {
#pragma GCC unroll 4
            for (int s = 1; s < sets; ++s)
                acc[0][m][v] = dot::add(acc[0][m][v], acc[s][m][v]);
            dot::store(t.sums + (m * vectors + v) * dot::lanes, acc[0][m][v]);
        }
    }
}
