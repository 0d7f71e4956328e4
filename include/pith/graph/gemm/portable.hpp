// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_GEMM_PORTABLE_HPP
#define PITH_GRAPH_GEMM_PORTABLE_HPP
/// Matrix products in vectors of 16 bytes, which every host has.

#include <cstddef>

#include "../../base/config.hpp"
#include "job.hpp"

namespace pith::gemm::portable {

inline constexpr std::size_t vector_bytes = 16;

#include "body.inl"

} // namespace pith::gemm::portable

#endif
