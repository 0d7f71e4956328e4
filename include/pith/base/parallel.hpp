// SPDX-License-Identifier: MIT
#ifndef PITH_BASE_PARALLEL_HPP
#define PITH_BASE_PARALLEL_HPP
/// One loop over independent work: OpenMP where the user compiles with it, serial otherwise.

#include <cstddef>

namespace pith {

/// Calls body(i) for every i in [0, count), in no order that may be relied on.
template <class Body>
void parallel_for(std::size_t count, const Body& body) {
#ifdef _OPENMP
#pragma omp parallel for schedule(dynamic, 1) if (count > 1)
#endif
    for (std::size_t i = 0; i < count; ++i)
        body(i);
}

} // namespace pith

#endif
