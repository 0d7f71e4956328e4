// SPDX-License-Identifier: MIT
// Sparse integer convolution, included inside a target region, in a namespace that has the names of
// kernel/igemm/vector.inl. A tile is one panel of 16 channels by neighbouring pixels of a row, whose inputs
// lie a fixed step apart.

/// The columns that a panel stores.
struct column_list {
    const std::uint32_t* first;
    const std::uint32_t* last;
};

/// Sums of M pixels over the columns of a panel: sums.inl or lanes.inl. @pre t.bias_step == 0
template <int M>
void sum_columns(const sum_task& t, column_list columns) noexcept;

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
    const std::uint32_t pixels = flat ? a.over.rows * a.over.columns : a.over.columns; // of a row
    const row_cut c = cut(pixels, echo);
    for (std::uint32_t first = 0; first < a.channels; first += panel_outputs) {
        const std::uint32_t* start = a.starts + first / panel_outputs;
        const column_list columns{a.columns + start[0], a.columns + start[1]};
        panels<1> p(a, first);
        p.task.weights = a.weights + std::size_t{start[0]} * group_weights;
        if (pixels > 1)
            p.start_offset(start[1] - start[0]);
        const auto advance = [&](columns_function sum, std::uint32_t count) noexcept {
            p.advance([&](const sum_task& t) noexcept { sum(t, columns); }, count);
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
