// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_LAYER_SLICE_HPP
#define PITH_GRAPH_LAYER_SLICE_HPP
/// A strided part of a value.

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "../../base/shape.hpp"
#include "../../format/dtype.hpp"

namespace pith {

/// inputs: x; output [sizes...]: element i along an axis is begins + i * steps. One entry per axis; steps may
/// be negative.
struct slice {
    std::vector<std::int64_t> begins;
    std::vector<std::int64_t> sizes;
    std::vector<std::int64_t> steps;
};

} // namespace pith

#endif
