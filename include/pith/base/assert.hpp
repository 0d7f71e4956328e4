// SPDX-License-Identifier: MIT
#ifndef PITH_BASE_ASSERT_HPP
#define PITH_BASE_ASSERT_HPP
/// PITH_ASSERT(condition): a caller's mistake inside the library. Define it before the first include to
/// choose another policy; by default it traps in debug builds and costs nothing with NDEBUG.

#ifndef PITH_ASSERT
#ifdef NDEBUG
#define PITH_ASSERT(condition) static_cast<void>(0)
#else
#define PITH_ASSERT(condition) ((condition) ? static_cast<void>(0) : __builtin_trap())
#endif
#endif

#endif
