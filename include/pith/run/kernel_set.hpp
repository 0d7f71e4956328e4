// SPDX-License-Identifier: MIT
#ifndef PITH_RUN_KERNEL_SET_HPP
#define PITH_RUN_KERNEL_SET_HPP
/// The kernels that the operations of a list are run with. The best of a processor: see native_kernels.hpp.

#include "../base/type_list.hpp"
#include "op.hpp"
#include "op_list.hpp"

namespace pith::run {

/// The kernels of one operation.
template <class Op>
struct kernels_of {
    typename Op::kernels slots{};
};

/// One slot, or a few, for each operation. Empty slots leave an operation out: see can_run.
template <class Ops>
struct basic_kernel_set;
template <class... Ops>
struct basic_kernel_set<type_list<Ops...>> : kernels_of<Ops>... {
    template <class Op>
    [[nodiscard]] constexpr const typename Op::kernels& of() const noexcept {
        return static_cast<const kernels_of<Op>&>(*this).slots;
    }
    /// To put a kernel of one's own in its place.
    template <class Op>
    [[nodiscard]] constexpr typename Op::kernels& of() noexcept {
        return static_cast<kernels_of<Op>&>(*this).slots;
    }
};

using kernel_set = basic_kernel_set<op_list>;

namespace detail {

template <class... Ops>
[[nodiscard]] constexpr basic_kernel_set<type_list<Ops...>> portable_set(type_list<Ops...>) noexcept {
    return {kernels_of<Ops>{Ops::portable_kernels()}...};
}

} // namespace detail

/// Plain C++ for every operation of a list; lies in flash.
template <class Ops>
inline constexpr basic_kernel_set<Ops> portable_kernels_of = detail::portable_set(Ops{});
/// Plain C++ for every operation of the library.
inline constexpr const kernel_set& portable_kernels = portable_kernels_of<op_list>;

} // namespace pith::run

#endif
