// SPDX-License-Identifier: MIT
#ifndef PITH_TESTS_FLOW_ALLOCATIONS_HPP
#define PITH_TESTS_FLOW_ALLOCATIONS_HPP
/// How often operator new was called in this test program.

#include <cstddef>

namespace flow {
std::size_t allocations() noexcept;
}

#endif
