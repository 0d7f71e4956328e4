// SPDX-License-Identifier: MIT
#ifndef PITH_BASE_ON_USE_HPP
#define PITH_BASE_ON_USE_HPP
/// A mark for lists of kernels, which are templates although they need no parameter.

namespace pith {

/// `template <class Use = on_use>` makes a compiler instantiate kernels in the programs that read their list,
/// instead of in every program that includes its header. Callers see no difference.
#ifdef PITH_XSIMD
struct on_use_with_xsimd;
using on_use = on_use_with_xsimd; // such lists are longer: files compiled with and without it stay apart
#else
struct on_use;
#endif

} // namespace pith

#endif
