// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_LAYER_REDUCE_HPP
#define PITH_GRAPH_LAYER_REDUCE_HPP
/// Reductions over axes.

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "../../base/shape.hpp"
#include "../../format/dtype.hpp"
#include "../../format/ops.hpp"

namespace pith {

using reduce_op = format::reduce_op;

/// inputs: x; output x without `axes` (or with size 1 there). Axes are sorted and not negative; none means
/// all.
struct reduce {
    reduce_op op = reduce_op::mean;
    std::vector<std::uint8_t> axes;
    bool keep_dims = true;
};

} // namespace pith

#endif
