// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_LAYER_BINARY_HPP
#define PITH_GRAPH_LAYER_BINARY_HPP
/// Element-wise functions of two values, NumPy broadcasting.

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "../../base/shape.hpp"
#include "../../format/dtype.hpp"
#include "../../format/ops.hpp"

namespace pith {

using binary_op = format::binary_op;

/// inputs: a, b; output the broadcast shape. prelu: a where a >= 0, else a * b.
struct binary {
    binary_op op = binary_op::add;
};

} // namespace pith

#endif
