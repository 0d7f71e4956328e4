// SPDX-License-Identifier: MIT
// The x86 depthwise convolutions of processors without integer dot products, included inside a target region,
// in a namespace that has `reals` and `codes` (simd/words.hpp), `epilogue` (kernel/epilogue/body.inl), and
// `strips` (checked_strips).
//
// Codes, weights and their sums are integers of less than 24 bits, so multiplying and adding them as floats
// is exact, and takes half as many instructions as with integers. A strip of `width` channels at a time,
// inputs are turned to floats once, into rows that all outputs share.

static_assert(pith::simd::checked_reals<reals>::complete);
static_assert(pith::simd::checked_packed_codes<codes>::complete);
static_assert(checked_strips<strips>::complete);
using vf = reals::vf;
using vi = codes::vi;
inline constexpr std::uint32_t width = reals::width;

inline constexpr std::uint32_t most_taps = 128;
inline constexpr std::uint32_t most_inputs = 6144 / width;
inline constexpr std::uint32_t most_outputs = 2048 / width;
inline constexpr std::uint32_t rows_at_once = width == 8 ? 2 : 3; ///< summed together, as registers allow
inline constexpr std::int32_t exact = 1 << 24;                    ///< the greatest sum

/// How inputs are taken along an axis.
struct axis {
    std::uint32_t unit;     ///< elements between neighbours
    std::uint32_t step;     ///< neighbours from output to output
    std::uint32_t dilation; ///< neighbours from tap to tap
    std::uint32_t taps;

    /// Inputs that `outputs` outputs need.
    [[nodiscard]] std::size_t inputs(std::uint32_t outputs) const noexcept {
        return std::size_t{outputs - 1} * step + std::size_t{taps - 1} * dilation + 1;
    }
};

template <class = on_use>
[[nodiscard]] inline axis axis_of(std::uint32_t outputs, std::ptrdiff_t stride, std::uint32_t taps,
                                  std::ptrdiff_t apart) noexcept {
    auto s = static_cast<std::uint32_t>(outputs == 1 ? apart : stride);
    auto d = static_cast<std::uint32_t>(apart);
    if (taps == 1)
        s = d = static_cast<std::uint32_t>(stride);
    if (s == d || s == 2 * d)
        return {d, s == d ? 1u : 2u, 1, taps};
    std::uint32_t unit = s;
    for (std::uint32_t rest = d; rest != 0;) {
        const std::uint32_t next = unit % rest;
        unit = rest;
        rest = next;
    }
    return {unit, s / unit, d / unit, taps};
}

/// A vector of channels: what it is multiplied by, and room for a tile's inputs and sums.
struct strip {
    alignas(64) float weights[most_taps * width];
    alignas(64) float bias[width]; ///< what sums start from
    alignas(64) float factor[width];
    alignas(64) std::int32_t late_bias[width];          ///< where `large`: added to whole sums
    alignas(64) float inputs[most_inputs * width];      ///< [row][column][width]
    alignas(64) float sums[(most_outputs + 3) * width]; ///< [row][column][width]
    std::uint32_t first;                                ///< channel
    std::uint32_t channels;                             ///< that exist, in each part
    bool large;                                         ///< a bias or factor that needs integers
};

template <int Parts>
void fill(strip& s, const depthwise_u8_args& a) noexcept {
    const std::size_t pitch = round_up(a.over.run_length, std::uint32_t{16});
    const std::int8_t* w = a.weights + s.first;
    const std::uint32_t taps = a.over.runs();
    for (std::uint32_t t = 0; t < taps; ++t, w += pitch)
        reals::store(s.weights + t * width, strips::weights<Parts>(w));
    const vi bias = strips::sums<Parts>(a.epilogue.bias + s.first);
    const vf factor = strips::factors<Parts>(a.epilogue.factor + s.first);
    const std::int32_t room = exact - static_cast<std::int32_t>(taps) * (255 * 128);
    s.large =
        !(codes::all_below(codes::to_real(bias), static_cast<float>(room)) && codes::all_below(factor, 64.f));
    reals::store(s.factor, factor);
    reals::store(s.bias, s.large ? reals::zero() : codes::to_real(bias));
    codes::store_sums(s.late_bias, bias);
}

