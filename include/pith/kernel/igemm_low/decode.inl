// SPDX-License-Identifier: MIT
// Behind decoder.inl, or what stands for it: groups of low-bit weights to bytes in memory.

template <int Bits, decode_to To>
void decode_groups(const std::uint8_t* from, std::size_t groups, const std::int8_t* table,
                   std::int8_t* to) noexcept {
    constexpr int part_bytes = group_weights / planes::parts;
    const decoder<Bits, To> decode(table);
    for (; groups != 0; --groups, from += 8 * Bits, to += group_weights)
#pragma GCC unroll 4
        for (int part = 0; part < planes::parts; ++part)
            planes::store(to + part * part_bytes, decode(from, part));
}

using decode_function = void (*)(const std::uint8_t*, std::size_t, const std::int8_t*, std::int8_t*) noexcept;

template <int... Bits>
[[nodiscard]] decode_function pick_decode(const format::low_bit_codes& c,
                                          std::integer_sequence<int, Bits...>) noexcept {
    static constexpr decode_function affine[] = {&decode_groups<Bits + 1, affine_codes<Bits + 1>>...};
    static constexpr decode_function listed[] = {&decode_groups<Bits + 1, decode_to::levels>...};
    return c.levels == nullptr ? affine[c.bits - 1] : listed[c.bits - 1];
}
template <class = on_use>
[[nodiscard]] inline decode_function pick_decode(const format::low_bit_codes& c) noexcept {
    return pick_decode(c, std::make_integer_sequence<int, format::most_low_bits>{});
}
