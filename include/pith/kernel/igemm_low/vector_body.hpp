// SPDX-License-Identifier: MIT
// The body of the vector low-bit convolutions, without a guard: each of them includes it inside its target
// region and namespace with PITH_TARGET_BODY defined. It needs `planes` (kernel/low_bits_*.hpp), `dot` and
// `dot_small` (kernel/dot_*.hpp; exact for codes of any size, and of at most small_codes), `panels` and
// `tile_state` (igemm/vector_body.hpp), and `igemm`.
//
// Where a weight meets several pixels, panels are decoded once, into a scratch on the stack, and igemm runs
// on that; where it meets one, or a panel is too large for the scratch, weights are decoded in registers.
#ifdef PITH_TARGET_BODY

using vec = planes::vec;

/// The codes of a group's indices.
template <int Bits, bool Listed>
class decoder {
public:
    /// @param table of format::fill_levels, and 16 bytes more
    PITH_ALWAYS_INLINE explicit decoder(const std::int8_t* table) noexcept {
        if constexpr (adds) {
            table_[0] = planes::fill(table[0]);
            table_[1] = planes::fill(static_cast<std::int8_t>(table[0] + (1 << even)));
            return;
        }
#pragma GCC unroll 8
        for (int t = 0; t < tables; ++t)
            table_[t] = even == 0 ? planes::fill(table[t]) : planes::table(table + t * each);
    }

    /// Part `part` of planes::parts of a group.
    PITH_ALWAYS_INLINE vec operator()(const std::uint8_t* group, int part) const noexcept {
        const std::uint8_t* const last = group + 8 * even;
        if constexpr (adds) {
            const vec base =
                odd ? planes::choose(planes::singles(last, part), table_[1], table_[0]) : table_[0];
            return planes::add(index(group, part), base);
        } else if constexpr (odd) {
            return planes::choose(planes::singles(last, part), look_up(group, part, tables / 2),
                                  look_up(group, part, 0));
        } else {
            return look_up(group, part, 0);
        }
    }

private:
    static constexpr int even = Bits & 6; ///< bits of an index in the planes of 4 and 2
    static constexpr bool odd = Bits % 2 != 0;
    static constexpr bool adds = even >= 4 && Bits > 4 && !Listed;
    static constexpr int each = even == 6 ? 16 : 1 << even; ///< codes in a table
    static constexpr int tables = (1 << Bits) / each;

    /// The index but for the plane of 1. @pre even >= 4
    PITH_ALWAYS_INLINE static vec index(const std::uint8_t* group, int part) noexcept {
        const vec low = planes::nibbles(group, part);
        if constexpr (even == 4)
            return low;
        else
            return planes::add(low, planes::times_16(planes::pairs(group + 32, part)));
    }
    /// Codes by the tables from `first` on.
    PITH_ALWAYS_INLINE vec look_up(const std::uint8_t* group, int part, int first) const noexcept {
        if constexpr (even == 0)
            return table_[first];
        else if constexpr (even == 2)
            return planes::pick(table_[first], planes::pairs(group, part));
        else if constexpr (even == 4)
            return planes::pick(table_[first], planes::nibbles(group, part));
        else {
            const vec low = planes::nibbles(group, part);
            const vec high = planes::pairs(group + 32, part);
            const auto first_bit = planes::bit(high, 0);
            const vec a = planes::choose(first_bit, planes::pick(table_[first + 1], low),
                                         planes::pick(table_[first], low));
            const vec b = planes::choose(first_bit, planes::pick(table_[first + 3], low),
                                         planes::pick(table_[first + 2], low));
            return planes::choose(planes::bit(high, 1), b, a);
        }
    }

    vec table_[adds ? 2 : tables];
};

inline constexpr std::size_t table_bytes = format::most_levels + 16;
inline constexpr int part_bytes = 64 / planes::parts;

template <int Bits, bool Listed>
void decode_groups(const std::uint8_t* from, std::size_t groups, const std::int8_t* table,
                   std::int8_t* to) noexcept {
    const decoder<Bits, Listed> decode(table);
    for (; groups != 0; --groups, from += 8 * Bits, to += 64)
#pragma GCC unroll 4
        for (int part = 0; part < planes::parts; ++part)
            dot::store(to + part * part_bytes, decode(from, part));
}

