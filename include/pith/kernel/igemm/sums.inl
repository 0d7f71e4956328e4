// SPDX-License-Identifier: MIT
// Behind vector.inl, sums of tiles where the dot product takes both operands as whole vectors: each group of
// four inputs is broadcast.

/// Four inputs of every pixel times 16 * N outputs.
template <int M, int E, int V>
PITH_ALWAYS_INLINE void step(dot::vec (&acc)[M * E][V], const std::uint8_t* const (&x)[M], std::ptrdiff_t at,
                             std::ptrdiff_t echo_at, const std::int8_t* w, std::size_t panel_bytes) noexcept {
    constexpr int in_panel = panel_outputs / dot::lanes;
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
    constexpr int vectors = N * panel_outputs / dot::lanes;
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
        x[m] = t.input + m * t.step;
#pragma GCC unroll 16
    for (int m = 0; m < M * E; ++m) {
#pragma GCC unroll 8
        for (int v = 0; v < vectors; ++v) {
            acc[0][m][v] = dot::load(t.bias + m * t.bias_step + v * dot::lanes);
#pragma GCC unroll 4
            for (int s = 1; s < sets; ++s)
                acc[s][m][v] = dot::none();
        }
    }

    const std::ptrdiff_t echo_at = M * t.step;
    const std::int8_t* w = t.weights;
    for (std::uint32_t row = 0; row < t.run_rows; ++row) {
        std::ptrdiff_t at = static_cast<std::ptrdiff_t>(row) * t.run_row_stride;
        for (std::uint32_t run = t.run_columns; run != 0; --run, at += t.run_gap) {
            std::uint32_t left = t.groups;
            for (; left >= unroll; left -= unroll, at += 4 * unroll, w += group_weights * unroll) {
                __asm__("" : "+r"(at)); // one index for all pixels; else g++ keeps and steps M pointers
#pragma GCC unroll 4
                for (int u = 0; u < unroll; ++u)
                    step<M, E>(acc[u % sets], x, at + 4 * u, echo_at, w + group_weights * u, t.panel_bytes);
            }
            for (; left != 0; --left, at += 4, w += group_weights) {
                __asm__("" : "+r"(at));
                step<M, E>(acc[0], x, at, echo_at, w, t.panel_bytes);
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

/// Each input is loaded once for the three outputs it takes part in. With one panel the loads are what limits
/// sum_tile.
template <int M>
void sum_sliding(const sum_task& t) noexcept {
    constexpr int outputs = 2 * M;
    constexpr int half = M + 1; // of the inputs
    dot::vec acc[outputs];
    const std::uint8_t* x[half];
#pragma GCC unroll 16
    for (int m = 0; m < half; ++m)
        x[m] = t.input + m * t.step;
#pragma GCC unroll 16
    for (int m = 0; m < outputs; ++m)
        acc[m] = dot::load(t.bias);

    const std::uint32_t groups = t.groups / 3;
    const std::size_t pixel_weights = std::size_t{groups} * group_weights;
    const std::ptrdiff_t echo_at = half * t.step;
    const std::int8_t* w = t.weights;
    std::ptrdiff_t at = 0;
    for (std::uint32_t run = t.run_columns; run != 0; --run) {
        for (std::uint32_t left = groups; left != 0; --left, at += 4, w += group_weights) {
            __asm__("" : "+r"(at));
            dot::weights wv[3];
#pragma GCC unroll 3
            for (int k = 0; k < 3; ++k)
                wv[k] = dot::as_weights(dot::load(w + static_cast<std::size_t>(k) * pixel_weights));
#pragma GCC unroll 32
            for (int i = 0; i < 2 * half; ++i) {
                const dot::inputs xv =
                    dot::as_inputs(dot::broadcast(x[i % half] + (i < half ? at : at + echo_at)));
#pragma GCC unroll 3
                for (int k = 0; k < 3; ++k)
                    if (i - k >= 0 && i - k < outputs)
                        acc[i - k] = dot::add_dot(acc[i - k], xv, wv[k]);
            }
        }
        w += 2 * pixel_weights;
        at += t.run_gap + static_cast<std::ptrdiff_t>(groups) * 8;
    }
#pragma GCC unroll 16
    for (int m = 0; m < outputs; ++m)
        dot::store(t.sums + m * dot::lanes, acc[m]);
}
