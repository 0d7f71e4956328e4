// SPDX-License-Identifier: MIT
#ifndef PITH_BASE_RANDOM_HPP
#define PITH_BASE_RANDOM_HPP
/// Random bits that are the same with every compiler on every processor (the standard's distributions are
/// not).

#include <cstdint>

namespace pith {

/// SplitMix64: a small generator whose every seed is a good one.
class random_bits {
public:
    explicit constexpr random_bits(std::uint64_t seed) noexcept : state_(seed) {}

    [[nodiscard]] constexpr std::uint64_t operator()() noexcept {
        state_ += 0x9E3779B97F4A7C15u;
        std::uint64_t z = state_;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
        return z ^ (z >> 31);
    }
    /// Uniform in [0, n). @pre 0 < n <= 2^32
    [[nodiscard]] constexpr std::uint32_t below(std::uint64_t n) noexcept {
        return static_cast<std::uint32_t>(((*this)() >> 32) * n >> 32);
    }
    /// Uniform in [low, high]. @pre low <= high
    [[nodiscard]] constexpr std::int32_t between(std::int32_t low, std::int32_t high) noexcept {
        const std::uint32_t above = below(static_cast<std::uint64_t>(std::int64_t{high} - low) + 1);
        return static_cast<std::int32_t>(static_cast<std::uint32_t>(low) + above);
    }
    /// Uniform in [0, 1), a multiple of 2^-24.
    [[nodiscard]] constexpr float unit() noexcept {
        return static_cast<float>(static_cast<std::int32_t>((*this)() >> 40)) * 0x1p-24f;
    }

private:
    std::uint64_t state_;
};

} // namespace pith

#endif
