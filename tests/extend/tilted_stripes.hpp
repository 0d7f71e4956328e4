// SPDX-License-Identifier: MIT
#ifndef MINE_TILTED_STRIPES_HPP
#define MINE_TILTED_STRIPES_HPP
/// A source of samples that the library does not have: images of stripes, drawn when they are read.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

#include <pith/pith.hpp>

namespace mine {

/// 8 x 8 images of stripes; a sample's class is one of four directions, its phase and noise are random.
struct tilted_stripes {
    std::uint64_t seed = 1;
    std::size_t count = 400;
    pith::shape image_dims{8, 8, 1};

    [[nodiscard]] std::size_t size() const { return count; }
    [[nodiscard]] const pith::shape& dims() const { return image_dims; }
    [[nodiscard]] std::int32_t label(std::size_t i) const { return static_cast<std::int32_t>(i % 4); }
    void image(std::size_t i, std::span<float> out) const {
        constexpr float down[] = {0.F, 1.F, 1.F, 1.F};
        constexpr float across[] = {1.F, 0.F, 1.F, -1.F};
        pith::random_bits random(seed * 1000003 + i);
        const float phase = random.unit() * 6.2832F;
        for (std::size_t k = 0; k < out.size(); ++k) {
            const float y = static_cast<float>(k / 8) * down[i % 4];
            const float x = static_cast<float>(k % 8) * across[i % 4];
            out[k] = std::sin(y + x + phase) + 0.3F * random.unit();
        }
    }
};

} // namespace mine

#endif
