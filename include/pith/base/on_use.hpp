// SPDX-License-Identifier: MIT
#ifndef PITH_BASE_ON_USE_HPP
#define PITH_BASE_ON_USE_HPP
/// A mark for functions that need no template parameter and are templates all the same.

namespace pith {

/// `template <class = on_use>` makes a compiler instantiate what a function needs (vectors, variants, sorts)
/// in the programs that call it, instead of in every program that includes its header. Callers see no
/// difference.
struct on_use;

} // namespace pith

#endif
