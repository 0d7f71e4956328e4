// SPDX-License-Identifier: MIT
// A matrix product in the compiler's vectors of vector_bytes, included in a namespace that has them, inside a
// target region where they need one. Every sum runs over k from first to last, whatever the vectors' width,
// so that all widths give the same bits as long as the compiler has no fused multiply-add to contract to.

inline constexpr std::size_t tile_rows = 4;
inline constexpr std::size_t block_depth = 256; ///< of b that is packed at a time

template <class T>
struct words {
    using value __attribute__((vector_size(vector_bytes))) = T;
    using loose __attribute__((vector_size(vector_bytes), aligned(alignof(T)), may_alias)) = T;
    static constexpr std::size_t lanes = vector_bytes / sizeof(T);
    static constexpr std::size_t columns = 2 * lanes; ///< of a tile
};

/// `Rows` rows of c, one tile wide, from a panel of b; onto what c holds unless `fresh`.
template <std::size_t Rows, class T>
PITH_NOINLINE void multiply_tile(const T* a, std::size_t a_stride, const T* panel, std::size_t depth, T* c,
                                 std::size_t c_stride, bool fresh) {
    using value = typename words<T>::value;
    using loose = typename words<T>::loose;
    constexpr std::size_t lanes = words<T>::lanes;
    value sums[Rows][2];
#pragma GCC unroll 4
    for (std::size_t r = 0; r < Rows; ++r)
        for (std::size_t v = 0; v < 2; ++v)
            sums[r][v] =
                fresh ? value{} : value(*reinterpret_cast<const loose*>(c + r * c_stride + v * lanes));
    for (std::size_t k = 0; k < depth; ++k) {
        const value low = *reinterpret_cast<const loose*>(panel + k * 2 * lanes);
        const value high = *reinterpret_cast<const loose*>(panel + k * 2 * lanes + lanes);
#pragma GCC unroll 4
        for (std::size_t r = 0; r < Rows; ++r) {
            const T x = a[r * a_stride + k];
            const value both[2] = {low * x, high * x};
            sums[r][0] += both[0];
            sums[r][1] += both[1];
        }
    }
#pragma GCC unroll 4
    for (std::size_t r = 0; r < Rows; ++r)
        for (std::size_t v = 0; v < 2; ++v)
            *reinterpret_cast<loose*>(c + r * c_stride + v * lanes) = sums[r][v];
}

template <class T>
PITH_NOINLINE void multiply_rows(std::size_t rows, const T* a, std::size_t a_stride, const T* panel,
                                 std::size_t depth, T* c, std::size_t c_stride, bool fresh) {
    std::size_t r = 0;
    for (; r + tile_rows <= rows; r += tile_rows)
        multiply_tile<tile_rows>(a + r * a_stride, a_stride, panel, depth, c + r * c_stride, c_stride, fresh);
    for (; r < rows; ++r)
        multiply_tile<1>(a + r * a_stride, a_stride, panel, depth, c + r * c_stride, c_stride, fresh);
}

/// The same where fewer columns are left than a tile has: through a tile on the stack.
template <class T>
PITH_NOINLINE void multiply_edge(std::size_t rows, const T* a, std::size_t a_stride, const T* panel,
                                 std::size_t depth, T* c, std::size_t c_stride, std::size_t columns,
                                 bool fresh) {
    constexpr std::size_t width = words<T>::columns;
    T edge[tile_rows * width] = {};
    for (std::size_t r = 0; r < rows; r += tile_rows) {
        const std::size_t count = rows - r < tile_rows ? rows - r : tile_rows;
        for (std::size_t i = 0; !fresh && i < count; ++i)
            for (std::size_t j = 0; j < columns; ++j)
                edge[i * width + j] = c[(r + i) * c_stride + j];
        multiply_rows(count, a + r * a_stride, a_stride, panel, depth, edge, width, fresh);
        for (std::size_t i = 0; i < count; ++i)
            for (std::size_t j = 0; j < columns; ++j)
                c[(r + i) * c_stride + j] = edge[i * width + j];
    }
}

/// Rows [first, first + depth) and columns [column, column + count) of b, zeros beside them.
template <class T>
PITH_NOINLINE void pack_panel(const job<T>& j, std::size_t first, std::size_t depth, std::size_t column,
                              std::size_t count, T* panel) {
    constexpr std::size_t width = words<T>::columns;
    for (std::size_t i = 0; i < width; ++i) {
        const T* from = j.b + first * j.b_down + (column + i) * j.b_across;
        for (std::size_t k = 0; k < depth; ++k)
            panel[k * width + i] = i < count ? from[k * j.b_down] : T{0};
    }
}

template <class T>
void multiply(const job<T>& j) noexcept {
    constexpr std::size_t width = words<T>::columns;
    alignas(vector_bytes) T panel[block_depth * width];
    for (std::size_t first = 0; first == 0 || first < j.k; first += block_depth) {
        const std::size_t depth = j.k - first < block_depth ? j.k - first : block_depth;
        for (std::size_t column = 0; column < j.n; column += width) {
            const std::size_t count = j.n - column < width ? j.n - column : width;
            pack_panel(j, first, depth, column, count, panel);
            const T* a = j.a + first;
            T* c = j.c + column;
            if (count == width)
                multiply_rows(j.m, a, j.a_stride, panel, depth, c, j.c_stride, first == 0);
            else
                multiply_edge(j.m, a, j.a_stride, panel, depth, c, j.c_stride, count, first == 0);
        }
    }
}
