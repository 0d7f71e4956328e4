// SPDX-License-Identifier: MIT
// Behind widened.inl, windows too large or too scattered for it: runs are widened in parts, pixel by pixel,
// and the sums of a block of pixels wait in memory for the next part.

inline constexpr std::uint32_t deep_pixels = 32;
inline constexpr std::uint32_t deep_part = 192; ///< inputs of a run; whole groups

/// A block of pixels and a part of a run.
struct deep_block {
    alignas(64) std::int32_t sums[deep_pixels * panel_outputs];
    alignas(64) std::int16_t weights[deep_part * panel_outputs + widening_slack];
    alignas(64) std::int16_t inputs[deep_pixels * deep_part + widening_slack];
    std::uint32_t rows, columns;
};

/// Adds `length` inputs of each pixel.
template <class = on_use>
inline void add_part(deep_block& b, const window& over, const std::uint8_t* input, const std::int8_t* weights,
                     std::uint32_t length) noexcept {
    for (std::uint32_t group = 0; group < (length + 3) / 4; ++group)
        dot::widen_weights(weights + std::size_t{group} * group_weights,
                           b.weights + std::size_t{group} * group_weights);
    const std::size_t words = round_up(length, 2u);
    std::int16_t* to = b.inputs;
    for (std::uint32_t row = 0; row < b.rows; ++row, input += over.row_stride) {
        const std::uint8_t* x = input;
        for (std::uint32_t column = 0; column < b.columns; ++column, x += over.column_stride, to += words)
            dot::widen_inputs(x, words, to);
    }

    alignas(64) static constexpr std::int32_t no_bias[panel_outputs] = {};
    alignas(64) std::int32_t sums[max_pixels * panel_outputs];
    sum_task task{};
    task.input = reinterpret_cast<const std::uint8_t*>(b.inputs);
    task.step = static_cast<std::ptrdiff_t>(2 * words);
    task.groups = static_cast<std::uint32_t>(words / 2);
    task.run_rows = task.run_columns = 1;
    task.weights = reinterpret_cast<const std::int8_t*>(b.weights);
    task.bias = no_bias;
    task.sums = sums;
    const row_cut c = cut(b.rows * b.columns, false);
    std::int32_t* total = b.sums;
    for (std::uint32_t i = 0; i < c.tiles; ++i) {
        const std::uint32_t pixels = c.pixels + (i < c.larger ? 1 : 0);
        pick_sum<1>(pixels, std::make_integer_sequence<int, max_pixels>{})(task);
        for (std::uint32_t j = 0; j < pixels * panel_outputs; j += dot::lanes)
            dot::store(total + j, dot::add(dot::load(total + j), dot::load(sums + j)));
        task.input += static_cast<std::ptrdiff_t>(pixels) * task.step;
        total += pixels * panel_outputs;
    }
}

/// int8 weights where they lie.
struct packed_weights {
    const std::int8_t* first;

    /// The groups of a run, from group `at` of all panels on.
    [[nodiscard]] const std::int8_t* operator()(std::size_t at, std::uint32_t) const noexcept {
        return first + at * group_weights;
    }
};

/// Sums of the block at (row, column) for 16 channels from `first` on.
template <class Weights>
void sum_block(deep_block& b, const igemm_args& a, Weights& weights, std::uint32_t first, std::uint32_t row,
               std::uint32_t column) noexcept {
    const window& over = a.over;
    for (std::uint32_t i = 0; i < b.rows * b.columns; ++i)
        std::copy_n(a.epilogue.bias + first, panel_outputs, b.sums + panel_outputs * i);
    const std::uint8_t* input = a.input + static_cast<std::ptrdiff_t>(row) * over.row_stride +
                                static_cast<std::ptrdiff_t>(column) * over.column_stride;
    const std::size_t groups = (over.run_length + 3) / 4;
    std::size_t run = first / panel_outputs * over.runs() * groups;
    for (std::uint32_t y = 0; y < over.run_rows; ++y)
        for (std::uint32_t x = 0; x < over.run_columns; ++x, run += groups)
            for (std::uint32_t k = 0; k < over.run_length; k += deep_part) {
                const std::uint32_t length = std::min(deep_part, over.run_length - k);
                add_part(b, over,
                         input + static_cast<std::ptrdiff_t>(y) * over.run_row_stride +
                             static_cast<std::ptrdiff_t>(x) * over.run_column_stride + k,
                         weights(run + k / 4, length), length);
            }
}

template <class = on_use>
inline void store_block(const deep_block& b, const igemm_args& a, const panels<1>& p, std::uint32_t row,
                        std::uint32_t column) noexcept {
    const pixel_strides& out = a.output_strides;
    const pixel_strides& from = a.epilogue.residual_strides;
    tile_state t;
    for (std::uint32_t y = 0; y < b.rows; ++y) {
        for (std::uint32_t x = 0; x < b.columns; x += t.pixels) {
            t.pixels = std::min(2 * max_pixels, b.columns - x);
            std::copy_n(b.sums + (y * b.columns + x) * panel_outputs, t.pixels * panel_outputs, t.sums);
            t.output = static_cast<std::ptrdiff_t>(row + y) * out.row_stride +
                       static_cast<std::ptrdiff_t>(column + x) * out.column_stride;
            t.residual = static_cast<std::ptrdiff_t>(row + y) * from.row_stride +
                         static_cast<std::ptrdiff_t>(column + x) * from.column_stride;
            p.store(t);
        }
    }
}

/// @param weights gives the groups of at most deep_part inputs
template <class Weights>
PITH_NOINLINE void igemm_deep(const igemm_args& args, Weights& weights) noexcept {
    deep_block b;
    igemm_args a = args;
    if (one_row(a)) {
        a.over.columns *= a.over.rows;
        a.over.rows = 1;
    }
    const std::uint32_t columns = even_part(a.over.columns, deep_pixels);
    const std::uint32_t rows = columns < a.over.columns ? 1 : even_part(a.over.rows, deep_pixels / columns);
    for (std::uint32_t first = 0; first < a.channels; first += panel_outputs) {
        const panels<1> p(a, first);
        for (std::uint32_t row = 0; row < a.over.rows; row += rows) {
            b.rows = std::min(rows, a.over.rows - row);
            for (std::uint32_t column = 0; column < a.over.columns; column += columns) {
                b.columns = std::min(columns, a.over.columns - column);
                sum_block(b, a, weights, first, row, column);
                store_block(b, a, p, row, column);
            }
        }
    }
}
