// SPDX-License-Identifier: MIT
// The x86 depthwise convolutions with integer dot products, included inside a target region, in a namespace
// that has `dot`, `epilogue` (kernel/epilogue/x86_*.hpp) and `every_second`, which loads all channels of
// every second pixel, as many as fill a vector.

static_assert(pith::simd::checked_zipped_dot<dot>::complete);

inline constexpr std::uint32_t width = dot::lanes * 4; ///< outputs computed together
inline constexpr std::uint32_t most_groups = 32;

/// The filters of `width` neighbouring outputs: as many channels, or all channels several times over. Vector
/// j holds in its 128-bit lane l the outputs 16 l + 4 j to 16 l + 4 j + 3, which is how dot::zip leaves
/// inputs.
///
/// Taps are taken in groups of four. With Rows == 2, for filters of three rows that step by one, a group is
/// four rows of one column: what is zipped serves two output rows, with weights (w0, w1, w2, 0) and (0, w0,
/// w1, w2).
struct filters {
    alignas(64) std::int8_t weights[most_groups][4 * width];
    alignas(64) std::int32_t bias[width];
    alignas(64) float factor[width];
    std::ptrdiff_t tap_at[4 * most_groups]; ///< from a window's first input to its taps
    std::uint32_t taps;                     ///< inputs, four to a group
};

/// The weights of a tap, or null where a group has none.
template <class = on_use>
[[nodiscard]] inline const std::int8_t* tap_weights(const depthwise_u8_args& a, int rows, std::uint32_t group,
                                                    std::uint32_t t) noexcept {
    const std::size_t padded = round_up(a.over.run_length, std::uint32_t{16});
    if (rows == 1) {
        const std::uint32_t tap = 4 * group + t;
        return tap < a.over.runs() ? a.weights + tap * padded : nullptr;
    }
    const std::uint32_t row = t - group % 2; // wraps when there is none
    return row < 3 ? a.weights + (row * a.over.run_columns + group / 2) * padded : nullptr;
}

template <class = on_use>
inline void place_taps(filters& f, const window& over, int rows) noexcept {
    f.taps = rows == 1 ? over.runs() : 4 * over.run_columns;
    for (std::uint32_t t = 0; t < f.taps; ++t) {
        const std::uint32_t y = rows == 1 ? t / over.run_columns : t % 4;
        const std::uint32_t x = rows == 1 ? t % over.run_columns : t / 4;
        f.tap_at[t] = static_cast<std::ptrdiff_t>(y) * over.run_row_stride +
                      static_cast<std::ptrdiff_t>(x) * over.run_column_stride;
    }
}

/// Where four outputs, `at` in their order, stand in vectors of 32-bit lanes.
[[nodiscard]] constexpr std::uint32_t lane_of(std::uint32_t at) noexcept {
    return at / 4 % 4 * dot::lanes + at / 16 * 4;
}

/// @param first the first channel; @param period channels after which the outputs start again
template <class = on_use>
inline void fill(filters& f, const depthwise_u8_args& a, int rows, std::uint32_t first,
                 std::uint32_t period) noexcept {
    const std::uint32_t padded = round_up(a.over.run_length, std::uint32_t{16});
    for (std::uint32_t at = 0; at < width; at += 4) {
        const std::uint32_t channel = first + at % period;
        std::memset(f.bias + lane_of(at), 0, 16);
        std::memset(f.factor + lane_of(at), 0, 16);
        if (channel < padded) {
            std::memcpy(f.bias + lane_of(at), a.epilogue.bias + channel, 16);
            std::memcpy(f.factor + lane_of(at), a.epilogue.factor + channel, 16);
        }
    }
    const std::uint32_t groups = (f.taps + 3) / 4 * static_cast<std::uint32_t>(rows);
    for (std::uint32_t group = 0; group < groups; ++group) {
        dot::vec taps[4], zipped[4];
        for (std::uint32_t t = 0; t < 4; ++t) {
            taps[t] = dot::none();
            const std::int8_t* w = tap_weights(a, rows, group, t);
            if (w != nullptr && period == width) {
                taps[t] = dot::load(w + first);
            } else if (w != nullptr) {
                alignas(64) std::int8_t repeated[width];
                for (std::uint32_t at = 0; at < width; at += 8)
                    std::memcpy(repeated + at, w + at % period, 8);
                taps[t] = dot::load(repeated);
            }
        }
        dot::zip(taps, zipped);
        for (std::uint32_t j = 0; j < 4; ++j)
            dot::store(f.weights[group] + j * width, zipped[j]);
    }
}

