// SPDX-License-Identifier: MIT
// The body of the x86 depthwise convolutions, without a guard: each of them includes it inside its target
// region and namespace with PITH_TARGET_BODY defined. It needs `dot` (vectors of `lanes` int32), `epilogue`
// (packed_lanes, store_first) and `gather`.
#ifdef PITH_TARGET_BODY

inline constexpr std::uint32_t width = dot::lanes * 4; ///< outputs computed together
inline constexpr std::uint32_t most_taps = 128;        ///< filters above are left to the portable kernel

/// The filters of `width` neighbouring outputs: as many channels, or all channels several times over. Vector
/// j holds in its 128-bit lane l the outputs 16 l + 4 j to 16 l + 4 j + 3, which is how dot::zip leaves
/// inputs.
struct filters {
    alignas(64) std::int8_t weights[most_taps / 4][4 * width];
    alignas(64) std::int32_t bias[width];
    alignas(64) float factor[width];
    std::ptrdiff_t tap_at[most_taps]; ///< from a window's first input to its taps
    std::uint32_t groups;             ///< of four taps; weights beyond the last tap are zero
};

/// Where four outputs, `at` in their order, stand in vectors of 32-bit lanes.
[[nodiscard]] constexpr std::uint32_t lane_of(std::uint32_t at) noexcept {
    return at / 4 % 4 * dot::lanes + at / 16 * 4;
}

inline void place_taps(filters& f, const window& over) noexcept {
    const std::uint32_t taps = over.runs();
    f.groups = (taps + 3) / 4;
    for (std::uint32_t t = 0; t < f.groups * 4; ++t) {
        const std::uint32_t tap = t < taps ? t : 0;
        f.tap_at[t] = static_cast<std::ptrdiff_t>(tap / over.run_columns) * over.run_row_stride +
                      static_cast<std::ptrdiff_t>(tap % over.run_columns) * over.run_column_stride;
    }
}

/// @param first the first channel; @param period channels after which the outputs start again
inline void fill(filters& f, const depthwise_u8_args& a, std::uint32_t first, std::uint32_t period) noexcept {
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
    for (std::uint32_t group = 0; group < f.groups; ++group) {
        dot::vec rows[4], zipped[4];
        for (std::uint32_t t = 0; t < 4; ++t) {
            alignas(64) std::int8_t row[width] = {};
            if (const std::uint32_t tap = 4 * group + t; tap < a.over.runs())
                for (std::uint32_t at = 0; at < width; at += 4)
                    std::memcpy(row + at, a.weights + std::size_t{tap} * padded + first + at % period, 4);
            rows[t] = dot::load(row);
        }
        dot::zip(rows, zipped);
        for (std::uint32_t j = 0; j < 4; ++j)
            dot::store(f.weights[group] + j * width, zipped[j]);
    }
}

/// Inputs that lie next to each other.
struct contiguous {
    PITH_ALWAYS_INLINE dot::vec operator()(const std::uint8_t* p) const noexcept { return dot::load(p); }
};

/// Inputs of several pixels.
struct scattered {
    std::ptrdiff_t step;
    std::uint32_t channels;
    std::uint32_t last;
    PITH_ALWAYS_INLINE dot::vec operator()(const std::uint8_t* p) const noexcept {
        return gather(p, step, channels, last);
    }
};

/// `width` outputs. `load` fetches their inputs from a tap's address.
template <class Load>
PITH_ALWAYS_INLINE auto codes_of(const filters& f, const epilogue::codes_constants& c,
                                 const std::uint8_t* input, Load load) noexcept {
    dot::vec sums[4];
#pragma GCC unroll 4
    for (int j = 0; j < 4; ++j)
        sums[j] = dot::load(f.bias + j * dot::lanes);
    for (std::uint32_t group = 0; group < f.groups; ++group) {
        dot::vec taps[4], zipped[4];
#pragma GCC unroll 4
        for (int t = 0; t < 4; ++t)
            taps[t] = load(input + f.tap_at[4 * group + static_cast<std::uint32_t>(t)]);
        dot::zip(taps, zipped);
#pragma GCC unroll 4
        for (std::uint32_t j = 0; j < 4; ++j)
            sums[j] = dot::add_dot(sums[j], dot::as_inputs(zipped[j]),
                                   dot::as_weights(dot::load(f.weights[group] + j * width)));
    }
#pragma GCC unroll 4
    for (int j = 0; j < 4; ++j)
        sums[j] = epilogue::rounded(sums[j], f.factor + j * dot::lanes, c.high);
    return epilogue::packed_lanes(sums, c.zero, c);
}

/// The rows and columns of one block of filters.
struct rows_of {
    const depthwise_u8_args& a;
    const filters& f;
    epilogue::codes_constants constants;
    std::uint32_t first; ///< channel
};

/// Each vector holds the channels of one pixel, or `width` of them.
inline void convolve_pixels(const rows_of& r) noexcept {
    const auto& a = r.a;
    const std::uint32_t left = a.over.run_length - r.first;
    const std::uint32_t count = left < width ? left : width;
    for (std::uint32_t row = 0; row < a.over.rows; ++row) {
        const std::uint8_t* x = a.input + static_cast<std::ptrdiff_t>(row) * a.over.row_stride + r.first;
        std::uint8_t* y = a.output + static_cast<std::ptrdiff_t>(row) * a.output_strides.row_stride + r.first;
        for (std::uint32_t column = 0; column < a.over.columns; ++column) {
            const auto codes = codes_of(r.f, r.constants, x, contiguous{});
            epilogue::store_first(y, count, codes);
            x += a.over.column_stride;
            y += a.output_strides.column_stride;
        }
    }
}

/// Each vector holds all channels of several neighbouring pixels.
inline void convolve_shared(const rows_of& r) noexcept {
    const auto& a = r.a;
    const std::uint32_t channels = a.over.run_length;
    const std::uint32_t together = width / channels;
    const std::ptrdiff_t step = a.over.column_stride;
    const bool adjacent = step == static_cast<std::ptrdiff_t>(channels);
    for (std::uint32_t row = 0; row < a.over.rows; ++row) {
        const std::uint8_t* x = a.input + static_cast<std::ptrdiff_t>(row) * a.over.row_stride;
        std::uint8_t* y = a.output + static_cast<std::ptrdiff_t>(row) * a.output_strides.row_stride;
        for (std::uint32_t left = a.over.columns; left != 0;) {
            const std::uint32_t pixels = left < together ? left : together;
            const auto codes = adjacent
                                   ? codes_of(r.f, r.constants, x, contiguous{})
                                   : codes_of(r.f, r.constants, x, scattered{step, channels, pixels - 1});
            epilogue::store_first(y, pixels * channels, codes);
            x += static_cast<std::ptrdiff_t>(pixels) * step;
            y += pixels * channels;
            left -= pixels;
        }
    }
}

inline void depthwise_u8(const depthwise_u8_args& a) noexcept {
    if (a.over.runs() > most_taps) {
        portable::depthwise_u8(a);
        return;
    }
    filters f;
    place_taps(f, a.over);
    const std::uint32_t channels = a.over.run_length;
    const epilogue::codes_constants constants(a.epilogue);
    const bool packed_output = a.output_strides.column_stride == static_cast<std::ptrdiff_t>(channels);
    if (packed_output && (channels == 8 || channels == 16 || channels == 32) && channels < width) {
        fill(f, a, 0, channels);
        convolve_shared({a, f, constants, 0});
        return;
    }
    for (std::uint32_t first = 0; first < channels; first += width) {
        fill(f, a, first, width);
        convolve_pixels({a, f, constants, first});
    }
}

#endif
