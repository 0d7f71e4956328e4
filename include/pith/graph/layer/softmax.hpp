// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_LAYER_SOFTMAX_HPP
#define PITH_GRAPH_LAYER_SOFTMAX_HPP
/// Softmax and its logarithm along one axis.

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "../../base/shape.hpp"
#include "../../format/dtype.hpp"

namespace pith {

/// inputs: x; output as x.
struct softmax {
    std::uint8_t axis = 0;
    bool log = false;
};

} // namespace pith

#endif
