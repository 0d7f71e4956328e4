// SPDX-License-Identifier: MIT
// Behind body.inl and igemm/lanes.inl: each column of four inputs is the first lane of a strip.

template <int M>
void sum_columns(const sum_task& t, column_list columns) noexcept {
    tile_sums<M, 1> sums(t);
    const std::uint8_t* x[M];
#pragma GCC unroll 8
    for (int m = 0; m < M; ++m)
        x[m] = t.input + m * t.step;
    const std::int8_t* w = t.weights;
    for (const std::uint32_t* at = columns.first; at != columns.last; ++at, w += group_weights)
        sums.template add_groups<1>(x, static_cast<std::ptrdiff_t>(*at), w, 0);
    sums.store(t.sums);
}
