// SPDX-License-Identifier: MIT
// Low-bit weights to bytes, without a guard. It needs `planes` (kernel/low_bits_*.hpp)
// and `dot` (kernel/dot_*.hpp).
#ifdef PITH_TARGET_BODY

using vec = planes::vec;

/// What a decoder gives.
enum class decode_to {
    indices, ///< as they are
    codes,   ///< less the lowest code
    levels   ///< looked up
};

template <int Bits, decode_to To>
class decoder {
public:
    /// @param table of format::fill_levels and 16 bytes more; of indices, anything
    PITH_ALWAYS_INLINE explicit decoder(const std::int8_t* table) noexcept {
        if constexpr (To == decode_to::codes)
            table_[0] = planes::fill(table[0]);
        if constexpr (To == decode_to::levels) {
#pragma GCC unroll 8
            for (int t = 0; t < tables; ++t)
                table_[t] = even == 0 ? planes::fill(table[t]) : planes::table(table + t * each);
        }
    }

    /// Part `part` of planes::parts of a group.
    PITH_ALWAYS_INLINE vec operator()(const std::uint8_t* group, int part) const noexcept {
        if constexpr (To == decode_to::indices)
            return index(group, part);
        else if constexpr (To == decode_to::codes)
            return planes::add(index(group, part), table_[0]);
        else if constexpr (odd)
            return planes::choose(planes::singles(group + 8 * even, part), look_up(group, part, tables / 2),
                                  look_up(group, part, 0));
        else
            return look_up(group, part, 0);
    }

private:
    static constexpr int even = Bits & 6; ///< bits of an index in the planes of 4 and 2
    static constexpr bool odd = Bits % 2 != 0;
    static constexpr int each = even == 6 ? 16 : 1 << even; ///< codes in a table
    static constexpr int tables = (1 << Bits) / each;

    /// What the planes of 4 and 2 hold of an index.
    PITH_ALWAYS_INLINE static vec even_index(const std::uint8_t* group, int part) noexcept {
        if constexpr (even == 0)
            return planes::fill(0);
        else if constexpr (even == 2)
            return planes::pairs(group, part);
        else if constexpr (even == 4)
            return planes::nibbles(group, part);
        else
            return planes::add(planes::nibbles(group, part),
                               planes::times_16(planes::pairs(group + 32, part)));
    }
    PITH_ALWAYS_INLINE static vec index(const std::uint8_t* group, int part) noexcept {
        if constexpr (odd)
            return planes::add_where(planes::singles(group + 8 * even, part), even_index(group, part),
                                     planes::fill(1 << even));
        else
            return even_index(group, part);
    }
    /// Codes by the tables from `first` on.
    PITH_ALWAYS_INLINE vec look_up(const std::uint8_t* group, int part, int first) const noexcept {
        if constexpr (even == 0)
            return table_[first];
        else if constexpr (even < 6)
            return planes::pick(table_[first], even_index(group, part));
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

    vec table_[To == decode_to::levels ? tables : 1];
};

inline constexpr int part_bytes = 64 / planes::parts;

template <int Bits, decode_to To>
void decode_groups(const std::uint8_t* from, std::size_t groups, const std::int8_t* table,
                   std::int8_t* to) noexcept {
    const decoder<Bits, To> decode(table);
    for (; groups != 0; --groups, from += 8 * Bits, to += 64)
#pragma GCC unroll 4
        for (int part = 0; part < planes::parts; ++part)
            dot::store(to + part * part_bytes, decode(from, part));
}

using decode_function = void (*)(const std::uint8_t*, std::size_t, const std::int8_t*, std::int8_t*) noexcept;

/// Up to four bits a look-up is as cheap as an addition.
[[nodiscard]] inline decode_function pick_decode(const format::low_bit_codes& c) noexcept {
    constexpr auto codes = decode_to::codes;
    constexpr auto levels = decode_to::levels;
    static constexpr decode_function affine[] = {&decode_groups<1, levels>, &decode_groups<2, levels>,
                                                 &decode_groups<3, levels>, &decode_groups<4, levels>,
                                                 &decode_groups<5, codes>,  &decode_groups<6, codes>,
                                                 &decode_groups<7, codes>};
    static constexpr decode_function listed[] = {&decode_groups<5, levels>, &decode_groups<6, levels>,
                                                 &decode_groups<7, levels>};
    return c.levels != nullptr && c.bits > 4 ? listed[c.bits - 5] : affine[c.bits - 1];
}

#endif
