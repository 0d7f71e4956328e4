// SPDX-License-Identifier: MIT
#define PITH_COMPILE
#include "compiled.hpp"
