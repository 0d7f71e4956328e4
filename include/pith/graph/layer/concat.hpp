// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_LAYER_CONCAT_HPP
#define PITH_GRAPH_LAYER_CONCAT_HPP
/// Values joined along one axis.

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "../../base/shape.hpp"
#include "../../format/dtype.hpp"

namespace pith {

/// inputs: one or more; output the sum along `axis`.
struct concat {
    std::uint8_t axis = 0;
};

} // namespace pith

#endif
