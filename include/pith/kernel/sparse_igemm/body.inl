// SPDX-License-Identifier: MIT
// Sparse integer convolution, included inside a target region, in a namespace that has the names of
// kernel/igemm/vector.inl. A tile is one panel of 16 channels by neighbouring pixels of a row, whose inputs
// lie a fixed step apart.

/// The columns that a panel stores.
struct column_list {
    const std::uint32_t* first;
    const std::uint32_t* last;
};

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

/// Sums of M pixels over the columns of a panel. @pre t.bias_step == 0
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

using columns_function = void (*)(const sum_task&, column_list) noexcept;

template <class Sequence>
struct columns_table;
template <int... M>
struct columns_table<std::integer_sequence<int, M...>> {
    static constexpr columns_function of[] = {nullptr, &sum_columns<M + 1>...};
};

template <class = on_use>
inline void run_sparse(const sparse_igemm_args& a) noexcept {
    using table = columns_table<std::make_integer_sequence<int, max_pixels>>;
    constexpr columns_function doubled = &sum_columns<(echo ? 2 : 1) * max_pixels>; // unused without echo
    const bool flat = one_row(a);
    const std::uint32_t rows = flat ? 1 : a.over.rows;
    const row_cut c = cut(flat ? a.over.rows * a.over.columns : a.over.columns, echo);
    for (std::uint32_t first = 0; first < a.channels; first += panel_outputs) {
        const std::uint32_t* start = a.starts + first / panel_outputs;
        const column_list columns{a.columns + start[0], a.columns + start[1]};
        panels<1> p(a, first);
        p.task.weights = a.weights + std::size_t{start[0]} * group_weights;
        const auto advance = [&](columns_function sum, std::uint32_t pixels) noexcept {
            p.advance([&](const sum_task& t) noexcept { sum(t, columns); }, pixels);
        };
        for (std::uint32_t row = 0; row < rows; ++row) {
            const auto r = static_cast<std::ptrdiff_t>(row);
            p.task.input = a.input + r * a.over.row_stride;
            p.now->output = r * a.output_strides.row_stride;
            p.now->residual = r * a.epilogue.residual_strides.row_stride;
            for (std::uint32_t i = 0; i < c.doubled; ++i)
                advance(doubled, 2 * max_pixels);
            for (std::uint32_t i = 0; i < c.tiles; ++i)
                advance(table::of[c.pixels + (i < c.larger ? 1 : 0)], c.pixels + (i < c.larger ? 1 : 0));
        }
        p.store(*p.before);
    }
}
