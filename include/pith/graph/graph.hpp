// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_GRAPH_HPP
#define PITH_GRAPH_GRAPH_HPP
/// graph<T>: the editable network. Nodes hold a layer (attributes only) and refer to values by index; weights
/// are constant values, float masters that passes annotate and never pack.

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "checked_layer.hpp"
#include "layer_list.hpp"
#include "layer_traits.hpp"
#include "value.hpp"

namespace pith {

template <class Layers>
struct node {
    std::string name;
    typename Layers::any layer; ///< one of the list's

    std::vector<value_id> inputs; ///< may hold no_value
    std::vector<value_id> outputs;
};

/// How an input or output of the network was laid out in the file it came from: axis i here was axis
/// `permutation[i]` there. Empty means the same order. (An NCHW image is [0, 2, 3, 1].)
struct door_layout {
    std::vector<std::uint8_t> permutation;
};

/// @tparam T scalar of the float masters: float to work, double to check gradients.
/// @tparam Layers a list of layer kinds (layer_list.hpp), each with its layer_traits.
template <class T, class Layers = layer_list>
struct graph {
    using scalar = T;
    using layers = Layers;
    static_assert(sizeof(typename Layers::template each<detail::checked_layer>) != 0);

    std::vector<value<T>> values;
    std::vector<node<Layers>> nodes; ///< in an order in which each node follows those it reads from
    std::vector<value_id> inputs;
    std::vector<value_id> outputs;
    std::vector<door_layout> input_layouts;  ///< one per input
    std::vector<door_layout> output_layouts; ///< one per output
    std::vector<std::pair<std::string, std::string>> metadata;

    [[nodiscard]] value<T>& operator[](value_id id) noexcept { return values[id]; }
    [[nodiscard]] const value<T>& operator[](value_id id) const noexcept { return values[id]; }

    value_id add_value(value<T> v) {
        values.push_back(std::move(v));
        return static_cast<value_id>(values.size() - 1);
    }
};

/// The layer of a node if it is of kind L; null too where the list does not have L.
template <class L, class Layers>
[[nodiscard]] const L* layer_of(const node<Layers>& n) noexcept {
    return layer_as<L>(n.layer);
}

} // namespace pith

#endif
