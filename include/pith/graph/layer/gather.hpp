// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_LAYER_GATHER_HPP
#define PITH_GRAPH_LAYER_GATHER_HPP
/// Slices picked by index along one axis.

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "../../base/shape.hpp"
#include "../../format/dtype.hpp"

namespace pith {

/// inputs: x, indices (whole numbers, negative from the end); output x with `axis` replaced by the shape of
/// indices.
struct gather {
    std::uint8_t axis = 0;
};

} // namespace pith

#endif
