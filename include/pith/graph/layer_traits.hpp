// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_LAYER_TRAITS_HPP
#define PITH_GRAPH_LAYER_TRAITS_HPP
/// What a graph must know of a kind of layer, in one place: layer_traits<L>, beside L. What training, packing
/// and ONNX files must know of it are traits of their own (train/layer_training.hpp, plan/layer_lowering.hpp,
/// io/onnx_write/layer_writing.hpp).

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "../base/result.hpp"
#include "../base/shape.hpp"
#include "accumulator_bound.hpp"
#include "bounded.hpp"
#include "channels.hpp"
#include "integer.hpp"
#include "layers.hpp"
#include "node_codes.hpp"
#include "tensor.hpp"
#include "value_info.hpp"

namespace pith {

/// What passes may take for granted of a kind of layer.
enum class layer_role : std::uint8_t {
    weighted,  ///< sums of products with weights: inputs x, weights [out, ...], optional bias [out]
    window,    ///< each output pixel from a window of pixels, channel by channel
    pointwise, ///< each output element from the elements at its place
    moves,     ///< outputs hold elements of the inputs, and maybe a fill
    combines,  ///< anything else
};

/// Of a kind of layer L, specialised beside it, in namespace pith, before a list with L is used. All static:
///   layer_role role
///   std::string_view kind(const L&)   its name in messages and reports
///   result<value_infos> infer(const L&, std::span<const value_info> in)
///   result<any_tensors<T>> forward(const L&, tensor_inputs<T>)   @pre infer accepted these inputs
///   channel_sources channels(const L&, std::span<const shape> in, std::size_t output, std::int64_t channel)
///   bool keeps_elements(const L&)   outputs hold elements of the first input and of nothing else; they share
///                                   its code
///   bool runs_quantized(const L&, const node_codes&)   whether there is an integer form between these codes
///   result<simulated_values<T>> forward_codes(const L&, const integer_call<T>&)   that form
///   std::int64_t macs(const L&, const shape& out, std::span<const shape> in)   multiply-adds
///   std::int64_t taps(const L&, const shape& out, std::span<const shape> in)   elements visited once for
///   each
///                                   output, beyond those that are read and written; both at most INT64_MAX
/// Where role is weighted also
///   tensor<S> multiply(const L&, const tensor<S>& x, const tensor<S>& w, const tensor<S>* bias)
///   sum_cut cut_of_sums(const L&, const shape& w)   how sums beyond int32 may be taken apart
/// and, for layers to which it applies,
///   bool is_identity(const L&)   the output is the input wherever they have the same shape and type
///   void free_batch(L&, const shape& out, std::int64_t batch)   where attributes name the batch, the size of
///                                   the first axis, they follow it from now on
/// The structs below give what many kinds share.
template <class Layer>
struct layer_traits;

namespace detail {

/// layer_traits<Layer>::move on tensors of either kind. @pre all inputs are of one kind
template <class T, class Layer>
[[nodiscard]] any_tensors<T> move_any(const Layer& layer, tensor_inputs<T> in) {
    any_tensors<T> out;
    const auto run = [&]<class E>(E, const auto& pick) {
        std::vector<const tensor<E>*> typed;
        for (std::size_t i = 0; i < in.size(); ++i)
            typed.push_back(&pick(in, i));
        for (auto& t : layer_traits<Layer>::template move<E>(layer, std::span<const tensor<E>* const>(typed)))
            out.emplace_back(std::move(t));
    };
    if (in[0].reals != nullptr)
        run(
            T{}, [](tensor_inputs<T> from, std::size_t i) -> const auto& { return reals<T>(from, i); });
    else
        run(
            std::int64_t{},
            [](tensor_inputs<T> from, std::size_t i) -> const auto& { return wholes<T>(from, i); });
    return out;
}

} // namespace detail

/// Traits of layers that multiply nothing and visit each element once.
struct no_products {
    template <class Layer>
    [[nodiscard]] static std::int64_t macs(const Layer&, const shape&, std::span<const shape>) {
        return 0;
    }
    template <class Layer>
    [[nodiscard]] static std::int64_t taps(const Layer&, const shape&, std::span<const shape>) {
        return 0;
    }
};

/// Traits of layers without an integer form.
struct only_in_reals {
    template <class Layer>
    [[nodiscard]] static bool keeps_elements(const Layer&) {
        return false;
    }
    template <class Layer>
    [[nodiscard]] static bool runs_quantized(const Layer&, const node_codes&) {
        return false;
    }
    template <class T, class Layer>
    [[nodiscard]] static result<simulated_values<T>> forward_codes(const Layer&, const integer_call<T>&) {
        return fault{errc::unsupported, "the layer has no integer form"};
    }
};

/// Traits of layers that move elements of any type, those of their inputs and no others:
///   std::vector<tensor<E>> move(const Layer&, std::span<const tensor<E>* const> in)
/// is theirs to give.
template <class Layer>
struct moving_layer : no_products {
    static constexpr layer_role role = layer_role::moves;

