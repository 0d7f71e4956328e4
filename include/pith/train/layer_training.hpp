// SPDX-License-Identifier: MIT
#ifndef PITH_TRAIN_LAYER_TRAINING_HPP
#define PITH_TRAIN_LAYER_TRAINING_HPP
/// What training must know of a kind of layer, in one place: layer_training<L>, in backward/.

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <variant>
#include <vector>

#include "../base/result.hpp"
#include "step.hpp"

namespace pith::train {

/// What a parameter is, for optimisers that treat kinds differently. `range`: what a quantiser learns.
enum class role : std::uint8_t { weight, bias, norm_scale, norm_offset, slope, range };

/// An input of a layer that is learned where it is constant.
struct learned_input {
    std::size_t input = 0;
    role kind = role::weight;
};

/// Of a kind of layer L, specialised beside it, in namespace pith::train, before a tape of a list with L is
/// used. All static:
///   std::vector<learned_input> learned(const L&)
///   result<void> forward_step(const L&, step<T>&)   computes out[].value (most share the graph's forward)
///   void backward_step(const L&, step<T>&)          from out[].gradient, in[].gradient where it is not null
/// moving_training (backward/movement.hpp) gives all of them for a moving_layer.
template <class Layer>
struct layer_training;

/// Training of layers without parameters.
struct learns_nothing {
    template <class Layer>
    [[nodiscard]] static std::vector<learned_input> learned(const Layer&) {
        return {};
    }
};

/// Training of layers with weights and maybe a bias.
struct learns_weights {
    template <class Layer>
    [[nodiscard]] static std::vector<learned_input> learned(const Layer&) {
        return {{1, role::weight}, {2, role::bias}};
    }
};

namespace detail {

template <class L>
concept has_layer_training = requires {
    sizeof(layer_training<L>);
};
template <class L>
concept has_learned = requires(const L& l) {
    { layer_training<L>::learned(l) } -> std::same_as<std::vector<learned_input>>;
};
template <class L>
concept has_forward_step = requires(const L& l, step<float>& s) {
    { layer_training<L>::forward_step(l, s) } -> std::same_as<result<void>>;
};
template <class L>
concept has_backward_step = requires(const L& l, step<float>& s) {
    { layer_training<L>::backward_step(l, s) } -> std::same_as<void>;
};

/// Stands in for training that lacks a member.
struct no_layer_training : learns_nothing {
    template <class T, class Layer>
    [[nodiscard]] static result<void> forward_step(const Layer&, step<T>&);
    template <class T, class Layer>
    static void backward_step(const Layer&, step<T>&);
};

} // namespace detail

/// A kind of layer that tapes take.
template <class L>
concept trained_layer = detail::has_layer_training<L> && detail::has_learned<L> &&
    detail::has_forward_step<L> && detail::has_backward_step<L>;

namespace detail {

/// What is used in place of layer_training<L>, after checked_training has reported what that lacks.
template <class L>
using training_of = std::conditional_t<trained_layer<L>, layer_training<L>, no_layer_training>;

} // namespace detail

/// f(layer, training) of the layer that `any` holds.
template <class Any, class F>
decltype(auto) with_training(const Any& any, const F& f) {
    return std::visit(
        [&]<class L>(const L& layer) -> decltype(auto) { return f(layer, detail::training_of<L>{}); }, any);
}

} // namespace pith::train

#endif
