// SPDX-License-Identifier: MIT
#include <pith/pith.hpp>

int main() {
    return PITH_VERSION_MAJOR + PITH_VERSION_MINOR > 0 ? 0 : 1;
}
