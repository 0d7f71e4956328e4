// SPDX-License-Identifier: MIT
#ifndef PITH_DATA_GLYPHS_HPP
#define PITH_DATA_GLYPHS_HPP
/// Images drawn by code, for when there is no data at hand: the ten digits in a 5 x 7 dot font, each under a
/// random rotation, size, slant, place and brightness, with noise.
///
/// All arithmetic is on integers: the same seed gives the same bytes with every compiler on every processor.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "../base/assert.hpp"
#include "../base/random.hpp"

namespace pith::data {

/// Of a glyph: pixels along each side, in all, and how many digits there are.
inline constexpr std::size_t glyph_side = 28;
inline constexpr std::size_t glyph_pixels = glyph_side * glyph_side;
inline constexpr std::size_t glyph_classes = 10;

/// A stream of labelled images; any image of it can be drawn at any time. Streams of different seeds, or with
/// other values of `training`, have nothing in common.
struct glyphs {
    std::uint64_t seed = 1;
    bool training = false;

    /// Class of image i, 0 to 9.
    [[nodiscard]] std::uint32_t label(std::size_t i) const noexcept;
    /// Image i, [28, 28] bytes. @pre out.size() == glyph_pixels
    void draw(std::size_t i, std::span<std::uint8_t> out) const noexcept;

    /// The random numbers that glyph `i` is drawn with.
    [[nodiscard]] random_bits source(std::size_t i) const noexcept {
        random_bits stream(seed * 2 + (training ? 1u : 0u));
        return random_bits(stream() ^ (i * 0xD1342543DE82EF95u));
    }
};

namespace detail {

/// One row per byte, the leftmost dot in bit 4.
inline constexpr std::array<std::array<std::uint8_t, 7>, glyph_classes> dot_font{{
    {0x0E, 0x11, 0x13, 0x15, 0x19, 0x11, 0x0E},
    {0x04, 0x0C, 0x04, 0x04, 0x04, 0x04, 0x0E},
    {0x0E, 0x11, 0x01, 0x02, 0x04, 0x08, 0x1F},
    {0x1F, 0x02, 0x04, 0x02, 0x01, 0x11, 0x0E},
    {0x02, 0x06, 0x0A, 0x12, 0x1F, 0x02, 0x02},
    {0x1F, 0x10, 0x1E, 0x01, 0x01, 0x11, 0x0E},
    {0x06, 0x08, 0x10, 0x1E, 0x11, 0x11, 0x0E},
    {0x1F, 0x01, 0x02, 0x04, 0x08, 0x08, 0x08},
    {0x0E, 0x11, 0x11, 0x0E, 0x11, 0x11, 0x0E},
    {0x0E, 0x11, 0x11, 0x0F, 0x01, 0x02, 0x0C},
}};

/// 256 where the font has a dot, else 0; outside the font too.
[[nodiscard]] constexpr std::int32_t font_dot(std::uint32_t digit, std::int32_t row,
                                              std::int32_t column) noexcept {
    if (row < 0 || row >= 7 || column < 0 || column >= 5)
        return 0;
    return (dot_font[digit][static_cast<std::size_t>(row)] >> (4 - column) & 1) * 256;
}

/// The font at a place in 1/256 dots, interpolated between the four dots around it: 0 to 256.
[[nodiscard]] constexpr std::int32_t font_at(std::uint32_t digit, std::int32_t y, std::int32_t x) noexcept {
    const std::int32_t row = y >> 8;
    const std::int32_t column = x >> 8;
    const std::int32_t fy = y & 255;
    const std::int32_t fx = x & 255;
    const std::int32_t upper =
        font_dot(digit, row, column) * (256 - fx) + font_dot(digit, row, column + 1) * fx;
    const std::int32_t lower =
        font_dot(digit, row + 1, column) * (256 - fx) + font_dot(digit, row + 1, column + 1) * fx;
    return (upper * (256 - fy) + lower * fy) >> 16;
}

} // namespace detail

inline std::uint32_t glyphs::label(std::size_t i) const noexcept {
    return source(i).below(glyph_classes);
}

inline void glyphs::draw(std::size_t i, std::span<std::uint8_t> out) const noexcept {
    PITH_ASSERT(out.size() == glyph_pixels);
    random_bits random = source(i);
    const std::uint32_t digit = random.below(glyph_classes);
    // Pixel to font, in 1/65536 dots per pixel: [yy yx; xy xx], a scale, a turn and a slant.
    const std::int32_t dots = random.between(19500, 30000); // 2.2 to 3.4 pixels per dot
    const std::int32_t turn = random.between(-7500, 7500);  // about +-17 degrees
    const std::int32_t slant = random.between(-5000, 5000);
    const std::int32_t yy = dots + random.between(-2500, 2500);
    const std::int32_t xx = dots + random.between(-2500, 2500);
    const std::int32_t center_y = random.between(-3 * 128, 3 * 128); // in 1/128 pixels around the middle
    const std::int32_t center_x = random.between(-3 * 128, 3 * 128);
    const std::int32_t ink = random.between(110, 235);
    const std::int32_t paper = random.between(0, 40);
    const std::int32_t noise = random.between(4, 28);

    for (std::int32_t row = 0; row < static_cast<std::int32_t>(glyph_side); ++row)
        for (std::int32_t column = 0; column < static_cast<std::int32_t>(glyph_side); ++column) {
            const std::int64_t dy = row * 128 - 1728 - center_y; // 1728: 13.5 pixels
            const std::int64_t dx = column * 128 - 1728 - center_x;
            // 1/128 pixel x 1/65536 dot = 2^-23 dot; keep 1/256 dot. The font's middle is dot (3, 2).
            const std::int64_t y = 3 * 256 + ((dy * yy + dx * turn) >> 15);
            const std::int64_t x = 2 * 256 + ((dx * xx - dy * (turn + slant)) >> 15);
            const std::int32_t light =
                detail::font_at(digit, static_cast<std::int32_t>(y), static_cast<std::int32_t>(x));
            const std::uint64_t bits = random();
            // Eight uniform bytes: a bell of deviation 209, here scaled to about `noise`.
            std::int32_t bell = -1020;
            for (int b = 0; b < 8; ++b)
                bell += static_cast<std::int32_t>(bits >> (8 * b) & 255);
            const std::int32_t level = paper + (ink - paper) * light / 256 + bell * noise / 209;
            const std::int32_t pixel = level < 0 ? 0 : level > 255 ? 255 : level;
            out[static_cast<std::size_t>(row) * glyph_side + static_cast<std::size_t>(column)] =
                static_cast<std::uint8_t>(pixel);
        }
}

} // namespace pith::data

#endif
