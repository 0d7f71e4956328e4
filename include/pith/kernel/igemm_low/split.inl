// SPDX-License-Identifier: MIT
// Behind scratch.inl, panels too large for a scratch: they are decoded in parts, and the sums of a block of
// pixels wait in memory for the next part.

inline constexpr std::uint32_t split_pixels = 128;
inline constexpr std::uint32_t split_groups = 192; ///< of a run and a panel

/// A block of pixels and a part of a run of N panels.
template <int N>
struct split_block {
    alignas(64) std::int32_t sums[split_pixels * panel_outputs * N];
    alignas(64) std::int8_t weights[std::size_t{split_groups} * group_weights * N];
    std::uint32_t rows, columns;
};

/// What a part's inputs less 128 leave out (igemm/vector.inl), to the sums of every pixel.
template <int N>
void add_offsets_to_all(split_block<N>& b, std::uint32_t groups) noexcept {
    alignas(64) std::int32_t offsets[panel_outputs * N] = {};
    igemm_detail::add_offsets<N>(b.weights, std::size_t{groups} * group_weights, groups, offsets);
    std::int32_t* sums = b.sums;
    for (std::uint32_t pixels = b.rows * b.columns; pixels != 0; --pixels, sums += panel_outputs * N)
        for (int o = 0; o < panel_outputs * N; o += dot::lanes)
            dot::store(sums + o, dot::add(dot::load(sums + o), dot::load(offsets + o)));
}

/// Adds a part of a run of each pixel.
template <int N>
void add_part(split_block<N>& b, const window& over, const std::uint8_t* input,
              std::uint32_t groups) noexcept {
    constexpr auto sizes = std::make_integer_sequence<int, max_pixels>{};
    sum_task task{};
    task.step = over.column_stride;
    task.groups = groups;
    task.run_rows = task.run_columns = 1;
    task.weights = b.weights;
    task.panel_bytes = std::size_t{groups} * group_weights;
    task.bias_step = panel_outputs * N;
    task.sums = b.sums;
    if constexpr (igemm_detail::offset_inputs)
        if (b.columns > 1)
            add_offsets_to_all(b, groups);
    const row_cut c = cut(b.columns, false);
    for (std::uint32_t row = 0; row < b.rows; ++row, input += over.row_stride) {
        task.input = input;
        for (std::uint32_t i = 0; i < c.tiles; ++i) {
            const std::uint32_t pixels = c.pixels + (i < c.larger ? 1 : 0);
            task.bias = task.sums;
            pick_sum<N>(pixels, sizes)(task);
            task.input += static_cast<std::ptrdiff_t>(pixels) * over.column_stride;
            task.sums += pixels * panel_outputs * N;
        }
    }
}

/// What all blocks of a call share.
struct split_call {
    const igemm_low_args& args;
    igemm_args dense;
    decode_function decode;
    code_table table;
};

/// Sums of the block whose first pixel's window starts at `input`, of N panels.
template <int N>
void sum_block(split_block<N>& b, const split_call& call, std::uint32_t first,
               const std::uint8_t* input) noexcept {
    const window& over = call.dense.over;
    for (std::uint32_t i = 0; i < b.rows * b.columns; ++i)
        std::memcpy(b.sums + i * panel_outputs * N, call.dense.epilogue.bias + first,
                    sizeof(std::int32_t) * panel_outputs * N);
    const std::uint32_t run = (over.run_length + 3) / 4;
    const std::size_t group_bytes = std::size_t{8} * call.args.codes.bits;
    const std::size_t panel_bytes = groups_of(over) * group_bytes;
    const std::uint8_t* weights = call.args.weights + first / panel_outputs * panel_bytes;
    for (std::uint32_t y = 0; y < over.run_rows; ++y)
        for (std::uint32_t x = 0; x < over.run_columns; ++x)
            for (std::uint32_t g = 0; g < run; g += split_groups) {
                const std::uint32_t groups = run - g < split_groups ? run - g : split_groups;
                for (int n = 0; n < N; ++n) {
                    std::int8_t* to = b.weights + static_cast<std::size_t>(n) * groups * group_weights;
                    call.decode(weights + static_cast<std::size_t>(n) * panel_bytes, groups, call.table.codes,
                                to);
                    if (g + groups == run && over.run_length % 4 != 0)
                        clear_tail(over.run_length, groups, to);
                }
                weights += groups * group_bytes;
                add_part(b, over,
                         input + static_cast<std::ptrdiff_t>(y) * over.run_row_stride +
                             static_cast<std::ptrdiff_t>(x) * over.run_column_stride + g * 4,
                         groups);
            }
}

/// @param row, column of the block's first pixel
template <int N>
void store_block(const split_block<N>& b, const igemm_args& a, const panels<N>& p, std::uint32_t row,
                 std::uint32_t column) noexcept {
    const pixel_strides& out = a.output_strides;
    const pixel_strides& from = a.epilogue.residual_strides;
    tile_state t;
    for (std::uint32_t y = 0; y < b.rows; ++y) {
        for (std::uint32_t x = 0; x < b.columns; x += t.pixels) {
            t.pixels = max_pixels < b.columns - x ? max_pixels : b.columns - x;
            std::memcpy(t.sums, b.sums + (y * b.columns + x) * panel_outputs * N,
                        t.pixels * sizeof(std::int32_t) * panel_outputs * N);
            t.output = static_cast<std::ptrdiff_t>(row + y) * out.row_stride +
                       static_cast<std::ptrdiff_t>(column + x) * out.column_stride;
            t.residual = static_cast<std::ptrdiff_t>(row + y) * from.row_stride +
                         static_cast<std::ptrdiff_t>(column + x) * from.column_stride;
            p.store(t);
        }
    }
}

/// N panels, from channel `first` on.
template <int N>
PITH_NOINLINE void split_panels(const split_call& call, std::uint32_t first) noexcept {
    split_block<N> b;
    const igemm_args& a = call.dense;
    const window& over = a.over;
    const panels<N> p(a, first);
    const std::uint32_t columns = over.columns < split_pixels ? over.columns : split_pixels;
    const std::uint32_t rows = columns < over.columns ? 1 : split_pixels / columns;
    for (std::uint32_t row = 0; row < over.rows; row += rows) {
        b.rows = over.rows - row < rows ? over.rows - row : rows;
        for (std::uint32_t column = 0; column < over.columns; column += columns) {
            b.columns = over.columns - column < columns ? over.columns - column : columns;
            sum_block(b, call, first,
                      a.input + static_cast<std::ptrdiff_t>(row) * over.row_stride +
                          static_cast<std::ptrdiff_t>(column) * over.column_stride);
            store_block(b, a, p, row, column);
        }
    }
}

template <class = on_use>
inline void igemm_split(const igemm_low_args& args) noexcept {
    split_call call{args, args.dense, pick_decode(args.codes), code_table(args.codes)};
    igemm_args& a = call.dense;
    a.weights = reinterpret_cast<const std::int8_t*>(args.weights); // not read
    if (one_row(a)) {
        a.over.columns *= a.over.rows;
        a.over.rows = 1;
    }
    std::uint32_t first = 0;
    if constexpr (max_panels == 2)
        for (; first + panel_outputs < a.channels; first += 2 * panel_outputs)
            split_panels<2>(call, first);
    for (; first < a.channels; first += panel_outputs)
        split_panels<1>(call, first);
}
