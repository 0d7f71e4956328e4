// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_ENCODING_HPP
#define PITH_GRAPH_ENCODING_HPP
/// How a value is to be stored: the annotation that quantisers write, evaluation simulates and the plan
/// packs.

#include <cstdint>
#include <variant>
#include <vector>

#include "../format/affine.hpp"

namespace pith {

/// Affine codes, one scale and zero point per tensor (axis < 0) or per slice along `axis`.
/// Activations: uint8 codes [0, 255], per tensor. Weights: signed codes, zero 0, axis 0 (the output channel).
///
/// A codebook is affine codes of which only some are in use (sums of powers of two, k-means centroids, -1 and
/// +1): `levels` lists them. Kernels multiply the codes; stored is the index of the level, `bits` wide.
struct affine_encoding {
    std::vector<float> scales;
    std::vector<std::int32_t> zeros; ///< as many as scales
    int axis = -1;
    std::uint8_t bits = 8; ///< of a stored code, or of the index of a level
    std::int32_t lowest = 0;
    std::int32_t highest = 255;
    std::vector<std::int16_t> levels{}; ///< codes in use, ascending, at most 2^bits; empty: all of them
    std::int32_t moved = 0;             ///< format::affine::moved

    [[nodiscard]] format::affine at(std::size_t slice) const {
        const std::size_t i = scales.size() == 1 ? 0 : slice;
        return {scales[i], zeros[i], lowest, highest, moved};
    }
    [[nodiscard]] static affine_encoding per_tensor(format::affine a, std::uint8_t bits = 8) {
        return {{a.scale}, {a.zero}, -1, bits, a.lowest, a.highest, {}, a.moved};
    }
    /// Nearest code in use; of two levels as near, the one nearer to zero, of -n and n the latter.
    [[nodiscard]] std::int32_t encode(std::size_t slice, float real) const {
        const format::affine a = at(slice);
        return levels.empty() ? format::encode(a, real)
                              : nearest_level(real / a.scale + static_cast<float>(a.zero));
    }
    /// @pre !levels.empty()
    [[nodiscard]] std::int32_t nearest_level(float code) const {
        std::size_t low = 0;
        std::size_t high = levels.size() - 1;
        while (low < high) {
            const std::size_t k = (low + high) / 2;
            const float middle = 0.5f * static_cast<float>(levels[k] + levels[k + 1]);
            if (code > middle || (code == middle && middle <= 0.f))
                low = k + 1;
            else
                high = k;
        }
        return levels[low];
    }
    friend bool operator==(const affine_encoding&, const affine_encoding&) = default;
};

/// No encoding (float), or one of the kinds.
using encoding = std::variant<std::monostate, affine_encoding>;

} // namespace pith

#endif