    template <class T>
    [[nodiscard]] static result<any_tensors<T>> forward(const Layer& layer, tensor_inputs<T> in) {
        return detail::move_any<T>(layer, in);
    }
    [[nodiscard]] static bool keeps_elements(const Layer&) { return true; }
    [[nodiscard]] static bool runs_quantized(const Layer&, const node_codes& c) { return c.alike(1); }
    template <class T>
    [[nodiscard]] static result<simulated_values<T>> forward_codes(const Layer& layer,
                                                                   const integer_call<T>& c) {
        return detail::move_codes<T>(layer, c.in);
    }
};

/// Traits of layers that give sums of products with weights; `multiply` and `cut_of_sums` are theirs to give.
template <class Layer>
struct multiplying_layer {
    static constexpr layer_role role = layer_role::weighted;

    template <class T>
    [[nodiscard]] static result<any_tensors<T>> forward(const Layer& layer, tensor_inputs<T> in) {
        const tensor<T>* bias = detail::has_tensor<T>(in, 2) ? &detail::reals<T>(in, 2) : nullptr;
        return detail::one_tensor<T>(layer_traits<Layer>::template multiply<T>(
            layer, detail::reals<T>(in, 0), detail::reals<T>(in, 1), bias));
    }
    [[nodiscard]] static bool keeps_elements(const Layer&) { return false; }
    template <class T>
    [[nodiscard]] static result<simulated_values<T>> forward_codes(const Layer& layer,
                                                                   const integer_call<T>& c) {
        return detail::multiply_exactly(layer, c);
    }
    [[nodiscard]] static std::int64_t macs(const Layer&, const shape& out, std::span<const shape> in) {
        return detail::bounded_product(out.elements(), in[1].product(1, in[1].rank()));
    }
    [[nodiscard]] static std::int64_t taps(const Layer&, const shape&, std::span<const shape>) { return 0; }
};

namespace detail {

template <class L>
concept has_layer_traits = requires {
    sizeof(layer_traits<L>);
};
template <class L>
concept has_role = requires {
    { layer_traits<L>::role } -> std::same_as<const layer_role&>;
};
template <class L>
concept has_kind = requires(const L& l) {
    { layer_traits<L>::kind(l) } -> std::convertible_to<std::string_view>;
};
template <class L>
concept has_infer = requires(const L& l, std::span<const value_info> in) {
    { layer_traits<L>::infer(l, in) } -> std::same_as<result<value_infos>>;
};
template <class L>
concept has_forward = requires(const L& l, tensor_inputs<float> in) {
    { layer_traits<L>::forward(l, in) } -> std::same_as<result<any_tensors<float>>>;
};
template <class L>
concept has_channels = requires(const L& l, std::span<const shape> in) {
    { layer_traits<L>::channels(l, in, std::size_t{}, std::int64_t{}) } -> std::same_as<channel_sources>;
};
template <class L>
concept has_keeps_elements = requires(const L& l) {
    { layer_traits<L>::keeps_elements(l) } -> std::same_as<bool>;
};
template <class L>
concept has_runs_quantized = requires(const L& l, const node_codes& c) {
    { layer_traits<L>::runs_quantized(l, c) } -> std::same_as<bool>;
};
template <class L>
concept has_forward_codes = requires(const L& l, const integer_call<float>& c) {
    { layer_traits<L>::forward_codes(l, c) } -> std::same_as<result<simulated_values<float>>>;
};
template <class L>
concept has_macs = requires(const L& l, const shape& s, std::span<const shape> in) {
    { layer_traits<L>::macs(l, s, in) } -> std::same_as<std::int64_t>;
};
template <class L>
concept has_taps = requires(const L& l, const shape& s, std::span<const shape> in) {
    { layer_traits<L>::taps(l, s, in) } -> std::same_as<std::int64_t>;
};
template <class L>
concept has_cut_of_sums = requires(const L& l, const shape& w) {
    { layer_traits<L>::cut_of_sums(l, w) } -> std::same_as<sum_cut>;
};
template <class L>
concept has_multiply = requires(const L& l, const tensor<float>& x) {
    { layer_traits<L>::multiply(l, x, x, &x) } -> std::same_as<tensor<float>>;
};
template <class L>
concept has_move = requires(const L& l, std::span<const tensor<float>* const> in) {
    { layer_traits<L>::template move<float>(l, in) } -> std::same_as<std::vector<tensor<float>>>;
};
/// What moving_layer leaves to the traits.
template <class L>
concept has_move_part = !std::derived_from<layer_traits<L>, moving_layer<L>> || has_move<L>;
template <class L>
concept has_weights_part = layer_traits<L>::role != layer_role::weighted ||
                           (has_multiply<L> && has_cut_of_sums<L>);

/// Stands in for traits that lack a member, so that what lacks is the only thing a compiler reports.
struct no_layer_traits : no_products, only_in_reals {
    static constexpr layer_role role = layer_role::combines;

