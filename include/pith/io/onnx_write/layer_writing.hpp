// SPDX-License-Identifier: MIT
#ifndef PITH_IO_ONNX_WRITE_LAYER_WRITING_HPP
#define PITH_IO_ONNX_WRITE_LAYER_WRITING_HPP
/// What ONNX files must know of a kind of layer to hold it, in one place: layer_writing<L>, in layers_*.hpp.

#include <concepts>
#include <cstdint>
#include <type_traits>
#include <variant>

#include "../../graph/graph.hpp"

namespace pith::io::onnx_write {

template <class T, class Layers>
class model_writer;

/// How a layer reads a flattened image whose elements are in the file's order.
enum class mixed_reading : std::uint8_t {
    no,      ///< not
    any,     ///< whatever it is
    weights, ///< by weights in that order, where they are constant
    passes,  ///< into an output in that order, where its other inputs are constant
};

/// Of a kind of layer L, specialised beside it, in namespace pith::io::onnx_write, before a graph of a list
/// with L is written. All static:
///   mixed_reading reads_mixed
///   bool on_codes(const L&)   whether there is an operator on codes for the layer that runs in codes;
///   write()
///                             emits it where W::on_codes is set
///   void write(W&, const node<Layers>&, const L&)   emits the operators that compute the node's outputs
template <class Layer>
struct layer_writing;

/// Writing of layers that are operators on reals, whatever lies around them.
struct writes_reals {
    static constexpr mixed_reading reads_mixed = mixed_reading::no;

    template <class Layer>
    [[nodiscard]] static bool on_codes(const Layer&) {
        return false;
    }
};

/// Writing of layers that have an operator on codes too.
struct writes_codes {
    static constexpr mixed_reading reads_mixed = mixed_reading::no;

    template <class Layer>
    [[nodiscard]] static bool on_codes(const Layer&) {
        return true;
    }
};

namespace detail {

template <class L>
concept has_layer_writing = requires {
    sizeof(layer_writing<L>);
};
template <class L>
concept has_reads_mixed = requires {
    { layer_writing<L>::reads_mixed } -> std::same_as<const mixed_reading&>;
};
template <class L>
concept has_on_codes = requires(const L& l) {
    { layer_writing<L>::on_codes(l) } -> std::same_as<bool>;
};
template <class L>
concept has_write = requires(const L& l, model_writer<float, layer_list>& w, const node<layer_list>& n) {
    { layer_writing<L>::write(w, n, l) } -> std::same_as<void>;
};

/// Stands in for writing that lacks a member.
struct no_layer_writing : writes_reals {
    template <class W, class Node, class Layer>
    static void write(W&, const Node&, const Layer&);
};

} // namespace detail

/// A kind of layer that ONNX files can hold.
template <class L>
concept written_layer = detail::has_layer_writing<L> && detail::has_reads_mixed<L> &&
    detail::has_on_codes<L> && detail::has_write<L>;

namespace detail {

/// What is used in place of layer_writing<L>, after checked_writing has reported what that lacks.
template <class L>
using writing_of = std::conditional_t<written_layer<L>, layer_writing<L>, no_layer_writing>;

} // namespace detail

/// f(layer, writing) of the layer that `any` holds.
template <class Any, class F>
decltype(auto) with_writing(const Any& any, const F& f) {
    return std::visit(
        [&]<class L>(const L& layer) -> decltype(auto) { return f(layer, detail::writing_of<L>{}); }, any);
}

} // namespace pith::io::onnx_write

#endif