/// Some rows of some columns of the output; where a vector has two parts, the second are the row's last.
struct tile {
    axis down, across;
    bool three; ///< 3x3 filters, stride 1 or 2
    std::uint32_t most_rows, most_columns;
    std::uint32_t rows, columns;
    std::uint32_t input_columns;
    const std::uint8_t* input;
    std::uint8_t* output;
    std::ptrdiff_t input_part, output_part; ///< from the first part to the second
};

/// A tile's codes to floats.
template <int Parts>
PITH_NOINLINE void hold(strip& s, const tile& t) noexcept {
    const auto unit = static_cast<std::ptrdiff_t>(t.across.unit);
    const auto next_row = static_cast<std::ptrdiff_t>(t.down.unit);
    auto rows = static_cast<std::uint32_t>(t.down.inputs(t.rows));
    std::uint32_t columns = t.input_columns;
    if (next_row == unit * std::ptrdiff_t{columns}) { // all rows are one
        columns *= rows;
        rows = 1;
    }
    float* to = s.inputs;
    for (const std::uint8_t* row = t.input; rows != 0; --rows, row += next_row) {
        const std::uint8_t* from = row;
        std::uint32_t left = columns;
        for (; left >= 4; left -= 4, to += 4 * width, from += 4 * unit) {
#pragma GCC unroll 4
            for (std::uint32_t i = 0; i < 4; ++i)
                reals::store(to + i * width,
                             strips::inputs<Parts>(from + std::ptrdiff_t{i} * unit, t.input_part));
        }
        for (; left != 0; --left, to += width, from += unit)
            reals::store(to, strips::inputs<Parts>(from, t.input_part));
    }
}

/// N neighbouring pixels of any kernel.
template <std::uint32_t N>
PITH_ALWAYS_INLINE void sum_pixels(const strip& s, const tile& t, const float* input, float* sums) noexcept {
    vf sum[N];
#pragma GCC unroll 8
    for (std::uint32_t n = 0; n < N; ++n)
        sum[n] = reals::load(s.bias);
    const float* w = s.weights;
    const std::size_t step = std::size_t{t.across.step} * width;
    const std::size_t next_column = std::size_t{t.across.dilation} * width;
    const std::size_t next_row = std::size_t{t.down.dilation} * t.input_columns * width;
    for (std::uint32_t y = 0; y < t.down.taps; ++y, input += next_row) {
        const float* x = input;
        for (std::uint32_t i = 0; i < t.across.taps; ++i, x += next_column, w += width) {
            const vf weight = reals::load(w);
#pragma GCC unroll 8
            for (std::uint32_t n = 0; n < N; ++n)
                sum[n] = reals::fma(reals::load(x + n * step), weight, sum[n]);
        }
    }
#pragma GCC unroll 8
    for (std::uint32_t n = 0; n < N; ++n)
        reals::store(sums + n * width, sum[n]);
}

/// Any kernel.
PITH_NOINLINE inline void sum_any(strip& s, const tile& t) noexcept {
    const std::size_t step = std::size_t{t.across.step} * width;
    const std::size_t next_row = std::size_t{t.down.step} * t.input_columns * width;
    const float* input = s.inputs;
    float* sums = s.sums;
    for (std::uint32_t row = 0; row < t.rows; ++row, input += next_row, sums += t.columns * width) {
        std::uint32_t column = 0;
        for (; column + 8 <= t.columns; column += 8)
            sum_pixels<8>(s, t, input + column * step, sums + column * width);
        for (; column + 2 <= t.columns; column += 2)
            sum_pixels<2>(s, t, input + column * step, sums + column * width);
        if (column != t.columns)
            sum_pixels<1>(s, t, input + column * step, sums + column * width);
    }
}

