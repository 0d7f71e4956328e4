// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_LAYER_SPLIT_HPP
#define PITH_GRAPH_LAYER_SPLIT_HPP
/// One value cut along one axis.

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "../../base/shape.hpp"
#include "../../format/dtype.hpp"

namespace pith {

/// inputs: x; outputs one per size; the sizes add up to the axis.
struct split {
    std::uint8_t axis = 0;
    std::vector<std::int64_t> sizes;
};

} // namespace pith

#endif
