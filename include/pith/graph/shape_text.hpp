// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_SHAPE_TEXT_HPP
#define PITH_GRAPH_SHAPE_TEXT_HPP
/// A shape in words, for faults: "[1, 28, 28, 1]".

#include <cstddef>
#include <string>

#include "../base/shape.hpp"

namespace pith {

/// "[1, 32, 32, 3]".
[[nodiscard]] inline std::string text_of(const shape& dims) {
    std::string text = "[";
    for (std::size_t i = 0; i < dims.rank(); ++i)
        text += (i == 0 ? "" : ", ") + std::to_string(dims[i]);
    return text + "]";
}

} // namespace pith

#endif