/// A column of three weights.
struct triple {
    vf top, middle, bottom;
    PITH_ALWAYS_INLINE explicit triple(const float* p) noexcept
        : top(reals::load(p)), middle(reals::load(p + 3 * width)), bottom(reals::load(p + 6 * width)) {}
};

/// Where 3x3 inputs are.
struct source {
    const std::uint8_t* input;
    std::ptrdiff_t row, column, part;
};

/// A column of inputs for Rows rows of outputs, Step rows of inputs apart.
template <int Parts, int Rows, int Step>
struct column_of {
    vf v[(Rows - 1) * Step + 3];
    PITH_ALWAYS_INLINE explicit column_of(const source& from, std::ptrdiff_t at) noexcept {
#pragma GCC unroll 7
        for (int r = 0; r < (Rows - 1) * Step + 3; ++r)
            v[r] = strips::inputs<Parts>(from.input + at + r * from.row, from.part);
    }
    /// sum + this * w, of output row r
    PITH_ALWAYS_INLINE vf weighted(int r, const triple& w, vf sum) const noexcept {
        const int top = r * Step;
        return reals::fma(v[top + 2], w.bottom,
                          reals::fma(v[top + 1], w.middle, reals::fma(v[top], w.top, sum)));
    }
};

/// Rows rows of 3x3 filters, stride 1: each column of inputs is turned to floats once for all of them.
template <int Parts, int Rows>
PITH_ALWAYS_INLINE void sum_rows(const strip& s, source from, std::uint32_t columns, float* sums) noexcept {
    const triple left(s.weights);
    const triple centre(s.weights + width);
    const triple right(s.weights + 2 * width);
    const std::size_t pitch = std::size_t{columns} * width;
    const column_of<Parts, Rows, 1> first(from, 0);
    const column_of<Parts, Rows, 1> second(from, from.column);
    vf oldest[Rows], newer[Rows];
#pragma GCC unroll 4
    for (int r = 0; r < Rows; ++r) {
        oldest[r] = second.weighted(r, centre, first.weighted(r, left, reals::load(s.bias)));
        newer[r] = second.weighted(r, left, reals::load(s.bias));
    }
    from.input += 2 * from.column;
    for (; columns > 1; --columns, from.input += from.column, sums += width) {
        const column_of<Parts, Rows, 1> x(from, 0);
#pragma GCC unroll 4
        for (int r = 0; r < Rows; ++r) {
            reals::store(sums + static_cast<std::size_t>(r) * pitch, x.weighted(r, right, oldest[r]));
            oldest[r] = x.weighted(r, centre, newer[r]);
            newer[r] = x.weighted(r, left, reals::load(s.bias));
        }
    }
    const column_of<Parts, Rows, 1> x(from, 0);
#pragma GCC unroll 4
    for (int r = 0; r < Rows; ++r)
        reals::store(sums + static_cast<std::size_t>(r) * pitch, x.weighted(r, right, oldest[r]));
}

/// Rows rows of 3x3 filters, stride 2: every second column of inputs belongs to two outputs.
template <int Parts, int Rows>
PITH_ALWAYS_INLINE void sum_rows_stride_2(const strip& s, source from, std::uint32_t columns,
                                          float* sums) noexcept {
    using column = column_of<Parts, Rows, 2>;
    const triple left(s.weights);
    const triple centre(s.weights + width);
    const triple right(s.weights + 2 * width);
    const std::size_t pitch = std::size_t{columns} * width;
    const column first(from, 0);
    vf begun[Rows];
#pragma GCC unroll 4
    for (int r = 0; r < Rows; ++r)
        begun[r] = first.weighted(r, left, reals::load(s.bias));
    for (; columns != 0; --columns, from.input += 2 * from.column, sums += width) {
        const column second(from, from.column);
#pragma GCC unroll 4
        for (int r = 0; r < Rows; ++r)
            begun[r] = second.weighted(r, centre, begun[r]);
        const column x(from, 2 * from.column);
#pragma GCC unroll 4
        for (int r = 0; r < Rows; ++r) {
            reals::store(sums + static_cast<std::size_t>(r) * pitch, x.weighted(r, right, begun[r]));
            begun[r] = x.weighted(r, left, reals::load(s.bias));
        }
    }
}