    template <class Layer>
    [[nodiscard]] static std::string_view kind(const Layer&);
    template <class Layer>
    [[nodiscard]] static result<value_infos> infer(const Layer&, std::span<const value_info>);
    template <class T, class Layer>
    [[nodiscard]] static result<any_tensors<T>> forward(const Layer&, tensor_inputs<T>);
    template <class Layer>
    [[nodiscard]] static channel_sources channels(const Layer&, std::span<const shape>, std::size_t,
                                                  std::int64_t);
};

} // namespace detail

/// A kind of layer that graphs take.
template <class L>
concept graph_layer = detail::has_layer_traits<L> && detail::has_role<L> && detail::has_kind<L> &&
    detail::has_infer<L> && detail::has_forward<L> && detail::has_channels<L> &&
    detail::has_keeps_elements<L> && detail::has_runs_quantized<L> && detail::has_forward_codes<L> &&
    detail::has_macs<L> && detail::has_taps<L> && detail::has_move_part<L> && detail::has_weights_part<L>;

namespace detail {

/// What is used in place of layer_traits<L>, after checked_layer has reported what these lack.
template <class L>
using traits_of = std::conditional_t<graph_layer<L>, layer_traits<L>, no_layer_traits>;

} // namespace detail

/// f(layer, traits) of a layer, or of the one that `any` holds, `traits` an object whose members are those of
/// its layer_traits.
template <class Any, class F>
decltype(auto) with_layer(Any& any, const F& f) {
    const auto call = [&]<class L>(L& layer) -> decltype(auto) {
        return f(layer, detail::traits_of<std::remove_const_t<L>>{});
    };
    if constexpr (detail::has_layer_traits<std::remove_const_t<Any>>)
        return call(any);
    else
        return std::visit(call, any);
}

/// The layer's name in messages and reports; it lives as long as the layer.
template <class Any>
[[nodiscard]] std::string_view kind_of(const Any& any) {
    return with_layer(any, [](const auto& layer, auto traits) { return traits.kind(layer); });
}
template <class Any>
[[nodiscard]] layer_role role_of(const Any& any) {
    return with_layer(any, [](const auto&, auto traits) { return traits.role; });
}
/// Whether the layer's outputs are sums of products with its weights.
template <class Any>
[[nodiscard]] bool has_weights(const Any& any) {
    return role_of(any) == layer_role::weighted;
}
/// See layer_traits.
template <class Any>
[[nodiscard]] bool keeps_elements(const Any& any) {
    return with_layer(any, [](const auto& layer, auto traits) { return traits.keeps_elements(layer); });
}

} // namespace pith

#endif
