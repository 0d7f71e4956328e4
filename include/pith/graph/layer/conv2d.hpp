// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_LAYER_CONV2D_HPP
#define PITH_GRAPH_LAYER_CONV2D_HPP
/// Two-dimensional convolution (one-dimensional ones are height 1), grouped, dilated, any padding.

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "../../base/shape.hpp"
#include "../../format/dtype.hpp"

namespace pith {

/// inputs: x [n, h, w, in], weights [out, kh, kw, in / groups], optional bias [out]; output [n, oh, ow, out].
struct conv2d {
    std::array<std::uint32_t, 2> strides{1, 1};    ///< height, width
    std::array<std::uint32_t, 4> pads{0, 0, 0, 0}; ///< top, left, bottom, right; zeros
    std::array<std::uint32_t, 2> dilations{1, 1};
    std::uint32_t groups = 1;
};

} // namespace pith

#endif
