// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_LAYER_RESHAPE_HPP
#define PITH_GRAPH_LAYER_RESHAPE_HPP
/// Another shape for the same elements (reshape, flatten, squeeze, unsqueeze).

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "../../base/shape.hpp"
#include "../../format/dtype.hpp"

namespace pith {

/// inputs: x; output [dims...]. A dimension 0 copies the same axis of x (so a batch stays free), -1 is what
/// is left.
struct reshape {
    std::vector<std::int64_t> dims;
};

} // namespace pith

#endif