/// Inputs that lie next to each other.
struct adjacent {
    PITH_ALWAYS_INLINE dot::vec operator()(const std::uint8_t* p) const noexcept { return dot::load(p); }
};

/// All channels (8, 16, or 32 of a vector of 64) of as many pixels as fill a vector, `step` apart; pixels
/// beyond the last repeat it.
class gather {
public:
    gather(std::ptrdiff_t step, std::uint32_t channels, std::uint32_t pixels) noexcept
        : step_(step), channels_(channels), last_(pixels - 1) {}

    PITH_ALWAYS_INLINE dot::vec operator()(const std::uint8_t* p) const noexcept {
        __m128i sixteens[width / 16];
#pragma GCC unroll 4
        for (std::uint32_t i = 0; i < width / 16; ++i)
            sixteens[i] = sixteen(p, i);
        return dot::join(sixteens);
    }

private:
    [[nodiscard]] const std::uint8_t* pixel(const std::uint8_t* p, std::uint32_t i) const noexcept {
        return p + static_cast<std::ptrdiff_t>(i < last_ ? i : last_) * step_;
    }
    /// Bytes 16 i to 16 i + 15 of the vector.
    [[nodiscard]] __m128i sixteen(const std::uint8_t* p, std::uint32_t i) const noexcept {
        if (channels_ == 8)
            return _mm_unpacklo_epi64(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(pixel(p, 2 * i))),
                                      _mm_loadl_epi64(reinterpret_cast<const __m128i*>(pixel(p, 2 * i + 1))));
        const std::uint8_t* q = width == 32 || channels_ == 16 ? pixel(p, i) : pixel(p, i / 2) + i % 2 * 16;
        return _mm_loadu_si128(reinterpret_cast<const __m128i*>(q));
    }

    std::ptrdiff_t step_;
    std::uint32_t channels_;
    std::uint32_t last_;
};

/// Adds the products of the `Count` taps from `first` on to the sums of Rows output rows.
template <int Rows, int Count, class Load>
PITH_ALWAYS_INLINE void add_group(dot::vec (&sums)[Rows][4], const filters& f, const std::uint8_t* input,
                                  std::uint32_t first, const Load& load) noexcept {
    dot::vec taps[4], zipped[4];
#pragma GCC unroll 4
    for (int t = 0; t < 4; ++t) // where there is no tap any input will do: its weight is zero
        taps[t] = t < Count ? load(input + f.tap_at[first + static_cast<std::uint32_t>(t)]) : taps[t % Count];
    dot::zip(taps, zipped);
    const std::int8_t* weights = f.weights[first / 4 * Rows];
#pragma GCC unroll 4
    for (int j = 0; j < 4; ++j) {
        const dot::inputs x = dot::as_inputs(zipped[j]);
#pragma GCC unroll 2
        for (int r = 0; r < Rows; ++r)
            sums[r][j] = dot::add_dot(
                sums[r][j], x, dot::as_weights(dot::load(weights + (r * 4 + j) * static_cast<int>(width))));
    }
}

/// `width` outputs in each of Rows rows. `load` fetches their inputs from a tap's address.
template <int Rows, class Load>
PITH_ALWAYS_INLINE void convolve(const filters& f, const epilogue::codes_constants& c,
                                 const std::uint8_t* input, const Load& load, std::uint8_t* output,
                                 std::ptrdiff_t row_stride, std::uint32_t count) noexcept {
    dot::vec sums[Rows][4];
#pragma GCC unroll 2
    for (int r = 0; r < Rows; ++r)
#pragma GCC unroll 4
        for (int j = 0; j < 4; ++j)
            sums[r][j] = dot::load(f.bias + j * dot::lanes);
    std::uint32_t first = 0;
    for (; first + 4 <= f.taps; first += 4)
        add_group<Rows, 4>(sums, f, input, first, load);
    if constexpr (Rows == 1) {
        switch (f.taps - first) {
        case 1:
            add_group<Rows, 1>(sums, f, input, first, load);
            break;
        case 2:
            add_group<Rows, 2>(sums, f, input, first, load);
            break;
        case 3:
            add_group<Rows, 3>(sums, f, input, first, load);
            break;
        default:
            break;
        }
    }
#pragma GCC unroll 2
    for (int r = 0; r < Rows; ++r) {
#pragma GCC unroll 4
        for (int j = 0; j < 4; ++j)
            sums[r][j] = epilogue::rounded(sums[r][j], f.factor + j * dot::lanes, c.high);
        epilogue::store_first(output + r * row_stride, count, epilogue::packed_lanes(sums[r], c));
    }
}

