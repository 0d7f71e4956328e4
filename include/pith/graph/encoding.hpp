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
struct affine_encoding {
    std::vector<float> scales;
    std::vector<std::int32_t> zeros; ///< as many as scales
    int axis = -1;
    std::uint8_t bits = 8;
    std::int32_t lowest = 0;
    std::int32_t highest = 255;

    [[nodiscard]] format::affine at(std::size_t slice) const {
        const std::size_t i = scales.size() == 1 ? 0 : slice;
        return {scales[i], zeros[i], lowest, highest};
    }
    [[nodiscard]] static affine_encoding per_tensor(format::affine a, std::uint8_t bits = 8) {
        return {{a.scale}, {a.zero}, -1, bits, a.lowest, a.highest};
    }
    friend bool operator==(const affine_encoding&, const affine_encoding&) = default;
};

/// No encoding (float), or one of the kinds.
using encoding = std::variant<std::monostate, affine_encoding>;

} // namespace pith

#endif
