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

namespace pith {

enum class binary_op : std::uint8_t { add, sub, mul, div, min, max, pow, prelu };

/// inputs: a, b; output the broadcast shape. prelu: a where a >= 0, else a * b.
struct binary {
    binary_op op = binary_op::add;
};

} // namespace pith

#endif
