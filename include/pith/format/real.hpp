// SPDX-License-Identifier: MIT
#ifndef PITH_FORMAT_REAL_HPP
#define PITH_FORMAT_REAL_HPP
/// Numbers as they are: the element format of values without codes.

namespace pith::format {

/// A float32.
struct real {
    static constexpr bool coded = false;

    [[nodiscard]] static constexpr unsigned bits() noexcept { return 32; }
    friend bool operator==(const real&, const real&) = default;
};

} // namespace pith::format

#endif
