// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_LAYER_OPAQUE_HPP
#define PITH_GRAPH_LAYER_OPAQUE_HPP
/// An operator the library keeps but does not compute.

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "../../base/shape.hpp"
#include "../../format/dtype.hpp"

namespace pith {

/// inputs and outputs as the operator had them. Shape inference needs `dims`; evaluation and planning refuse
/// it by name.
struct opaque {
    std::string domain;
    std::string op_type;
    std::vector<shape> dims; ///< one per output, empty if unknown
    std::string attributes;  ///< serialised, as they were
};

} // namespace pith

#endif
