// SPDX-License-Identifier: MIT
#ifndef PITH_VERSION_HPP
#define PITH_VERSION_HPP
/// The library's version; the build reads it from here.

#define PITH_VERSION_MAJOR 0
#define PITH_VERSION_MINOR 1
#define PITH_VERSION_PATCH 0

#endif
