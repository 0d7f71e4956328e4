// SPDX-License-Identifier: MIT
#ifndef PITH_EXAMPLES_TOOL_RESIZE_HPP
#define PITH_EXAMPLES_TOOL_RESIZE_HPP
/// Images smaller than a network's input, enlarged by an integer factor, bilinear.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "pith/pith.hpp"

namespace tool {

/// One image [side, side, channels] of raw values, `times` as large, half-pixel centres.
inline void enlarge(std::span<const float> from, std::int64_t side, std::int64_t channels, int times,
                    std::byte* to) {
    const std::int64_t large = side * times;
    const auto source = [&](std::int64_t i) {
        const float at = (static_cast<float>(i) + 0.5f) / static_cast<float>(times) - 0.5f;
        return std::clamp(at, 0.f, static_cast<float>(side - 1));
    };
    const auto at = [&](std::int64_t y, std::int64_t x, std::int64_t c) {
        return from[static_cast<std::size_t>((y * side + x) * channels + c)];
    };
    for (std::int64_t y = 0; y < large; ++y) {
        const auto y0 = static_cast<std::int64_t>(source(y));
        const std::int64_t y1 = std::min(y0 + 1, side - 1);
        const float fy = source(y) - static_cast<float>(y0);
        for (std::int64_t x = 0; x < large; ++x) {
            const auto x0 = static_cast<std::int64_t>(source(x));
            const std::int64_t x1 = std::min(x0 + 1, side - 1);
            const float fx = source(x) - static_cast<float>(x0);
            for (std::int64_t c = 0; c < channels; ++c) {
                const float top = at(y0, x0, c) * (1 - fx) + at(y0, x1, c) * fx;
                const float bottom = at(y1, x0, c) * (1 - fx) + at(y1, x1, c) * fx;
                to[(y * large + x) * channels + c] =
                    static_cast<std::byte>(static_cast<int>(top * (1 - fy) + bottom * fy + 0.5f));
            }
        }
    }
}

/// The first `count` images of a set of square images, enlarged; they have no labels.
[[nodiscard]] inline pith::result<pith::data::dataset>
resized(const std::string& spec, int times, std::size_t count, const pith::data::normalization& normalize) {
    const auto small = pith::data::open_dataset(spec);
    if (!small)
        return small.error();
    const pith::shape& dims = small->dims();
    if (dims.rank() != 3 || dims[0] != dims[1])
        return pith::fault{pith::errc::bad_shape, "only square images can be enlarged", spec};
    const pith::shape large{dims[0] * times, dims[1] * times, dims[2]};
    pith::data::stored_images images;
    images.record_bytes = static_cast<std::size_t>(large.elements());
    images.strides = {large[1] * large[2], large[2], 1};
    count = std::min(count, small->size());
    pith::data::stored_images::file file{.bytes = std::vector<std::byte>(count * images.record_bytes),
                                         .count = count};
    std::vector<float> raw(static_cast<std::size_t>(dims.elements()));
    for (std::size_t i = 0; i < count; ++i) {
        small->image(i, raw);
        enlarge(raw, dims[0], dims[2], times, file.bytes.data() + i * images.record_bytes);
    }
    images.files.push_back(std::move(file));
    return pith::data::dataset(std::move(images), large, {}, normalize);
}

} // namespace tool

#endif
