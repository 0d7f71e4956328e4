// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_LAYERS_HPP
#define PITH_GRAPH_LAYERS_HPP
/// Lists of layer kinds, and the one question that is asked of a layer without knowing all of its list.

#include <type_traits>
#include <variant>

namespace pith {

/// A closed list of layer kinds. Lists that are used have a name of their own, which is all that function
/// names and error messages then hold: struct my_layers : layer_list::with<my_layer> {};
template <class... Kinds>
struct layers {
    /// One layer of the list.
    using any = std::variant<Kinds...>;
    template <class... More>
    using with = layers<Kinds..., More...>;
    template <template <class> class F>
    struct each : F<Kinds>... {};
    /// f.template operator()<Kind>() for every kind, in their order.
    template <class F>
    static constexpr void for_each(const F& f) {
        (f.template operator()<Kinds>(), ...);
    }
};

/// The layer if it is of kind L; null too where its list does not have L.
template <class L, class... Kinds>
[[nodiscard]] constexpr const L* layer_as(const std::variant<Kinds...>& layer) noexcept {
    if constexpr ((std::is_same_v<L, Kinds> || ...))
        return std::get_if<L>(&layer);
    else
        return nullptr;
}
template <class L, class... Kinds>
[[nodiscard]] constexpr L* layer_as(std::variant<Kinds...>& layer) noexcept {
    if constexpr ((std::is_same_v<L, Kinds> || ...))
        return std::get_if<L>(&layer);
    else
        return nullptr;
}

} // namespace pith

#endif