/// Rows output rows from `row` on, for the channels from `first` on: a vector of channels of one pixel each
/// time.
template <int Rows>
void convolve_pixels(const depthwise_u8_args& a, const filters& f, const epilogue::codes_constants& c,
                     std::uint32_t row, std::uint32_t first) noexcept {
    const std::uint32_t left = a.over.run_length - first;
    const std::uint32_t count = left < width ? left : width;
    const std::uint8_t* x = a.input + static_cast<std::ptrdiff_t>(row) * a.over.row_stride + first;
    std::uint8_t* y = a.output + static_cast<std::ptrdiff_t>(row) * a.output_strides.row_stride + first;
    for (std::uint32_t column = 0; column < a.over.columns; ++column) {
        convolve<Rows>(f, c, x, adjacent{}, y, a.output_strides.row_stride, count);
        x += a.over.column_stride;
        y += a.output_strides.column_stride;
    }
}

/// Rows output rows from `row` on: all channels of several neighbouring pixels each time.
template <int Rows>
void convolve_shared(const depthwise_u8_args& a, const filters& f, const epilogue::codes_constants& c,
                     std::uint32_t row) noexcept {
    const std::uint32_t channels = a.over.run_length;
    const std::uint32_t together = width / channels;
    const std::ptrdiff_t step = a.over.column_stride;
    const std::uint8_t* x = a.input + static_cast<std::ptrdiff_t>(row) * a.over.row_stride;
    std::uint8_t* y = a.output + static_cast<std::ptrdiff_t>(row) * a.output_strides.row_stride;
    const every_second alternate(channels, together);
    for (std::uint32_t left = a.over.columns; left != 0;) {
        const std::uint32_t pixels = left < together ? left : together;
        const std::uint32_t count = pixels * channels;
        if (step == static_cast<std::ptrdiff_t>(channels))
            convolve<Rows>(f, c, x, adjacent{}, y, a.output_strides.row_stride, count);
        else if constexpr (Rows == 1) {
            if (step != 2 * static_cast<std::ptrdiff_t>(channels))
                convolve<1>(f, c, x, gather(step, channels, pixels), y, 0, count);
            else if (pixels == together)
                convolve<1>(f, c, x, alternate, y, 0, count);
            else
                convolve<1>(f, c, x, every_second(channels, pixels), y, 0, count);
        }
        x += static_cast<std::ptrdiff_t>(pixels) * step;
        y += count;
        left -= pixels;
    }
}

template <class = on_use>
inline void depthwise_u8(const depthwise_u8_args& a) noexcept {
    const window& over = a.over;
    const std::uint32_t channels = over.run_length;
    const bool shared = (channels == 8 || channels == 16 || channels == 32) && channels < width &&
                        a.output_strides.column_stride == static_cast<std::ptrdiff_t>(channels);
    const bool stepwise = over.row_stride == over.run_row_stride &&
                          (!shared || over.column_stride == static_cast<std::ptrdiff_t>(channels));
    const int rows =
        over.run_rows == 3 && stepwise && over.rows >= 2 && over.run_columns * 2 <= most_groups ? 2 : 1;
    if (rows == 1 && over.runs() > 4 * most_groups) {
        portable::depthwise_u8(a);
        return;
    }
    filters f;
    place_taps(f, over, rows);
    const epilogue::codes_constants c(a.epilogue);
    for (std::uint32_t first = 0; first < channels; first += shared ? channels : width) {
        fill(f, a, rows, first, shared ? channels : width);
        std::uint32_t row = 0;
        while (row < over.rows) {
            if (rows == 2) {
                row = row + 2 <= over.rows ? row : over.rows - 2; // the last pair may repeat a row
                shared ? convolve_shared<2>(a, f, c, row) : convolve_pixels<2>(a, f, c, row, first);
                row += 2;
            } else {
                shared ? convolve_shared<1>(a, f, c, row) : convolve_pixels<1>(a, f, c, row, first);
                ++row;
            }
        }
    }
}
