// SPDX-License-Identifier: MIT
#ifndef PITH_BASE_BITS_HPP
#define PITH_BASE_BITS_HPP
/// Little-endian loads and stores at any alignment, and rounding up.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "config.hpp"

namespace pith {

/// The little-endian T at `p`, which need not be aligned.
template <class T>
[[nodiscard]] inline T load_le(const std::byte* p) noexcept {
    static_assert(std::is_trivially_copyable_v<T>);
    T v;
    if constexpr (little_endian || sizeof(T) == 1) {
        std::memcpy(&v, p, sizeof v);
    } else {
        std::byte reversed[sizeof(T)];
        for (std::size_t i = 0; i < sizeof(T); ++i)
            reversed[i] = p[sizeof(T) - 1 - i];
        std::memcpy(&v, reversed, sizeof v);
    }
    return v;
}

/// Writes `v` little-endian at `p`, which need not be aligned.
template <class T>
inline void store_le(std::byte* p, T v) noexcept {
    static_assert(std::is_trivially_copyable_v<T>);
    std::byte raw[sizeof(T)];
    std::memcpy(raw, &v, sizeof v);
    for (std::size_t i = 0; i < sizeof(T); ++i)
        p[i] = raw[little_endian ? i : sizeof(T) - 1 - i];
}

/// The least multiple of `step` that is not below `n`.
template <class T>
[[nodiscard]] constexpr T round_up(T n, T step) noexcept {
    static_assert(std::is_integral_v<T>);
    return static_cast<T>((n + step - 1) / step * step);
}

} // namespace pith

#endif
