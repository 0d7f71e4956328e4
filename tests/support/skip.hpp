// SPDX-License-Identifier: MIT
#ifndef PITH_TESTS_SUPPORT_SKIP_HPP
#define PITH_TESTS_SUPPORT_SKIP_HPP
/// Tests that leave something out on this machine: ctest reports them as skipped, not as passed.

#include <doctest/doctest.h>

namespace pith::tests {

/// What a test program returns when nothing failed and something was left out.
inline constexpr int skip_return_code = 77;

[[nodiscard]] inline bool& has_skipped() {
    static bool skipped = false;
    return skipped;
}

/// Says what is left out of a test case.
inline void skip(const char* what) {
    has_skipped() = true;
    MESSAGE("skipped: ", what);
}

} // namespace pith::tests

#endif
