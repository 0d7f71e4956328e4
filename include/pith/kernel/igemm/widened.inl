// SPDX-License-Identifier: MIT
// What stands around vector.inl where `dot` multiplies operands of 16 bits: weights and inputs are widened
// once, into a scratch on the stack, and vector.inl runs on the scratch, where its groups of four bytes are
// two inputs.

static_assert(pith::simd::checked_widened_dot<dot>::complete);

inline constexpr std::size_t scratch_words = std::size_t{12} * 1024;
/// Widening writes up to so many words more than there are.
inline constexpr std::size_t widening_slack = 32;

/// The words a panel of weights takes.
template <class = on_use>
[[nodiscard]] inline std::size_t panel_words(const window& over) noexcept {
    return std::size_t{over.runs()} * ((over.run_length + 1) / 2) * 2 * panel_outputs;
}

/// From the first input of `columns` pixels' kernel row to behind the last, in whole pairs.
template <class = on_use>
[[nodiscard]] inline std::ptrdiff_t line_words(const window& over, std::uint32_t columns) noexcept {
    return static_cast<std::ptrdiff_t>(columns - 1) * over.column_stride +
           static_cast<std::ptrdiff_t>(over.run_columns - 1) * over.run_column_stride +
           static_cast<std::ptrdiff_t>(round_up(over.run_length, 2u));
}

/// The same of `rows` by `columns` pixels' whole windows.
template <class = on_use>
[[nodiscard]] inline std::ptrdiff_t block_words(const window& over, std::uint32_t rows,
                                                std::uint32_t columns) noexcept {
    return static_cast<std::ptrdiff_t>(rows - 1) * over.row_stride +
           static_cast<std::ptrdiff_t>(over.run_rows - 1) * over.run_row_stride + line_words(over, columns);
}

inline constexpr std::uint32_t least_columns = 4; ///< of a row that the scratch must hold

/// True when the scratch holds the panels' weights and a few pixels.
template <class = on_use>
[[nodiscard]] inline bool fits_scratch(const window& over, std::uint32_t panels) noexcept {
    const std::uint32_t columns = over.columns < least_columns ? over.columns : least_columns;
    return panels * panel_words(over) + over.run_rows * static_cast<std::size_t>(line_words(over, columns)) +
               2 * widening_slack <=
           scratch_words;
}

/// True when most of what lies between the first and the last input is used, and a panel fits.
template <class = on_use>
[[nodiscard]] inline bool suits_widening(const window& over) noexcept {
    return over.column_stride > 0 && over.run_row_stride >= 0 && over.run_column_stride >= 0 &&
           (over.runs() == 1 ||
            over.column_stride <= std::ptrdiff_t{2} * over.run_columns * over.run_length) &&
           fits_scratch(over, 1);
}

/// `n` things in the fewest nearly equal parts of at most `most`.
template <class = on_use>
[[nodiscard]] inline std::uint32_t even_part(std::uint32_t n, std::ptrdiff_t most) noexcept {
    if (most >= static_cast<std::ptrdiff_t>(n))
        return n;
    const auto parts = (n + static_cast<std::uint32_t>(most) - 1) / static_cast<std::uint32_t>(most);
    return (n + parts - 1) / parts;
}

/// How inputs get to the scratch.
enum class widen_by {
    block, ///< all that lies between the first and the last
    line,  ///< kernel row by kernel row of one output row
    pixel  ///< only what is used, of windows of one run
};

/// The pixels whose inputs are widened together, and where they then lie.
struct block_shape {
    widen_by by;
    std::uint32_t rows, columns;
    std::ptrdiff_t row_stride, column_stride, run_row_stride; ///< in words
};

template <class = on_use>
[[nodiscard]] inline block_shape blocks_of(const window& over, std::size_t room) noexcept {
    const auto most = static_cast<std::ptrdiff_t>(room);
    if (over.runs() == 1 && over.rows * over.columns > 1 &&
        (over.rows > 1 || over.column_stride > line_words(over, 1))) {
        const std::ptrdiff_t pixel = line_words(over, 1);
        const std::ptrdiff_t rows = most / (pixel * static_cast<std::ptrdiff_t>(over.columns));
        const std::uint32_t columns = even_part(over.columns, most / pixel);
        return {
            widen_by::pixel, rows > 0 ? even_part(over.rows, rows) : 1, columns, pixel * columns, pixel, 0};
    }
    const std::ptrdiff_t row = block_words(over, 1, over.columns);
    if (row <= most) {
        // Output rows with unused input rows between them are taken one by one.
        const bool touch =
            over.row_stride > 0 &&
            over.row_stride <= static_cast<std::ptrdiff_t>(over.run_rows) * over.run_row_stride;
        return {widen_by::block,    touch ? even_part(over.rows, 1 + (most - row) / over.row_stride) : 1,
                over.columns,       over.row_stride,
                over.column_stride, over.run_row_stride};
    }
    const std::ptrdiff_t line = most / static_cast<std::ptrdiff_t>(over.run_rows);
    return {widen_by::line,
            1,
            even_part(over.columns, 1 + (line - line_words(over, 1)) / over.column_stride),
            0,
            over.column_stride,
            line};
}