/// Rows rows of a tile.
template <int Parts, int Step, int Rows>
PITH_ALWAYS_INLINE void sum_some(const strip& s, const source& from, const tile& t, float* sums) noexcept {
    if constexpr (Step == 1)
        sum_rows<Parts, Rows>(s, from, t.columns, sums);
    else
        sum_rows_stride_2<Parts, Rows>(s, from, t.columns, sums);
}

/// 3x3 filters, Step columns of inputs from output to output.
template <int Parts, int Step>
PITH_NOINLINE void sum_3x3(strip& s, const tile& t, const window& over) noexcept {
    source from{t.input, over.run_row_stride, over.run_column_stride, t.input_part};
    float* sums = s.sums;
    std::uint32_t rows = t.rows;
    if (over.row_stride == Step * over.run_row_stride)
        for (; rows >= rows_at_once; rows -= rows_at_once) {
            sum_some<Parts, Step, static_cast<int>(rows_at_once)>(s, from, t, sums);
            from.input += std::ptrdiff_t{rows_at_once} * over.row_stride;
            sums += rows_at_once * t.columns * width;
        }
    for (; rows != 0; --rows, from.input += over.row_stride, sums += t.columns * width)
        sum_some<Parts, Step, 1>(s, from, t, sums);
}

/// Sums of four pixels to codes, as packed_lanes leaves them.
template <bool Large>
PITH_ALWAYS_INLINE vi finished(const strip& s, const epilogue::codes_constants& c,
                               const float* sums) noexcept {
    vi v[4];
#pragma GCC unroll 4
    for (std::uint32_t i = 0; i < 4; ++i) {
        const vf sum = reals::load(sums + i * width);
        if constexpr (Large)
            v[i] = epilogue::rounded(codes::add_whole(codes::to_whole(sum), codes::load_sums(s.late_bias)),
                                     s.factor, c.high);
        else
            v[i] = codes::to_whole(reals::mul(sum, reals::load(s.factor)));
    }
    return epilogue::packed_lanes(v, c);
}

/// A tile's sums to codes, four pixels at a time.
template <int Parts, bool Large>
PITH_NOINLINE void finish(const strip& s, const epilogue::codes_constants& c, const tile& t,
                          const pixel_strides& to) noexcept {
    const std::ptrdiff_t step = to.column_stride;
    const std::ptrdiff_t next_row = to.row_stride;
    const std::ptrdiff_t part = t.output_part;
    const std::uint32_t channels = s.channels;
    const bool one = Parts == 1 && next_row == std::ptrdiff_t{t.columns} * step;
    const std::uint32_t columns = one ? t.columns * t.rows : t.columns;
    const float* sums = s.sums;
    std::uint8_t* row = t.output;
    for (std::uint32_t rows = one ? 1 : t.rows; rows != 0; --rows, row += next_row) {
        std::uint8_t* output = row;
        std::uint32_t left = columns;
        for (; left >= 4; left -= 4, sums += 4 * width, output += 4 * step)
            strips::place<Parts>(finished<Large>(s, c, sums), output, step, part, 4, channels);
        if (left != 0)
            strips::place<Parts>(finished<Large>(s, c, sums), output, step, part, left, channels);
        sums += left * width;
    }
}

/// The largest n up to `most` for which count * along.inputs(n) is no more than `room`, or 0.
template <class = on_use>
[[nodiscard]] inline std::uint32_t that_fit(const axis& along, std::size_t count, std::uint32_t most,
                                            std::size_t room) noexcept {
    if (count * along.inputs(most) <= room)
        return most;
    const std::size_t inputs = room / count;
    const std::size_t least = along.inputs(1);
    if (inputs < least || along.step == 0)
        return inputs < least ? 0 : most;
    return static_cast<std::uint32_t>((inputs - least) / along.step + 1);
}