/// One pixel and one panel.
struct low_task {
    const std::uint8_t* input;
    const window* over;
    const std::uint8_t* weights;
    const std::int8_t* table;
    const std::int32_t* bias;
    std::int32_t* sums; ///< [16], aligned
};

template <int Bits, bool Listed, class Dot>
void sum_low(const low_task& t) noexcept {
    constexpr int sets = 4 / planes::parts; // of sums, to hide the latency
    const decoder<Bits, Listed> decode(t.table);
    vec acc[sets][planes::parts];
#pragma GCC unroll 4
    for (int s = 0; s < sets; ++s)
#pragma GCC unroll 4
        for (int part = 0; part < planes::parts; ++part)
            acc[s][part] = s == 0 ? Dot::load(t.bias + part * Dot::lanes) : Dot::none();
    const auto add = [&](vec(&sums)[planes::parts], const std::uint8_t* x, const std::uint8_t* w) {
        const auto four = Dot::as_inputs(Dot::broadcast(x));
#pragma GCC unroll 4
        for (int part = 0; part < planes::parts; ++part)
            sums[part] = Dot::add_dot(sums[part], four, Dot::as_weights(decode(w, part)));
    };
    const window& over = *t.over;
    const std::uint32_t tail = over.run_length % 4;
    const std::uint8_t* w = t.weights;
    for (std::uint32_t row = 0; row < over.run_rows; ++row) {
        for (std::uint32_t column = 0; column < over.run_columns; ++column) {
            const std::uint8_t* x = t.input + static_cast<std::ptrdiff_t>(row) * over.run_row_stride +
                                    static_cast<std::ptrdiff_t>(column) * over.run_column_stride;
            std::uint32_t left = over.run_length / 4;
            for (; left >= sets; left -= sets, x += 4 * sets, w += 8 * Bits * sets)
#pragma GCC unroll 4
                for (int s = 0; s < sets; ++s)
                    add(acc[s], x + 4 * s, w + 8 * Bits * s);
            for (; left != 0; --left, x += 4, w += 8 * Bits)
                add(acc[0], x, w);
            if (tail != 0) {
                std::uint8_t rest[4] = {};
                for (std::uint32_t k = 0; k < tail; ++k)
                    rest[k] = x[k];
                add(acc[0], rest, w);
                w += 8 * Bits;
            }
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

using decode_function = void (*)(const std::uint8_t*, std::size_t, const std::int8_t*, std::int8_t*) noexcept;
using low_function = void (*)(const low_task&) noexcept;

/// The functions of one width.
struct low_functions {
    decode_function decode;
    low_function sum;
    low_function sum_small; ///< of small codes
};

template <int Bits, bool Listed>
inline constexpr low_functions functions_of{&decode_groups<Bits, Listed>, &sum_low<Bits, Listed, dot>,
                                            &sum_low<Bits, Listed, dot_small>};

[[nodiscard]] inline const low_functions& pick_functions(const format::low_bit_codes& c) noexcept {
    // Up to four bits every index is looked up.
    static constexpr low_functions affine[] = {
        functions_of<1, true>,  functions_of<2, true>,  functions_of<3, true>, functions_of<4, true>,
        functions_of<5, false>, functions_of<6, false>, functions_of<7, false>};
    static constexpr low_functions listed[] = {functions_of<5, true>, functions_of<6, true>,
                                               functions_of<7, true>};
    return c.levels != nullptr && c.bits > 4 ? listed[c.bits - 5] : affine[c.bits - 1];
}

/// What all steps of a call share.
struct low_call {
    const igemm_low_args& args;
    const low_functions& functions;
    std::size_t groups; ///< in a panel
    alignas(64) std::int8_t table[table_bytes] = {};

    explicit low_call(const igemm_low_args& a) noexcept
        : args(a), functions(pick_functions(a.codes)),
          groups(std::size_t{a.dense.over.runs()} * ((a.dense.over.run_length + 3) / 4)) {
        format::fill_levels(a.codes, table);
    }
    [[nodiscard]] std::size_t panel_bytes() const noexcept { return groups * 8 * args.codes.bits; }
    [[nodiscard]] bool small() const noexcept {
        for (std::size_t i = 0; i < std::size_t{1} << args.codes.bits; ++i)
            if (table[i] > small_codes || table[i] < -small_codes)
                return false;
        return true;
    }
};

/// `a` from channel `first` on, for `channels` of them.
[[nodiscard]] inline igemm_args channels_of(const igemm_args& a, std::uint32_t first,
                                            std::uint32_t channels) noexcept {
    igemm_args part = a;
    part.channels = channels;
    if (a.real_output != nullptr)
        part.real_output += first;
    else
        part.output += first;
    part.epilogue.bias += first;
    part.epilogue.factor += first;
    if (a.epilogue.residual != nullptr)
        part.epilogue.residual += first;
    return part;
}

/// Zeros what fills up the last group of each run.
inline void clear_tails(const window& over, std::size_t panels, std::int8_t* codes) noexcept {
    const std::uint32_t tail = over.run_length % 4;
    if (tail == 0)
        return;
    const std::uint32_t keep = (1u << 8 * tail) - 1;
    const std::size_t run = std::size_t{(over.run_length + 3) / 4} * 64;
    for (std::size_t i = panels * over.runs(); i != 0; --i, codes += run)
        for (std::size_t o = run - 64; o < run; o += 4) {
            std::uint32_t four;
            std::memcpy(&four, codes + o, sizeof four);
            four &= keep;
            std::memcpy(codes + o, &four, sizeof four);
        }
}

inline constexpr std::size_t scratch_bytes = std::size_t{72} * 1024; ///< a panel of 3 x 3 kernels, 512 inputs

/// As many panels at a time as the scratch holds. @pre it holds one
PITH_NOINLINE inline void igemm_decoded(const low_call& call) noexcept {
    alignas(64) std::int8_t scratch[scratch_bytes];
    const igemm_args& a = call.args.dense;
    std::size_t panels = scratch_bytes / (call.groups * 64);
    if (panels > 1)
        panels -= panels % 2;
    const auto most = static_cast<std::uint32_t>(panels * 16);
    const std::uint8_t* from = call.args.weights;
    for (std::uint32_t first = 0; first < a.channels; first += most, from += panels * call.panel_bytes()) {
        const std::uint32_t channels = a.channels - first < most ? a.channels - first : most;
        const std::size_t here = (channels + 15) / 16;
        call.functions.decode(from, here * call.groups, call.table, scratch);
        clear_tails(a.over, here, scratch);
        igemm_args part = channels_of(a, first, channels);
        part.weights = scratch;
        part.packed = format::low_bit_tile;
        igemm(part);
    }
}

/// Pixel by pixel.
inline void igemm_in_registers(const low_call& call) noexcept {
    igemm_args a = call.args.dense;
    a.weights = reinterpret_cast<const std::int8_t*>(call.args.weights); // not read
    const low_function sum = call.small() ? call.functions.sum_small : call.functions.sum;
    low_task task;
    task.over = &a.over;
    task.table = call.table;
    task.weights = call.args.weights;
    tile_state t;
    t.pixels = 1;
    task.sums = t.sums;
    for (std::uint32_t first = 0; first < a.channels; first += 16, task.weights += call.panel_bytes()) {
        const panels<1> p(a, first);
        task.bias = a.epilogue.bias + first;
        for (std::uint32_t row = 0; row < a.over.rows; ++row) {
            for (std::uint32_t column = 0; column < a.over.columns; ++column) {
                const auto at = [row, column](std::ptrdiff_t row_stride, std::ptrdiff_t column_stride) {
                    return static_cast<std::ptrdiff_t>(row) * row_stride +
                           static_cast<std::ptrdiff_t>(column) * column_stride;
                };
                task.input = a.input + at(a.over.row_stride, a.over.column_stride);
                t.output = at(a.output_strides.row_stride, a.output_strides.column_stride);
                const pixel_strides& from = a.epilogue.residual_strides;
                t.residual = at(from.row_stride, from.column_stride);
                sum(task);
                p.store(t);
            }
        }
    }
}

/// @pre packed by format::low_bit_tile
inline void igemm_low(const igemm_low_args& args) noexcept {
    const low_call call(args);
    const window& over = args.dense.over;
    if (std::size_t{over.rows} * over.columns == 1 || call.groups * 64 > scratch_bytes)
        igemm_in_registers(call);
    else
        igemm_decoded(call);
}

#endif
