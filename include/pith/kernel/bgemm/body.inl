// SPDX-License-Identifier: MIT
// The binary convolution, included inside a target region, in a namespace that has `bits` (simd/words.hpp)
// and `epilogue` (kernel/epilogue/).

static_assert(pith::simd::checked_bits<bits>::complete);
inline constexpr int panel_vectors = static_cast<int>(bgemm_outputs) / bits::lanes;
static_assert(panel_vectors * bits::lanes == static_cast<int>(bgemm_outputs));

/// The taps of neighbouring pixels of one row that are inside the image.
struct bit_task {
    const std::uint8_t* input; ///< of the first tap inside, of the first pixel
    std::ptrdiff_t step;       ///< from pixel to pixel
    std::ptrdiff_t down;       ///< from tap to tap
    std::ptrdiff_t across;
    std::uint32_t rows;
    std::uint32_t columns;
    std::uint32_t words;
    const std::uint8_t* weights; ///< of the first tap inside
    std::size_t row_weights;     ///< bytes from one row of taps to the next
};

/// Differing bits of M pixels and 16 outputs.
template <int M>
PITH_ALWAYS_INLINE void count_tile(const bit_task& t, std::uint64_t* counts) noexcept {
    constexpr std::size_t word_bytes = std::size_t{bgemm_outputs} * 8;
    typename bits::vec acc[M][panel_vectors];
#pragma GCC unroll 8
    for (int m = 0; m < M; ++m)
#pragma GCC unroll 8
        for (int v = 0; v < panel_vectors; ++v)
            acc[m][v] = bits::none();
    for (std::uint32_t i = 0; i < t.rows; ++i) {
        const std::uint8_t* w = t.weights + i * t.row_weights;
        const std::uint8_t* row = t.input + static_cast<std::ptrdiff_t>(i) * t.down;
        for (std::uint32_t j = 0; j < t.columns; ++j, row += t.across)
            for (std::uint32_t k = 0; k < t.words; ++k, w += word_bytes) {
                typename bits::vec wv[panel_vectors];
#pragma GCC unroll 8
                for (int v = 0; v < panel_vectors; ++v)
                    wv[v] = bits::load(w + v * bits::lanes * 8);
#pragma GCC unroll 8
                for (int m = 0; m < M; ++m) {
                    const typename bits::vec x = bits::repeat(row + m * t.step + 8 * std::ptrdiff_t{k});
#pragma GCC unroll 8
                    for (int v = 0; v < panel_vectors; ++v)
                        acc[m][v] = bits::add_differing(acc[m][v], x, wv[v]);
                }
            }
    }
#pragma GCC unroll 8
    for (int m = 0; m < M; ++m)
#pragma GCC unroll 8
        for (int v = 0; v < panel_vectors; ++v)
            bits::store(counts + m * static_cast<int>(bgemm_outputs) + v * bits::lanes, acc[m][v]);
}

/// One panel over all pixels.
struct bit_panel {
    const bgemm_args& a;
    std::uint32_t first; ///< output channel
    std::uint32_t last;  ///< channels of the panel
    epilogue::codes_constants constants;

    bit_panel(const bgemm_args& args, std::uint32_t channel) noexcept
        : a(args), first(channel),
          last(args.channels - channel < bgemm_outputs ? args.channels - channel : bgemm_outputs),
          constants(args.epilogue) {}

    void store(const std::int32_t* sums, int pixels, std::uint32_t row, std::uint32_t column) const noexcept {
        const codes_epilogue& e = a.epilogue;
        const std::ptrdiff_t step = a.over.output_strides.column_stride;
        const std::ptrdiff_t out = static_cast<std::ptrdiff_t>(row) * a.over.output_strides.row_stride +
                                   static_cast<std::ptrdiff_t>(column) * step +
                                   static_cast<std::ptrdiff_t>(first);
        const std::uint8_t* residual = residual_at(e, row, column);
        if (residual != nullptr)
            residual += first;
        if (a.real_output != nullptr)
            epilogue::store_reals<1>(sums, pixels, e.factor + first, last, a.real_output + out, step);
        else if (residual == nullptr)
            epilogue::store_codes<1, residual_as::none>(e, constants, sums, pixels, e.factor + first, last,
                                                        a.output + out, step, residual);
        else if (e.residual_is_first)
            epilogue::store_codes<1, residual_as::first>(e, constants, sums, pixels, e.factor + first, last,
                                                         a.output + out, step, residual);
        else
            epilogue::store_codes<1, residual_as::second>(e, constants, sums, pixels, e.factor + first, last,
                                                          a.output + out, step, residual);
    }

    /// @param all products of a pixel
    template <int M>
    void tile(const bit_task& t, std::uint32_t all, std::uint32_t row, std::uint32_t column) const noexcept {
        alignas(64) std::uint64_t counts[4 * bgemm_outputs];
        alignas(64) std::int32_t sums[4 * bgemm_outputs];
        count_tile<M>(t, counts);
        const std::int32_t* bias = a.epilogue.bias + first;
        for (std::uint32_t m = 0; m < M; ++m)
            for (std::uint32_t i = 0; i < bgemm_outputs; ++i) {
                const std::uint32_t k = m * bgemm_outputs + i;
                sums[k] = add_wrapped(
                    static_cast<std::int32_t>(all - 2 * static_cast<std::uint32_t>(counts[k])), bias[i]);
            }
        store(sums, M, row, column);
    }

    void row_of(std::uint32_t row) const noexcept {
        const pool_geometry& g = a.over;
        const tap_range down = taps_inside(g, 0, row);
        const std::size_t tap_bytes = std::size_t{g.channels} * bgemm_outputs * 8;
        const std::uint8_t* panel =
            a.weights + std::size_t{first} / bgemm_outputs * g.kernel[0] * g.kernel[1] * tap_bytes;
        for (std::uint32_t column = 0; column < g.output_columns;) {
            const tap_range across = taps_inside(g, 1, column);
            const bit_task t{
                a.input + down.at * g.input_strides.row_stride + across.at * g.input_strides.column_stride,
                static_cast<std::ptrdiff_t>(std::int64_t{g.input_strides.column_stride} * g.strides[1]),
                tap_step(g, 0),
                tap_step(g, 1),
                down.count,
                across.count,
                g.channels,
                panel + (std::size_t{down.first} * g.kernel[1] + across.first) * tap_bytes,
                g.kernel[1] * tap_bytes};
            const std::uint32_t all = down.count * across.count * a.inputs;
            // Of pixels between two that see nothing of the image one may see all of it.
            const bool four = across.count != 0 && column + 4 <= g.output_columns &&
                              same_taps(across, taps_inside(g, 1, column + 3));
            if (four)
                tile<4>(t, all, row, column);
            else
                tile<1>(t, all, row, column);
            column += four ? 4 : 1;
        }
    }
};
