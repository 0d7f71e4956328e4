// SPDX-License-Identifier: MIT
// Everything included twice in each of two translation units: a missing inline or guard breaks the link.
#include <pith/pith.hpp>

#include <pith/device.hpp>
#include <pith/pith.hpp>

int second();

int main() {
    return second() == PITH_VERSION_MAJOR ? 0 : 1;
}
