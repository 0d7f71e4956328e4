// SPDX-License-Identifier: MIT
#ifndef PITH_FORMAT_BINARY_HPP
#define PITH_FORMAT_BINARY_HPP
/// Binary elements: one bit stands for -1 or +1, or for 0 or 1.

#include <cstddef>
#include <cstdint>

#include "affine.hpp"

namespace pith::format {

struct binary {
    static constexpr bool coded = true;

    std::int8_t lowest = -1; ///< the code of bit 0: -1, or 0; that of bit 1 is 1

    [[nodiscard]] constexpr bool is_valid() const noexcept { return lowest == -1 || lowest == 0; }
    [[nodiscard]] static constexpr unsigned bits() noexcept { return 1; }
    [[nodiscard]] constexpr affine_codes codes() const noexcept { return {0, lowest, 1, 0}; }
    [[nodiscard]] constexpr std::size_t listed() const noexcept { return lowest == 0 ? 0 : 2; }
    /// The nearest code: of -1 and +1 the latter for 0, of 0 and 1 the former for 0.5. NaN gives the lowest.
    [[nodiscard]] constexpr std::int32_t encode(float quotient) const noexcept {
        const bool up = lowest == 0 ? quotient > 0.5f : quotient >= 0.f;
        return up ? 1 : lowest;
    }
    friend bool operator==(const binary&, const binary&) = default;
};

} // namespace pith::format

#endif
