// SPDX-License-Identifier: MIT
#include <pith/device.hpp>

#include <pith/pith.hpp>

int second();

int second() {
    return PITH_VERSION_MAJOR;
}
