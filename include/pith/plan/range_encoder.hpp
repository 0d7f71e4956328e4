// SPDX-License-Identifier: MIT
#ifndef PITH_PLAN_RANGE_ENCODER_HPP
#define PITH_PLAN_RANGE_ENCODER_HPP
/// The encoder of what format::range_decoder reads, and a coder that only adds up what encoding would cost.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "../format/entropy.hpp"

namespace pith::plan {

/// Appends bits to a stream of bytes.
class range_encoder {
public:
    /// Writes a bit of that probability, which learns from it.
    void code(format::adaptive_bit& p, const bool& bit) {
        split(p.zero(), bit);
        p.learn(bit);
    }
    /// Writes a bit that is as likely 0 as 1.
    void code_even(const bool& bit) { split(format::adaptive_bit::one / 2, bit); }

    /// The stream, which ends without the zeros that a decoder assumes behind it.
    [[nodiscard]] std::vector<std::byte> finish() {
        low_ = (low_ + range_ - 1) & ~std::uint64_t{format::detail::least_range - 1};
        for (int i = 0; i < 5; ++i)
            shift();
        while (!bytes_.empty() && bytes_.back() == std::byte{0})
            bytes_.pop_back();
        return std::move(bytes_);
    }

private:
    void split(std::uint32_t zero, bool bit) {
        const std::uint32_t bound = range_ / format::adaptive_bit::one * zero;
        low_ += bit ? bound : 0;
        range_ = bit ? range_ - bound : bound;
        for (; range_ < format::detail::least_range; range_ <<= 8)
            shift();
    }
    /// Moves the highest byte of `low_` out. A byte is held back, with the 0xFF behind it, until no carry can
    /// reach it.
    void shift() {
        if (low_ < 0xFF000000u || low_ > 0xFFFFFFFFu) {
            const auto carry = static_cast<unsigned>(low_ >> 32);
            if (has_held_)
                bytes_.push_back(static_cast<std::byte>(held_ + carry));
            for (; full_ > 0; --full_)
                bytes_.push_back(static_cast<std::byte>(0xFFu + carry));
            held_ = static_cast<unsigned>(low_ >> 24 & 0xFF);
            has_held_ = true;
        } else {
            ++full_;
        }
        low_ = (low_ & 0x00FFFFFF) << 8;
    }

    std::vector<std::byte> bytes_;
    std::uint64_t low_ = 0; ///< below 2^33
    std::uint32_t range_ = 0xFFFFFFFF;
    unsigned held_ = 0;
    bool has_held_ = false;
    std::size_t full_ = 0; ///< bytes of 0xFF behind the one that is held
};

/// Counts the bits that encoding would take.
class coding_cost {
public:
    /// Counts a bit of that probability, which learns from it.
    void code(format::adaptive_bit& p, const bool& bit) noexcept {
        const std::uint32_t zero = p.zero();
        bits_ -= std::log2(static_cast<float>(bit ? format::adaptive_bit::one - zero : zero)) - 12.0F;
        p.learn(bit);
    }
    /// Counts a bit that is as likely 0 as 1.
    void code_even(const bool&) noexcept { bits_ += 1; }
    [[nodiscard]] double bits() const noexcept { return bits_; }

private:
    static_assert(format::adaptive_bit::one == 1u << 12);
    double bits_ = 0;
};

} // namespace pith::plan

#endif
