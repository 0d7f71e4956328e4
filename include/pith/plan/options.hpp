// SPDX-License-Identifier: MIT
#ifndef PITH_PLAN_OPTIONS_HPP
#define PITH_PLAN_OPTIONS_HPP
/// How a network is packed.

#include <cstdint>

#include "target.hpp"

namespace pith::plan {

struct pack_options {
    target processor = native();
    std::int64_t batch = 0;    ///< images per run; 0: as the graph says
    bool fuse = true;          ///< additions and real activations into the layer before them
    bool in_place = true;      ///< results may take the memory of an operand
    bool reuse_inputs = false; ///< inputs may be overwritten by a run
    bool code_inputs = false;  ///< encoded inputs are handed in as codes, not as reals
    bool code_outputs = false; ///< encoded outputs are given as codes
    bool names = true;         ///< keep the layers' names
};

} // namespace pith::plan

#endif
