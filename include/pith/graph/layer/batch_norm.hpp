// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_LAYER_BATCH_NORM_HPP
#define PITH_GRAPH_LAYER_BATCH_NORM_HPP
/// Batch normalisation at inference: (x - mean) / sqrt(variance + epsilon) * gamma + beta per channel.

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "../../base/shape.hpp"
#include "../../format/dtype.hpp"

namespace pith {

/// inputs: x [..., c], gamma [c], beta [c], mean [c], variance [c]; output as x.
struct batch_norm {
    double epsilon = 1e-5;
};

} // namespace pith

#endif
