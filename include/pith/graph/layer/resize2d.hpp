// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_LAYER_RESIZE2D_HPP
#define PITH_GRAPH_LAYER_RESIZE2D_HPP
/// Images at another size.

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "../../base/shape.hpp"
#include "../../format/dtype.hpp"
#include "../../format/ops.hpp"

namespace pith {

using resize_mode = format::resize_mode;
using resize_coordinates = format::resize_coordinates;
using resize_rounding = format::resize_rounding;

/// inputs: x [n, h, w, c]; output [n, sizes[0], sizes[1], c]. `scales` are output / input as the model states
/// them; they need not equal the ratio of the sizes.
struct resize2d {
    resize_mode mode = resize_mode::nearest;
    resize_coordinates coordinates = resize_coordinates::half_pixel;
    resize_rounding rounding = resize_rounding::prefer_floor; ///< nearest only
    std::array<std::int64_t, 2> sizes{0, 0};
    std::array<double, 2> scales{1, 1};
    double cubic_a = -0.75;
    bool exclude_outside = false;
};

} // namespace pith

#endif