/// Widens `panels` panels from channel `first` on.
PITH_ALWAYS_INLINE void widen_panels(const igemm_args& a, std::uint32_t first, std::uint32_t panels,
                                     std::int16_t* to) noexcept {
    const std::uint32_t groups = (a.over.run_length + 3) / 4;
    const bool padded = (a.over.run_length + 1) / 2 % 2 != 0; // the last group's second pair
    const std::int8_t* from = a.weights + std::size_t{first} * a.over.runs() * groups * 4;
    for (std::uint32_t run = panels * a.over.runs(); run != 0; --run) {
        for (std::uint32_t group = 0; group < groups; ++group, from += group_weights, to += group_weights)
            dot::widen_weights(from, to);
        if (padded)
            to -= 2 * panel_outputs;
    }
}

PITH_ALWAYS_INLINE void widen_block(const window& over, const block_shape& block, const std::uint8_t* from,
                                    std::int16_t* to) noexcept {
    if (block.by == widen_by::block)
        return dot::widen_inputs(from, static_cast<std::size_t>(block_words(over, block.rows, block.columns)),
                                 to);
    if (block.by == widen_by::line) {
        const auto words = static_cast<std::size_t>(line_words(over, block.columns));
        for (std::uint32_t row = 0; row < over.run_rows; ++row)
            dot::widen_inputs(from + static_cast<std::ptrdiff_t>(row) * over.run_row_stride, words,
                              to + static_cast<std::ptrdiff_t>(row) * block.run_row_stride);
        return;
    }
    for (std::uint32_t row = 0; row < block.rows; ++row, from += over.row_stride) {
        const std::uint8_t* x = from;
        for (std::uint32_t column = 0; column < block.columns;
             ++column, x += over.column_stride, to += block.column_stride)
            dot::widen_inputs(x, static_cast<std::size_t>(block.column_stride), to);
    }
}

/// The block at (row, column), on the scratch.
template <class = on_use>
[[nodiscard]] inline igemm_args block_args(const igemm_args& a, const block_shape& block, std::uint32_t first,
                                           std::uint32_t row, std::uint32_t column) noexcept {
    const auto at = [row, column, first](std::ptrdiff_t row_stride, std::ptrdiff_t column_stride) {
        return static_cast<std::ptrdiff_t>(row) * row_stride +
               static_cast<std::ptrdiff_t>(column) * column_stride + static_cast<std::ptrdiff_t>(first);
    };
    igemm_args part = a;
    part.over.rows = block.rows;
    part.over.columns = block.columns;
    part.over.row_stride = 2 * block.row_stride;
    part.over.column_stride = 2 * block.column_stride;
    part.over.run_row_stride = 2 * block.run_row_stride;
    part.over.run_column_stride *= 2;
    part.over.run_length *= 2;
    const std::ptrdiff_t output = at(a.output_strides.row_stride, a.output_strides.column_stride);
    if (a.real_output != nullptr)
        part.real_output += output;
    else
        part.output += output;
    codes_epilogue& e = part.epilogue;
    e.bias += first;
    e.factor += first;
    if (e.residual != nullptr)
        e.residual += at(e.residual_strides.row_stride, e.residual_strides.column_stride);
    return part;
}

/// @pre suits_widening(args.over)
template <class = on_use>
PITH_NOINLINE void igemm_widened(const igemm_args& args) noexcept {
    alignas(64) std::int16_t scratch[scratch_words];
    igemm_args a = args;
    if (one_row(a)) {
        a.over.columns *= a.over.rows;
        a.over.rows = 1;
    }
    const std::size_t panel = panel_words(a.over);
    const bool two = max_panels == 2 && a.channels > panel_outputs && fits_scratch(a.over, 2);
    const std::uint32_t panels = two ? 2 : 1;
    std::int16_t* const inputs = scratch + panels * panel + widening_slack;
    const block_shape whole = blocks_of(a.over, scratch_words - panels * panel - 2 * widening_slack);
    const bool once = whole.rows == a.over.rows && whole.columns == a.over.columns;
    for (std::uint32_t first = 0; first < a.channels; first += panel_outputs * panels) {
        const std::uint32_t left = a.channels - first;
        widen_panels(a, first, left > panel_outputs ? panels : 1, scratch);
        for (std::uint32_t row = 0; row < a.over.rows; row += whole.rows) {
            for (std::uint32_t column = 0; column < a.over.columns; column += whole.columns) {
                block_shape block = whole;
                block.rows = std::min(whole.rows, a.over.rows - row);
                block.columns = std::min(whole.columns, a.over.columns - column);
                if (first == 0 || !once)
                    widen_block(a.over, block,
                                a.input + static_cast<std::ptrdiff_t>(row) * a.over.row_stride +
                                    static_cast<std::ptrdiff_t>(column) * a.over.column_stride,
                                inputs);
                igemm_args part = block_args(a, block, first, row, column);
                part.channels = std::min(left, panel_outputs * panels);
                part.input = reinterpret_cast<const std::uint8_t*>(inputs);
                part.weights = reinterpret_cast<const std::int8_t*>(scratch);
                igemm(part);
            }
        }
    }
}
