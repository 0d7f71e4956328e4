// SPDX-License-Identifier: MIT
// The library's largest functions, for every file that includes pith/compiled.hpp.
#define PITH_COMPILE
#include "pith/compiled.hpp"
