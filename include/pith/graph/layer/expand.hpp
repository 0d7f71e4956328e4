// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_LAYER_EXPAND_HPP
#define PITH_GRAPH_LAYER_EXPAND_HPP
/// A value repeated to a larger shape, NumPy broadcasting.

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "../../base/shape.hpp"
#include "../../format/dtype.hpp"

namespace pith {

/// inputs: x; output [dims...].
struct expand {
    std::vector<std::int64_t> dims;
};

} // namespace pith

#endif
