// SPDX-License-Identifier: MIT
#ifndef PITH_BASE_TYPE_LIST_HPP
#define PITH_BASE_TYPE_LIST_HPP
/// A list of types, to fold over.

#include <cstddef>

namespace pith {

/// A list of types, and what is added to one.
template <class... Types>
struct type_list {
    static constexpr std::size_t size = sizeof...(Types);
    /// The list with more types behind.
    template <class... More>
    using with = type_list<Types..., More...>;
};

} // namespace pith

#endif
