// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_LAYER_POOL2D_HPP
#define PITH_GRAPH_LAYER_POOL2D_HPP
/// Maximum and average pooling over windows, or over the whole image.

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "../../base/shape.hpp"
#include "../../format/dtype.hpp"

namespace pith {

enum class pool_op : std::uint8_t { max, average };

/// inputs: x [n, h, w, c]; output [n, oh, ow, c] (global: [n, 1, 1, c]). Maxima ignore padding.
struct pool2d {
    pool_op op = pool_op::max;
    bool global = false; ///< window is the image; the rest is ignored
    std::array<std::uint32_t, 2> kernel{1, 1};
    std::array<std::uint32_t, 2> strides{1, 1};
    std::array<std::uint32_t, 4> pads{0, 0, 0, 0}; ///< top, left, bottom, right
    std::array<std::uint32_t, 2> dilations{1, 1};
    bool ceil_mode = false;         ///< a last, partial window counts
    bool count_include_pad = false; ///< averages divide by padding too (not by what ceil_mode adds beyond it)
};

} // namespace pith

#endif
