// SPDX-License-Identifier: MIT
// The vector integer convolutions, included inside a target region, in a namespace that has `dot`
// (simd/words.hpp), `epilogue` (kernel/epilogue/), max_pixels, max_panels and echo (whether tiles of one
// panel may be doubled).

static_assert(pith::simd::checked_dot<dot>::complete);
inline constexpr bool offset_inputs = pith::simd::offsets_inputs<dot>;
inline constexpr int panel_outputs = igemm_vector_tile.outputs;
inline constexpr int group_weights = panel_outputs * igemm_vector_tile.depth; ///< of four inputs
static_assert(igemm_vector_tile.depth == 4 && panel_outputs % dot::lanes == 0);

/// Sums of a tile: M neighbouring pixels of a row, and the M behind them when E is 2.
struct sum_task {
    const std::uint8_t* input; ///< of the first pixel
    std::ptrdiff_t step;       ///< from pixel to pixel
    std::uint32_t groups;      ///< of four inputs in a run
    std::uint32_t run_rows;
    std::uint32_t run_columns;
    std::ptrdiff_t run_row_stride;
    std::ptrdiff_t run_gap; ///< from the end of a run, rounded up to groups, to the next one of the same row
    const std::int8_t* weights;
    std::size_t panel_bytes;
    const std::int32_t* bias; ///< and what add_offsets adds, for several pixels
    std::ptrdiff_t bias_step; ///< from pixel to pixel: 0, or where sums go on
    std::int32_t* sums;       ///< [E * M][N][16], aligned
};

/// Sums of M * E pixels by N panels: sums.inl or lanes.inl.
template <int M, int N, int E>
void sum_tile(const sum_task& t) noexcept;

/// As sum_tile<M, 1, 2> for kernels three pixels wide that step by one pixel: sums.inl.
/// @pre a vector holds a panel; t.groups counts three pixels of whole groups; t.run_rows == 1
template <int M>
void sum_sliding(const sum_task& t) noexcept;

/// For words that take inputs less 128: adds what is missing then, 128 times the sums of the weights in
/// `groups` groups of N panels: lanes.inl. A tile of one pixel adds it itself. @param sums [N][16], aligned
template <int N>
void add_offsets(const std::int8_t* weights, std::size_t panel_bytes, std::size_t groups,
                 std::int32_t* sums) noexcept;

using sum_function = void (*)(const sum_task&) noexcept;

template <int N, int... M>
constexpr sum_function pick_sum(std::uint32_t pixels, std::integer_sequence<int, M...>) noexcept {
    constexpr sum_function of_size[] = {nullptr, &sum_tile<M + 1, N, 1>...};
    return of_size[pixels];
}

/// How a row of pixels is cut: tiles of twice max_pixels first, then tiles of nearly equal size.
struct row_cut {
    std::uint32_t doubled;
    std::uint32_t tiles;
    std::uint32_t pixels; ///< in each of `tiles`
    std::uint32_t larger; ///< so many of which have one more
};

template <class = on_use>
[[nodiscard]] inline row_cut cut(std::uint32_t columns, bool may_double) noexcept {
    row_cut c{};
    c.doubled = may_double ? columns / (2 * max_pixels) : 0;
    const std::uint32_t rest = columns - c.doubled * 2 * max_pixels;
    c.tiles = (rest + max_pixels - 1) / max_pixels;
    if (c.tiles != 0) {
        c.pixels = rest / c.tiles;
        c.larger = rest % c.tiles;
    }
    return c;
}

/// A tile between its sums and its outputs.
struct tile_state {
    alignas(64) std::int32_t sums[2 * max_pixels * panel_outputs]; // as many as pixels say
    std::uint32_t pixels = 0;
    std::ptrdiff_t output = 0; ///< where the first pixel goes
    std::ptrdiff_t residual = 0;
};

/// N panels, from channel `first` on, over all pixels of a.
template <int N>
struct panels {
    const igemm_args& a;
    std::uint32_t first;
    std::uint32_t last; ///< channels of the last panel
    epilogue::codes_constants constants;
    sum_task task;
    alignas(64) std::int32_t starts[offset_inputs ? panel_outputs * N : 1]; ///< of tiles of several pixels
    tile_state states[2];
    tile_state* now = &states[0];
    tile_state* before = &states[1];

    panels(const igemm_args& args, std::uint32_t channel) noexcept
        : a(args), first(channel),
          last(a.channels - first < panel_outputs * N ? a.channels - first - panel_outputs * (N - 1)
                                                      : panel_outputs),
          constants(a.epilogue) {
        const window& over = a.over;
        task.step = over.column_stride;
        task.groups = (over.run_length + 3) / 4;
        task.panel_bytes = std::size_t{over.runs()} * task.groups * group_weights;
        task.weights = a.weights + first / panel_outputs * task.panel_bytes;
        task.bias = a.epilogue.bias + first;
        task.bias_step = 0;
        // Where kernel rows are contiguous they are the runs of a single row.
        const bool turned = over.run_columns == 1;
        task.run_rows = turned ? 1 : over.run_rows;
        task.run_columns = turned ? over.run_rows : over.run_columns;
        task.run_row_stride = over.run_row_stride;
        task.run_gap = (turned ? over.run_row_stride : over.run_column_stride) -
                       static_cast<std::ptrdiff_t>(task.groups) * 4;
    }

