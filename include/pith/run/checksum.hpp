// SPDX-License-Identifier: MIT
#ifndef PITH_RUN_CHECKSUM_HPP
#define PITH_RUN_CHECKSUM_HPP
/// The checksum of program files: four lanes of 32-bit words, each step a bijection of its lane, so that a
/// change of any one word always shows.

#include <bit>
#include <cstddef>
#include <cstdint>

#include "../base/bits.hpp"
#include "../base/view.hpp"

namespace pith::run {

namespace detail {
constexpr std::uint32_t checksum_step(std::uint32_t h, std::uint32_t word) noexcept {
    return std::rotl(h ^ word, 13) * 0x9E3779B1u;
}
} // namespace detail

/// A trailing piece of less than four bytes counts as one word filled up with zeros; the length is hashed
/// too.
[[nodiscard]] inline std::uint32_t checksum(bytes_view bytes) noexcept {
    using detail::checksum_step;
    std::uint32_t lane[4] = {0x243F6A88u, 0x85A308D3u, 0x13198A2Eu, 0x03707344u};
    const std::byte* p = bytes.data();
    std::size_t left = bytes.size();
    for (; left >= 16; left -= 16, p += 16) {
        lane[0] = checksum_step(lane[0], load_le<std::uint32_t>(p));
        lane[1] = checksum_step(lane[1], load_le<std::uint32_t>(p + 4));
        lane[2] = checksum_step(lane[2], load_le<std::uint32_t>(p + 8));
        lane[3] = checksum_step(lane[3], load_le<std::uint32_t>(p + 12));
    }
    for (std::size_t i = 0; left > 0; i = (i + 1) % 4) {
        std::uint32_t word = 0;
        const std::size_t n = left < 4 ? left : 4;
        for (std::size_t b = 0; b < n; ++b)
            word |= static_cast<std::uint32_t>(p[b]) << (8 * b);
        lane[i] = checksum_step(lane[i], word);
        left -= n;
        p += n;
    }
    std::uint32_t h = static_cast<std::uint32_t>(bytes.size());
    for (const std::uint32_t l : lane)
        h = checksum_step(h, l);
    return h;
}

} // namespace pith::run

#endif