template <int Parts>
PITH_NOINLINE void run_strip(const depthwise_u8_args& a, tile& t, const epilogue::codes_constants& c,
                             strip& s) noexcept {
    fill<Parts>(s, a);
    for (std::uint32_t column = 0; column < a.over.columns; column += t.most_columns * Parts) {
        const std::uint32_t left = a.over.columns - column;
        t.columns = left < t.most_columns * Parts ? left : t.most_columns * Parts;
        if constexpr (Parts == 2) {
            const std::uint32_t second = t.columns / 2;
            t.columns -= second;
            t.input_part = static_cast<std::ptrdiff_t>(second) * a.over.column_stride;
            t.output_part = static_cast<std::ptrdiff_t>(second) * a.output_strides.column_stride;
        }
        t.input = a.input + static_cast<std::ptrdiff_t>(column) * a.over.column_stride + s.first;
        t.output = a.output + static_cast<std::ptrdiff_t>(column) * a.output_strides.column_stride + s.first;
        for (std::uint32_t row = 0; row < a.over.rows; row += t.rows) {
            t.rows = a.over.rows - row < t.most_rows ? a.over.rows - row : t.most_rows;
            if (t.three) {
                t.across.step == 1 ? sum_3x3<Parts, 1>(s, t, a.over) : sum_3x3<Parts, 2>(s, t, a.over);
            } else {
                t.input_columns = static_cast<std::uint32_t>(t.across.inputs(t.columns));
                hold<Parts>(s, t);
                sum_any(s, t);
            }
            for (std::uint32_t i = 0; i < 3; ++i) // which are finished along with the last
                reals::store(s.sums + (t.rows * t.columns + i) * width, reals::zero());
            s.large ? finish<Parts, true>(s, c, t, a.output_strides)
                    : finish<Parts, false>(s, c, t, a.output_strides);
            t.input += static_cast<std::ptrdiff_t>(t.rows) * a.over.row_stride;
            t.output += static_cast<std::ptrdiff_t>(t.rows) * a.output_strides.row_stride;
        }
    }
}

/// The largest tile that there is room for; without rows where there is none.
template <class = on_use>
inline void choose_tile(tile& t, const window& over, std::uint32_t parts) noexcept {
    t.down = axis_of(over.rows, over.row_stride, over.run_rows, over.run_row_stride);
    t.across = axis_of(over.columns, over.column_stride, over.run_columns, over.run_column_stride);
    t.three = t.down.taps == 3 && t.across.taps == 3 && t.across.dilation == 1 &&
              (t.across.step == 1 || t.across.step == 2);
    t.most_rows = 0;
    const std::uint32_t columns = over.columns == 1 ? 1 : (over.columns + parts - 1) / parts;
    t.most_columns = columns < most_outputs ? columns : most_outputs;
    if (!t.three)
        t.most_columns = that_fit(t.across, t.down.inputs(1), t.most_columns, most_inputs);
    if (over.runs() > most_taps || t.most_columns == 0)
        return;
    const std::uint32_t rows = most_outputs / t.most_columns;
    t.most_rows = rows >= over.rows ? over.rows : rows > rows_at_once ? rows - rows % rows_at_once : rows;
    if (!t.three)
        t.most_rows = that_fit(t.down, t.across.inputs(t.most_columns), t.most_rows, most_inputs);
}

template <class = on_use>
inline void depthwise_u8(const depthwise_u8_args& a) noexcept {
    const std::uint32_t channels = a.over.run_length;
    tile t;
    t.input_part = t.output_part = 0;
    choose_tile(t, a.over, 1);
    if (t.most_rows == 0) {
        portable::depthwise_u8(a);
        return;
    }
    strip s;
    const epilogue::codes_constants c(a.epilogue);
    for (s.first = 0; s.first < channels; s.first += width) {
        s.channels = channels - s.first < width ? channels - s.first : width;
        if (width == 16 && s.channels <= 8) {
            choose_tile(t, a.over, 2);
            run_strip<width / 8>(a, t, c, s);
        } else {
            run_strip<1>(a, t, c, s);
        }
    }
}