    /// Has the sums of several pixels start where inputs less 128 need it. @param groups in a panel
    void start_offset(std::size_t groups) noexcept {
        if constexpr (offset_inputs) {
            std::memcpy(starts, a.epilogue.bias + first, sizeof starts);
            add_offsets<N>(task.weights, task.panel_bytes, groups, starts);
            task.bias = starts;
        }
    }

    template <residual_as Residual>
    void store_codes(const tile_state& t) const noexcept {
        const codes_epilogue& e = a.epilogue;
        epilogue::store_codes<N, Residual>(e, constants, t.sums, static_cast<int>(t.pixels), e.factor + first,
                                           last, a.output + t.output + first, a.output_strides.column_stride,
                                           Residual == residual_as::none ? nullptr
                                                                         : e.residual + t.residual + first);
    }

    void store(const tile_state& t) const noexcept {
        const codes_epilogue& e = a.epilogue;
        if (a.real_output != nullptr)
            epilogue::store_reals<N>(t.sums, static_cast<int>(t.pixels), e.factor + first, last,
                                     a.real_output + t.output + first, a.output_strides.column_stride);
        else if (e.residual == nullptr)
            store_codes<residual_as::none>(t);
        else if (e.residual_is_first)
            store_codes<residual_as::first>(t);
        else
            store_codes<residual_as::second>(t);
    }

    /// Sums `pixels` pixels and stores the tile before: the two have nothing to wait for in each other, and
    /// the processor overlaps them.
    template <class Sum>
    void advance(const Sum& sum, std::uint32_t pixels) noexcept {
        const auto count = static_cast<std::ptrdiff_t>(pixels);
        now->pixels = pixels;
        task.sums = now->sums;
        sum(task);
        task.input += count * a.over.column_stride;
        const std::ptrdiff_t output = now->output + count * a.output_strides.column_stride;
        const std::ptrdiff_t residual = now->residual + count * a.epilogue.residual_strides.column_stride;
        if (before->pixels != 0)
            store(*before);
        std::swap(now, before);
        now->output = output;
        now->residual = residual;
    }

    void run(std::uint32_t rows, std::uint32_t columns) noexcept {
        if (rows * columns == 1) { // a dense layer: nothing to cut
            task.input = a.input;
            advance(&sum_tile<1, N, 1>, 1);
            return store(*before);
        }
        constexpr auto sizes = std::make_integer_sequence<int, max_pixels>{};
        const row_cut c = cut(columns, echo && N == 1);
        if (columns > 1)
            start_offset(task.panel_bytes / group_weights);
        const bool slides = task.run_rows == 1 && task.step % 4 == 0 && a.over.run_columns == 1 &&
                            static_cast<std::ptrdiff_t>(a.over.run_length) == 3 * task.step;
        const sum_function smaller = pick_sum<N>(c.pixels, sizes);
        const sum_function larger = c.larger != 0 ? pick_sum<N>(c.pixels + 1, sizes) : nullptr;
        for (std::uint32_t row = 0; row < rows; ++row) {
            const auto r = static_cast<std::ptrdiff_t>(row);
            task.input = a.input + r * a.over.row_stride;
            now->output = r * a.output_strides.row_stride;
            now->residual = r * a.epilogue.residual_strides.row_stride;
            if constexpr (echo && N == 1)
                for (std::uint32_t i = 0; i < c.doubled; ++i)
                    advance(slides ? &sum_sliding<max_pixels> : &sum_tile<max_pixels, 1, 2>, 2 * max_pixels);
            for (std::uint32_t i = 0; i < c.tiles; ++i)
                advance(i < c.larger ? larger : smaller, c.pixels + (i < c.larger ? 1 : 0));
        }
        store(*before);
    }
};

/// True when the rows of the image follow each other without a gap, so that it is one long row.
template <class = on_use>
[[nodiscard]] inline bool one_row(const igemm_args& a) noexcept {
    const auto columns = static_cast<std::ptrdiff_t>(a.over.columns);
    const pixel_strides& r = a.epilogue.residual_strides;
    return a.over.row_stride == columns * a.over.column_stride &&
           a.output_strides.row_stride == columns * a.output_strides.column_stride &&
           (a.epilogue.residual == nullptr || r.row_stride == columns * r.column_stride);
}

/// @pre a.packed == tile{16, 4}
template <class = on_use>
inline void igemm(const igemm_args& a) noexcept {
    const bool flat = one_row(a);
    const std::uint32_t rows = flat ? 1 : a.over.rows;
    const std::uint32_t columns = flat ? a.over.rows * a.over.columns : a.over.columns;
    std::uint32_t first = 0;
    if constexpr (max_panels == 2)
        for (; first + panel_outputs < a.channels; first += 2 * panel_outputs)
            panels<2>(a, first).run(rows, columns);
    for (; first < a.channels; first += panel_outputs)
        panels<1>(a, first).run(rows, columns);
}
