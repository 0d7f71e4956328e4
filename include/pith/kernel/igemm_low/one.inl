// SPDX-License-Identifier: MIT
// Behind decode.inl, one pixel: each weight is used once, and decoded in registers. Needs `dot` and
// `dot_small` (exact for codes of any size, and of at most 64), `panels` and `tile_state` (igemm/vector.inl).

static_assert(pith::simd::checked_dot<dot>::complete && pith::simd::checked_dot<dot_small>::complete);
static_assert(dot::lanes * planes::parts == panel_outputs,
              "a group of weights fills as many vectors as 16 sums");

/// One panel.
struct low_task {
    const std::uint8_t* input;
    const window* over;
    const std::uint8_t* weights;
    const std::int8_t* table;
    const std::int32_t* bias;
    std::int32_t start; ///< of every sum, besides its bias
    std::int32_t* sums; ///< [16], aligned
};

template <int Bits, decode_to To, class Dot>
void sum_low(const low_task& t) noexcept {
    constexpr int sets = 4 / planes::parts; // of sums, to hide the latency
    const decoder<Bits, To> decode(t.table);
    vec acc[sets][planes::parts];
    const vec start = Dot::broadcast(reinterpret_cast<const std::uint8_t*>(&t.start));
#pragma GCC unroll 4
    for (int s = 0; s < sets; ++s)
#pragma GCC unroll 4
        for (int part = 0; part < planes::parts; ++part)
            acc[s][part] = s == 0 ? Dot::add(start, Dot::load(t.bias + part * Dot::lanes)) : Dot::none();
    const auto add = [&](vec(&sums)[planes::parts], const std::uint8_t* x, const std::uint8_t* w) {
        const auto four = Dot::as_inputs(Dot::broadcast(x));
#pragma GCC unroll 4
        for (int part = 0; part < planes::parts; ++part)
            sums[part] = Dot::add_dot(sums[part], four, Dot::as_weights(decode(w, part)));
    };
    const window& over = *t.over;
    const std::uint8_t* w = t.weights;
    for (std::uint32_t run = 0; run < over.runs(); ++run) {
        const std::uint8_t* x = t.input +
                                static_cast<std::ptrdiff_t>(run / over.run_columns) * over.run_row_stride +
                                static_cast<std::ptrdiff_t>(run % over.run_columns) * over.run_column_stride;
        std::uint32_t left = over.run_length;
        for (; left >= 4 * sets; left -= 4 * sets, x += 4 * sets, w += 8 * Bits * sets)
#pragma GCC unroll 4
            for (int s = 0; s < sets; ++s)
                add(acc[s], x + 4 * s, w + 8 * Bits * s);
        for (; left >= 4; left -= 4, x += 4, w += 8 * Bits)
            add(acc[0], x, w);
        if (left != 0) {
            std::uint32_t four = x[0];
            for (std::uint32_t k = 1; k < left; ++k)
                four |= std::uint32_t{x[k]} << 8 * k;
            add(acc[0], reinterpret_cast<const std::uint8_t*>(&four), w);
            w += 8 * Bits;
        }
    }
#pragma GCC unroll 4
    for (int part = 0; part < planes::parts; ++part) {
#pragma GCC unroll 4
        for (int s = 1; s < sets; ++s)
            acc[0][part] = Dot::add(acc[0][part], acc[s][part]);
        Dot::store(t.sums + part * Dot::lanes, acc[0][part]);
    }
}

/// The sum of a window's inputs.
template <class = on_use>
[[nodiscard]] inline std::uint32_t sum_inputs(const window& over, const std::uint8_t* input) noexcept {
    constexpr std::uint32_t width = dot::lanes * 4;
    vec acc = dot::none();
    std::uint32_t sum = 0;
    for (std::uint32_t run = 0; run < over.runs(); ++run) {
        const std::uint8_t* x = input +
                                static_cast<std::ptrdiff_t>(run / over.run_columns) * over.run_row_stride +
                                static_cast<std::ptrdiff_t>(run % over.run_columns) * over.run_column_stride;
        std::uint32_t left = over.run_length;
        for (; left >= width; left -= width, x += width)
            acc = planes::add_bytes(acc, x);
        for (; left != 0; --left)
            sum += *x++;
    }
    alignas(64) std::int32_t lanes[dot::lanes];
    dot::store(lanes, acc);
    for (const std::int32_t s : lanes)
        sum += static_cast<std::uint32_t>(s);
    return sum;
}

using low_function = void (*)(const low_task&) noexcept;

/// Indices of up to six bits are small.
template <int Bits>
using affine_dot = std::conditional_t<Bits <= 6 && affine_factors == decode_to::indices, dot_small, dot>;

template <int... Bits>
[[nodiscard]] low_function pick_affine(unsigned bits, std::integer_sequence<int, Bits...>) noexcept {
    static constexpr low_function of_bits[] = {&sum_low<Bits + 1, affine_factors, affine_dot<Bits + 1>>...};
    return of_bits[bits - 1];
}
template <int... Bits>
[[nodiscard]] low_function pick_listed(unsigned bits, std::integer_sequence<int, Bits...>) noexcept {
    static constexpr low_function of_bits[] = {&sum_low<Bits + 1, decode_to::levels, dot>...};
    return of_bits[bits - 1];
}

/// True of one pixel, and codes that registers are enough to look up.
template <class = on_use>
[[nodiscard]] inline bool suits_one(const igemm_low_args& args) noexcept {
    const window& over = args.dense.over;
    return over.rows * over.columns == 1 &&
           (args.codes.levels == nullptr || args.codes.bits <= most_looked_up);
}

/// @pre suits_one(args)
template <class = on_use>
PITH_NOINLINE void igemm_one(const igemm_low_args& args) noexcept {
    const format::low_bit_codes& codes = args.codes;
    igemm_args a = args.dense;
    a.weights = reinterpret_cast<const std::int8_t*>(args.weights); // not read
    const code_table table(codes);
    const std::size_t panel_bytes = groups_of(a.over) * 8 * codes.bits;
    const low_function sum =
        codes.levels == nullptr
            ? pick_affine(codes.bits, std::make_integer_sequence<int, format::most_low_bits>{})
            : pick_listed(codes.bits, std::make_integer_sequence<int, most_looked_up>{});
    tile_state t;
    t.pixels = 1;
    low_task task{};
    task.input = a.input;
    task.over = &a.over;
    task.table = table.codes;
    task.weights = args.weights;
    task.sums = t.sums;
    if (affine_factors == decode_to::indices && codes.levels == nullptr)
        task.start = static_cast<std::int32_t>(sum_inputs(a.over, a.input) *
                                               static_cast<std::uint32_t>(std::int32_t{codes.lowest}));
    for (std::uint32_t first = 0; first < a.channels; first += panel_outputs, task.weights += panel_bytes) {
        const panels<1> p(a, first);
        task.bias = a.epilogue.bias + first;
        sum(task);
        p.store(t);
    }
}
