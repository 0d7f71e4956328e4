// SPDX-License-Identifier: MIT
#ifndef PITH_FORMAT_ENTROPY_HPP
#define PITH_FORMAT_ENTROPY_HPP
/// Entropy coding of weights: an adaptive binary range coder (Martin 1979, with the carry-free decoder of
/// LZMA) over symbols of 2, 4 or 8 bits. Frequencies are learned from what was coded before, so that no table
/// is stored.
///
/// Every step is written once, for a coder that is either range_decoder, which assigns the bits it is handed,
/// or the encoder of plan/range_encoder.hpp, which reads them.

#include <cstddef>
#include <cstdint>
#include <span>

namespace pith::format {

/// The probability that a bit is 0, estimated from those before it: the mean of a fast and of a slow
/// estimate.
struct adaptive_bit {
    std::uint16_t fast = 0x8000;
    std::uint16_t slow = 0x8000;

    static constexpr std::uint32_t one = 4096; ///< stands for certainty

    /// In parts of `one`; never 0, never `one`.
    [[nodiscard]] constexpr std::uint32_t zero() const noexcept {
        return (std::uint32_t{fast} + std::uint32_t{slow}) >> 5;
    }
    constexpr void learn(bool bit) noexcept {
        fast = moved(fast, bit, 4);
        slow = moved(slow, bit, 7);
    }

private:
    [[nodiscard]] static constexpr std::uint16_t moved(std::uint16_t p, bool bit, unsigned rate) noexcept {
        const unsigned room = bit ? p : 0xFFFFu - p;
        return static_cast<std::uint16_t>(bit ? p - (room >> rate) : p + (room >> rate));
    }
};

namespace detail {
/// Below this a range is widened by one byte.
inline constexpr std::uint32_t least_range = std::uint32_t{1} << 24;
} // namespace detail

/// @tparam Next a callable that gives the next byte of the stream as a std::byte, and zeros behind its end
template <class Next>
class range_decoder {
public:
    explicit range_decoder(Next& next) noexcept : next_(next) {
        for (int i = 0; i < 4; ++i)
            take_byte();
    }
    /// Assigns `bit`.
    void code(adaptive_bit& p, bool& bit) noexcept {
        split(p.zero(), bit);
        p.learn(bit);
    }
    /// The same for a bit as likely 0 as 1.
    void code_even(bool& bit) noexcept { split(adaptive_bit::one / 2, bit); }

private:
    void take_byte() noexcept { value_ = value_ << 8 | static_cast<std::uint32_t>(next_()); }
    void split(std::uint32_t zero, bool& bit) noexcept {
        const std::uint32_t bound = range_ / adaptive_bit::one * zero;
        bit = value_ >= bound;
        value_ -= bit ? bound : 0;
        range_ = bit ? range_ - bound : bound;
        for (; range_ < detail::least_range; range_ <<= 8)
            take_byte();
    }

    Next& next_;
    std::uint32_t value_ = 0;
    std::uint32_t range_ = 0xFFFFFFFF;
};

/// How a run of bytes is cut into symbols, and what a symbol's probability depends on.
struct symbol_coding {
    std::uint32_t bytes = 0; ///< that are coded so
    std::uint8_t bits = 0;   ///< of a symbol: 2, 4 or 8, the lowest first; 0: bytes are kept as they are
    std::uint8_t lanes = 1;  ///< 1; or 4: bytes of float32 have statistics of their own by position
    std::uint8_t common = 0; ///< the symbol that is coded with one bit
    std::uint8_t distance =
        1; ///< bytes back to the symbol whose being common is a context, beside the last one

    [[nodiscard]] constexpr bool is_valid() const noexcept {
        return (bits == 0 || bits == 2 || bits == 4 || bits == 8) && (lanes == 1 || lanes == 4) &&
               distance != 0 && bytes != 0;
    }
    friend bool operator==(const symbol_coding&, const symbol_coding&) = default;
};

/// The statistics of one run of symbols: 4,112 bytes.
class symbol_model {
public:
    /// @param context, lane below 4
    template <class Coder>
    void code(Coder& coder, const symbol_coding& how, unsigned context, unsigned lane,
              unsigned& symbol) noexcept {
        bool other = symbol != how.common;
        coder.code(is_other_[context], other);
        if (!other) {
            symbol = how.common;
            return;
        }
        unsigned node = 1;
        for (unsigned left = how.bits; left-- > 0;) {
            bool bit = (symbol >> left & 1) != 0;
            coder.code(tree_[lane][node], bit);
            node = 2 * node + (bit ? 1 : 0);
        }
        symbol = node - (1u << how.bits);
    }

private:
    adaptive_bit is_other_[4];
    adaptive_bit tree_[4][256]; ///< [0] of each is unused
};

/// Codes `count` bits of `number`, the highest first, without statistics.
template <class Coder>
void code_number(Coder& coder, unsigned count, std::uint32_t& number) noexcept {
    std::uint32_t coded = 0;
    while (count-- > 0) {
        bool bit = (number >> count & 1) != 0;
        coder.code_even(bit);
        coded = coded << 1 | (bit ? 1 : 0);
    }
    number = coded;
}

/// Codes what stands in front of a run.
template <class Coder>
void code_header(Coder& coder, symbol_coding& how) noexcept {
    code_number(coder, 32, how.bytes);
    for (std::uint8_t* field : {&how.bits, &how.lanes, &how.common, &how.distance}) {
        std::uint32_t number = *field;
        code_number(coder, 8, number);
        *field = static_cast<std::uint8_t>(number);
    }
}

namespace detail {

template <class Coder>
void code_kept(Coder& coder, std::span<std::byte> bytes) noexcept {
    for (std::byte& b : bytes) {
        std::uint32_t number = static_cast<std::uint32_t>(b);
        code_number(coder, 8, number);
        b = static_cast<std::byte>(number);
    }
}

} // namespace detail

/// Codes a run: an encoder reads `bytes`, a decoder writes them.
/// @pre how.is_valid(), bytes.size() == how.bytes; the model is new
template <class Coder>
void code_symbols(Coder& coder, const symbol_coding& how, std::span<std::byte> bytes,
                  symbol_model& model) noexcept {
    if (how.bits == 0)
        return detail::code_kept(coder, bytes);
    const unsigned mask = (1u << how.bits) - 1;
    bool last_is_common = false;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const auto value = static_cast<unsigned>(bytes[i]);
        const unsigned before = i < how.distance ? 0u : static_cast<unsigned>(bytes[i - how.distance]);
        unsigned coded = 0;
        for (unsigned at = 0; at < 8; at += how.bits) {
            const bool was_common = i >= how.distance && (before >> at & mask) == how.common;
            const auto lane = static_cast<unsigned>(i % how.lanes);
            const unsigned context =
                how.lanes > 1 ? lane : (last_is_common ? 1u : 0u) + (was_common ? 2u : 0u);
            unsigned symbol = value >> at & mask;
            model.code(coder, how, context, lane, symbol);
            last_is_common = symbol == how.common;
            coded |= symbol << at;
        }
        bytes[i] = static_cast<std::byte>(coded);
    }
}

} // namespace pith::format

#endif
