// SPDX-License-Identifier: MIT
#ifndef PITH_TRAIN_AUGMENT_HPP
#define PITH_TRAIN_AUGMENT_HPP
/// Random changes of training images that keep their class.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "../base/random.hpp"
#include "../base/shape.hpp"

namespace pith::train {

/// On images [height, width, channels]; what moves in from outside, or is cut out, is 0 (the mean of a
/// normalised data set).
struct augment {
    /// Shifts by up to so many pixels along both axes; the same as a random crop of the image padded by as
    /// many.
    std::int32_t translate = 0;
    bool flip = false;       ///< left and right, every second time
    std::int32_t cutout = 0; ///< side of a square set to 0, its centre anywhere in the image

    [[nodiscard]] bool any() const noexcept { return translate > 0 || flip || cutout > 0; }

    /// @pre in and out do not overlap, and are of shape `image`
    void operator()(const shape& image, std::span<const float> in, std::span<float> out,
                    random_bits& bits) const noexcept {
        const auto rows = static_cast<std::int32_t>(image[0]);
        const auto columns = static_cast<std::int32_t>(image[1]);
        const auto channels = static_cast<std::size_t>(image[2]);
        const std::int32_t down = translate > 0 ? bits.between(-translate, translate) : 0;
        const std::int32_t right = translate > 0 ? bits.between(-translate, translate) : 0;
        const bool mirror = flip && (bits() >> 63) != 0;
        float* to = out.data();
        for (std::int32_t r = 0; r < rows; ++r)
            for (std::int32_t c = 0; c < columns; ++c, to += channels) {
                const std::int32_t from_row = r + down;
                const std::int32_t from_column = (mirror ? columns - 1 - c : c) + right;
                if (from_row < 0 || from_row >= rows || from_column < 0 || from_column >= columns) {
                    std::fill_n(to, channels, 0.f);
                    continue;
                }
                const auto pixel = static_cast<std::size_t>(std::int64_t{from_row} * columns + from_column);
                std::copy_n(in.data() + pixel * channels, channels, to);
            }
        if (cutout > 0)
            cut(rows, columns, channels, out, bits);
    }

private:
    void cut(std::int32_t rows, std::int32_t columns, std::size_t channels, std::span<float> out,
             random_bits& bits) const noexcept {
        const std::int32_t top = bits.between(0, rows - 1) - cutout / 2;
        const std::int32_t left = bits.between(0, columns - 1) - cutout / 2;
        for (std::int32_t r = std::max(top, 0); r < std::min(top + cutout, rows); ++r)
            for (std::int32_t c = std::max(left, 0); c < std::min(left + cutout, columns); ++c)
                std::fill_n(out.data() + static_cast<std::size_t>(r * columns + c) * channels, channels, 0.f);
    }
};

} // namespace pith::train

#endif
