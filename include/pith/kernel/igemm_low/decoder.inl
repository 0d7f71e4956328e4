// SPDX-License-Identifier: MIT
// Groups of low-bit weights to bytes in registers, included inside a target region, in a namespace that has
// `planes` (simd/words.hpp).

static_assert(pith::simd::checked_low_bits<planes>::complete);

using vec = planes::vec;

/// What is cheapest of affine weights: as codes, and where x (lowest + i) = lowest x + i x helps. Up to four
/// bits a look-up is as cheap as an addition.
template <int Bits>
inline constexpr decode_to affine_codes = Bits > 4 ? decode_to::codes : decode_to::levels;
inline constexpr decode_to affine_factors = decode_to::indices;
inline constexpr int most_looked_up = 4; ///< bits that few enough registers look up

template <int Bits, decode_to To>
class decoder {
public:
    /// @param table of code_table; of indices, anything
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
        else
            return look_up(group, part);
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
    PITH_ALWAYS_INLINE vec look_up(const std::uint8_t* group, int part) const noexcept {
        if constexpr (even == 6) {
            const vec low = planes::nibbles(group, part);
            const vec high = planes::pairs(group + 32, part);
            const vec first = look_up_four(low, high, 0);
            if constexpr (odd)
                return planes::choose(planes::singles(group + 48, part), look_up_four(low, high, 4), first);
            else
                return first;
        } else {
            const vec at = even_index(group, part);
            const vec first = even == 0 ? table_[0] : planes::pick(table_[0], at);
            if constexpr (even == 0)
                return planes::choose(planes::singles(group, part), table_[1], first);
            else if constexpr (odd)
                return planes::pick_where(planes::singles(group + 8 * even, part), first, table_[1], at);
            else
                return first;
        }
    }
    /// By the four tables from `t` on.
    PITH_ALWAYS_INLINE vec look_up_four(vec low, vec high, int t) const noexcept {
        const auto bit = planes::bit(high, 0);
        const vec a = planes::pick_where(bit, planes::pick(table_[t], low), table_[t + 1], low);
        const vec b = planes::pick_where(bit, planes::pick(table_[t + 2], low), table_[t + 3], low);
        return planes::choose(planes::bit(high, 1), b, a);
    }

    vec table_[To == decode_to::levels ? tables : 1];
};
