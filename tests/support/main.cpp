// SPDX-License-Identifier: MIT
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include "skip.hpp"

int main(int argc, char** argv) {
    const int failed = doctest::Context(argc, argv).run();
    return failed == 0 && pith::tests::has_skipped() ? pith::tests::skip_return_code : failed;
}
