// SPDX-License-Identifier: MIT
// Behind vector.inl, sums of tiles where the dot product takes inputs from a lane of a vector: a strip of
// every pixel's inputs is loaded once for several groups of four. No tile is doubled.

static_assert(pith::simd::checked_lane_dot<dot>::complete);
static_assert(!echo && max_pixels > 2); // so tiles of one pixel are all that their rows have
inline constexpr int panel_vectors = panel_outputs / dot::lanes;

template <int N>
void add_offsets(const std::int8_t* weights, std::size_t panel_bytes, std::size_t groups,
                 std::int32_t* sums) noexcept {
    for (int n = 0; n < N; ++n, sums += panel_outputs) {
        const std::int8_t* w = weights + static_cast<std::size_t>(n) * panel_bytes;
        dot::vec acc[panel_vectors];
        for (dot::vec& v : acc)
            v = dot::none();
        for (std::size_t left = groups; left != 0; --left, w += group_weights) {
            const dot::group g = dot::load_group(w);
#pragma GCC unroll 8
            for (int v = 0; v < panel_vectors; ++v)
                acc[v] = dot::take_offset(acc[v], g, v);
        }
#pragma GCC unroll 8
        for (int v = 0; v < panel_vectors; ++v)
            dot::store(sums + v * dot::lanes, dot::sub(dot::load(sums + v * dot::lanes), acc[v]));
    }
}

/// The sums of a tile. Those of one pixel are in two sets, to hide the latency, and beside them stands what
/// inputs less 128 leave out, negative.
template <int M, int N>
struct tile_sums {
    static constexpr int sets = M * N == 1 ? 2 : 1;
    static constexpr bool offsets = offset_inputs && M == 1;
    dot::vec acc[sets][M][N * panel_vectors];
    dot::vec missing[offsets ? N * panel_vectors : 1];

    PITH_ALWAYS_INLINE explicit tile_sums(const sum_task& t) noexcept {
#pragma GCC unroll 8
        for (int m = 0; m < M; ++m) {
#pragma GCC unroll 8
            for (int v = 0; v < N * panel_vectors; ++v) {
                acc[0][m][v] = dot::load(t.bias + m * t.bias_step + v * dot::lanes);
                if constexpr (sets == 2)
                    acc[1][m][v] = dot::none();
                if constexpr (offsets)
                    missing[v] = dot::none();
            }
        }
    }

    /// Groups `Lane` to Lanes - 1 of the strips.
    template <int Lane, int Lanes>
    PITH_ALWAYS_INLINE void add_lanes(const dot::strip (&x)[M], const std::int8_t* w,
                                      std::size_t panel_bytes) noexcept {
#pragma GCC unroll 2
        for (int n = 0; n < N; ++n) {
            const dot::group g = dot::load_group(w + static_cast<std::size_t>(n) * panel_bytes);
#pragma GCC unroll 8
            for (int m = 0; m < M; ++m)
#pragma GCC unroll 8
                for (int v = 0; v < panel_vectors; ++v) {
                    dot::vec& sum = acc[Lane % sets][m][n * panel_vectors + v];
                    sum = dot::template add_lane<Lane>(sum, x[m], g, v);
                }
            if constexpr (offsets)
#pragma GCC unroll 8
                for (int v = 0; v < panel_vectors; ++v)
                    missing[n * panel_vectors + v] = dot::take_offset(missing[n * panel_vectors + v], g, v);
        }
        if constexpr (Lane + 1 < Lanes)
            add_lanes<Lane + 1, Lanes>(x, w + group_weights, panel_bytes);
    }

    /// `Groups` groups of every pixel. Whole strips are read.
    template <int Groups>
    PITH_ALWAYS_INLINE void add_groups(const std::uint8_t* const (&x)[M], std::ptrdiff_t at,
                                       const std::int8_t* w, std::size_t panel_bytes) noexcept {
        dot::strip strips[M];
#pragma GCC unroll 8
        for (int m = 0; m < M; ++m)
            strips[m] = dot::load_strip(x[m] + at);
        add_lanes<0, Groups>(strips, w, panel_bytes);
    }

    PITH_ALWAYS_INLINE void store(std::int32_t* to) noexcept {
#pragma GCC unroll 8
        for (int m = 0; m < M; ++m) {
#pragma GCC unroll 8
            for (int v = 0; v < N * panel_vectors; ++v) {
                dot::vec sum = acc[0][m][v];
                if constexpr (sets == 2)
                    sum = dot::add(sum, acc[1][m][v]);
                if constexpr (offsets)
                    sum = dot::sub(sum, missing[v]);
                dot::store(to + (m * N * panel_vectors + v) * dot::lanes, sum);
            }
        }
    }
};

template <int M, int N, int E>
void sum_tile(const sum_task& t) noexcept {
    static_assert(E == 1);
    tile_sums<M, N> sums(t);
    const std::uint8_t* x[M];
#pragma GCC unroll 8
    for (int m = 0; m < M; ++m)
        x[m] = t.input + m * t.step;
    const std::int8_t* w = t.weights;
    for (std::uint32_t row = 0; row < t.run_rows; ++row) {
        std::ptrdiff_t at = static_cast<std::ptrdiff_t>(row) * t.run_row_stride;
        for (std::uint32_t run = t.run_columns; run != 0; --run, at += t.run_gap) {
            const auto advance = [&](int groups) {
                at += 4 * groups;
                w += group_weights * groups;
            };
            std::uint32_t left = t.groups;
            for (; left >= dot::strip_groups; left -= dot::strip_groups, advance(dot::strip_groups))
                sums.template add_groups<dot::strip_groups>(x, at, w, t.panel_bytes);
            if constexpr (dot::strip_groups > 2)
                if ((left & 2) != 0) {
                    sums.template add_groups<2>(x, at, w, t.panel_bytes);
                    advance(2);
                }
            if ((left & 1) != 0) {
                sums.template add_groups<1>(x, at, w, t.panel_bytes);
                advance(1);
            }
        }
    }
    sums.store(t.sums);
}
