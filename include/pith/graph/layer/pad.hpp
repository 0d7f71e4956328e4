// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_LAYER_PAD_HPP
#define PITH_GRAPH_LAYER_PAD_HPP
/// Padding on any axis.

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "../../base/shape.hpp"
#include "../../format/dtype.hpp"
#include "../../format/ops.hpp"

namespace pith {

using pad_mode = format::pad_mode;

/// inputs: x; output each axis before + size + after; negative counts crop. One entry per axis.
struct pad {
    std::vector<std::int64_t> before;
    std::vector<std::int64_t> after;
    pad_mode mode = pad_mode::constant;
    double fill = 0;
};

} // namespace pith

#endif
