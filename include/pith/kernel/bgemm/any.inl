// SPDX-License-Identifier: MIT
// The doors of a binary convolution, around bgemm_detail with body.inl in it.

template <class = on_use>
inline void bgemm(const bgemm_args& a) noexcept {
    for (std::uint32_t first = 0; first < a.channels; first += bgemm_outputs) {
        const bgemm_detail::bit_panel panel(a, first);
        for (std::uint32_t row = 0; row < a.over.output_rows; ++row)
            panel.row_of(row);
    }
}

template <class = on_use>
inline void pack_bits(const pack_bits_args& a) noexcept {
    for (std::size_t pixel = 0; pixel < a.pixels; ++pixel) {
        const std::uint8_t* x = a.input + static_cast<std::ptrdiff_t>(pixel) * a.input_stride;
        std::uint8_t* to = a.output + static_cast<std::ptrdiff_t>(pixel) * a.output_stride;
        for (std::uint32_t left = a.channels; left != 0; x += bits_in_word, to += 8) {
            const std::uint32_t count = left < bits_in_word ? left : bits_in_word;
            // 64 codes are readable beyond any; bits of those that are no channels are taken away.
            const std::uint64_t word =
                bgemm_detail::bits::below(x, a.threshold) & (~std::uint64_t{0} >> (bits_in_word - count));
            std::memcpy(to, &word, sizeof word);
            left -= count;
        }
    }
}
