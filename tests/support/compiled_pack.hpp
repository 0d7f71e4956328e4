// SPDX-License-Identifier: MIT
#ifndef PITH_TESTS_SUPPORT_COMPILED_PACK_HPP
#define PITH_TESTS_SUPPORT_COMPILED_PACK_HPP
/// plan::pack, compiled once for all tests that use it.

#include <cstddef>
#include <vector>

#include <pith/plan/pack.hpp>

namespace pith {

extern template result<std::vector<std::byte>> plan::pack(graph<float>, const plan::pack_options&);

} // namespace pith

#endif
