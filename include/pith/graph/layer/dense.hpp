// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_LAYER_DENSE_HPP
#define PITH_GRAPH_LAYER_DENSE_HPP
/// Fully connected layer on the last axis.

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "../../base/shape.hpp"
#include "../../format/dtype.hpp"

namespace pith {

/// inputs: x [..., in], weights [out, in], optional bias [out]; output [..., out].
struct dense {};

} // namespace pith

#endif
