// SPDX-License-Identifier: MIT
// Behind widened.inl, dense layers: with one pixel each weight is used once and widened as it is loaded;
// inputs are widened once for all outputs.

/// N panels of one pixel. @pre t.input holds t.groups times four widened inputs
template <int N>
void sum_one(const sum_task& t) noexcept {
    constexpr int each = dot::lanes / 2; // outputs in a vector
    constexpr int in_panel = panel_outputs / each;
    constexpr int vectors = N * in_panel;
    dot::vec acc[vectors];
#pragma GCC unroll 8
    for (int v = 0; v < vectors; ++v)
        acc[v] = dot::none();
    const std::int8_t* w = t.weights;
    const std::uint8_t* x = t.input;
    for (std::uint32_t left = t.groups; left != 0; --left, x += 8, w += group_weights) {
        const dot::inputs xv = dot::broadcast_four(x);
#pragma GCC unroll 8
        for (int v = 0; v < vectors; ++v)
            acc[v] = dot::add_dot(acc[v], xv,
                                  dot::load_bytes(w + static_cast<std::size_t>(v / in_panel) * t.panel_bytes +
                                                  v % in_panel * each * 4));
    }
#pragma GCC unroll 4
    for (int v = 0; v < vectors / 2; ++v)
        dot::store(t.sums + v * dot::lanes, dot::add(dot::load(t.bias + v * dot::lanes),
                                                     dot::add_neighbours(acc[2 * v], acc[2 * v + 1])));
}

/// Inputs of one pixel, each run in whole groups of four.
template <class = on_use>
[[nodiscard]] inline std::size_t one_words(const window& over) noexcept {
    return std::size_t{over.runs()} * round_up(over.run_length, 4u);
}

template <class = on_use>
[[nodiscard]] inline bool suits_one(const window& over) noexcept {
    return over.rows * over.columns == 1 && one_words(over) + widening_slack <= scratch_words;
}

template <int N>
void run_one(const igemm_args& a, std::uint32_t first) noexcept {
    panels<N> p(a, first);
    p.task.input = a.input;
    p.advance(&sum_one<N>, 1);
    p.store(*p.before);
}

/// @pre suits_one(args.over)
template <class = on_use>
PITH_NOINLINE void igemm_one(const igemm_args& args) noexcept {
    alignas(64) std::int16_t scratch[scratch_words];
    const window& over = args.over;
    std::int16_t* to = scratch;
    for (std::uint32_t row = 0; row < over.run_rows; ++row) {
        const std::uint8_t* from = args.input + static_cast<std::ptrdiff_t>(row) * over.run_row_stride;
        for (std::uint32_t column = 0; column < over.run_columns; ++column, from += over.run_column_stride) {
            dot::widen_inputs(from, over.run_length, to);
            to += round_up(over.run_length, 4u);
        }
    }
    igemm_args a = args;
    a.input = reinterpret_cast<const std::uint8_t*>(scratch);
    a.over = {};
    a.over.run_length = static_cast<std::uint32_t>(one_words(over));
    std::uint32_t first = 0;
    if constexpr (max_panels == 2)
        for (; first + panel_outputs < a.channels; first += 2 * panel_outputs)
            run_one<2>(a, first);
    for (; first < a.channels; first += panel_outputs)
        run_one<1>(a, first);
}
