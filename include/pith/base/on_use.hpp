// SPDX-License-Identifier: MIT
#ifndef PITH_BASE_ON_USE_HPP
#define PITH_BASE_ON_USE_HPP
/// A mark for lists of kernels, which are templates although they need no parameter.

namespace pith {

/// `template <class Use = on_use>` makes a compiler instantiate kernels in the programs that read their list,
/// instead of in every program that includes its header. Callers see no difference.
struct on_use;

} // namespace pith

#endif
