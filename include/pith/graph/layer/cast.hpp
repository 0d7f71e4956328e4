// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_LAYER_CAST_HPP
#define PITH_GRAPH_LAYER_CAST_HPP
/// Another element type.

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "../../base/shape.hpp"
#include "../../format/dtype.hpp"

namespace pith {

/// inputs: x; output as x of type `to`.
struct cast {
    format::dtype to = format::dtype::f32;
};

} // namespace pith

#endif
