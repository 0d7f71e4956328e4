// SPDX-License-Identifier: MIT
#ifndef PITH_TRAIN_BACKWARD_MOVEMENT_HPP
#define PITH_TRAIN_BACKWARD_MOVEMENT_HPP
/// Layers that only move elements, in training: where each output came from is found once, by moving the
/// elements' own numbers.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <numeric>
#include <span>
#include <vector>

#include "../../graph/layer/concat.hpp"
#include "../../graph/layer/expand.hpp"
#include "../../graph/layer/gather.hpp"
#include "../../graph/layer/pad.hpp"
#include "../../graph/layer/reshape.hpp"
#include "../../graph/layer/slice.hpp"
#include "../../graph/layer/split.hpp"
#include "../../graph/layer/transpose.hpp"
#include "../layer_training.hpp"
#include "../step.hpp"

namespace pith::train {

namespace detail {

using number_tensors = std::vector<tensor<std::int64_t>>;

template <class Layer>
[[nodiscard]] number_tensors move_numbers(const Layer& layer,
                                          std::span<const tensor<std::int64_t>* const> in) {
    return layer_traits<Layer>::template move<std::int64_t>(layer, in);
}
[[nodiscard]] inline number_tensors move_numbers(const gather& layer,
                                                 std::span<const tensor<std::int64_t>* const> in) {
    return {pick_elements(layer, *in[0], *in[1])};
}
/// Numbers begin at 1: 0 is the fill.
[[nodiscard]] inline number_tensors move_numbers(const pad& layer,
                                                 std::span<const tensor<std::int64_t>* const> in) {
    return {pad_elements(layer, *in[0], std::int64_t{0})};
}

/// For every output the number of the input element there, inputs numbered one after the other from 1.
template <class T, class Layer>
[[nodiscard]] number_tensors origin_of(const Layer& layer, const step<T>& s) {
    number_tensors numbers;
    numbers.reserve(s.in.size());
    std::vector<const tensor<std::int64_t>*> in;
    std::int64_t next = 1;
    for (const auto& slot : s.in) {
        if (slot.wholes != nullptr) { // indices
            in.push_back(slot.wholes);
            continue;
        }
        numbers.emplace_back(slot.dims);
        std::iota(numbers.back().data().begin(), numbers.back().data().end(), next);
        next += slot.dims.elements();
        in.push_back(&numbers.back());
    }
    return move_numbers(layer, std::span<const tensor<std::int64_t>* const>(in));
}

template <class Layer>
[[nodiscard]] double fill_of(const Layer&) noexcept {
    return 0;
}
[[nodiscard]] inline double fill_of(const pad& layer) noexcept {
    return layer.fill;
}

/// Neighbours that stay neighbours.
struct moved_run {
    std::uint32_t out = 0; ///< which output
    std::uint32_t in = 0;  ///< which input
    std::size_t to = 0;
    std::size_t from = 0;
    std::size_t length = 0;
};

template <class T, class Layer>
[[nodiscard]] std::vector<moved_run> runs_of(const Layer& layer, const step<T>& s) {
    std::vector<moved_run> runs;
    const number_tensors origin = origin_of(layer, s);
    for (std::size_t o = 0; o < s.out.size(); ++o)
        for (std::size_t i = 0; i < s.out[o].size(); ++i) {
            std::int64_t at = origin[o][i] - 1;
            if (at < 0)
                continue;
            std::size_t k = 0;
            for (; s.in[k].wholes != nullptr || at >= s.in[k].dims.elements(); ++k)
                at -= s.in[k].wholes != nullptr ? 0 : s.in[k].dims.elements();
            const auto from = static_cast<std::size_t>(at);
            moved_run* last = runs.empty() ? nullptr : &runs.back();
            if (last != nullptr && last->out == o && last->in == k && last->to + last->length == i &&
                last->from + last->length == from)
                ++last->length;
            else
                runs.push_back({static_cast<std::uint32_t>(o), static_cast<std::uint32_t>(k), i, from, 1});
        }
    return runs;
}

} // namespace detail

/// Training of a layer whose outputs hold elements of its inputs, or a fill.
template <class Layer>
struct moving_training : learns_nothing {
    template <class T>
    [[nodiscard]] static result<void> forward_step(const Layer& layer, step<T>& s) {
        for (auto& o : s.out)
            std::fill_n(o.value, o.size(), static_cast<T>(detail::fill_of(layer)));
        for (const auto& r : s.once([&] { return detail::runs_of(layer, s); }))
            std::copy_n(s.in[r.in].value + r.from, r.length, s.out[r.out].value + r.to);
        return {};
    }
    template <class T>
    static void backward_step(const Layer& layer, step<T>& s) {
        for (auto& in : s.in)
            open_gradient(in);
        for (const auto& r : s.once([&] { return detail::runs_of(layer, s); })) {
            if (s.in[r.in].gradient == nullptr || s.out[r.out].gradient == nullptr)
                continue;
            T* const to = s.in[r.in].gradient + r.from;
            const T* const from = s.out[r.out].gradient + r.to;
            for (std::size_t i = 0; i < r.length; ++i)
                to[i] += from[i];
        }
    }
};

template <>
struct layer_training<concat> : moving_training<concat> {};
template <>
struct layer_training<expand> : moving_training<expand> {};
template <>
struct layer_training<gather> : moving_training<gather> {};
template <>
struct layer_training<pad> : moving_training<pad> {};
template <>
struct layer_training<slice> : moving_training<slice> {};
template <>
struct layer_training<split> : moving_training<split> {};
template <>
struct layer_training<transpose> : moving_training<transpose> {};

/// Elements keep their order.
template <>
struct layer_training<reshape> : learns_nothing {
    template <class T>
    [[nodiscard]] static result<void> forward_step(const reshape&, step<T>& s) {
        std::memcpy(s.out[0].value, s.in[0].value, s.out[0].size() * sizeof(T));
        return {};
    }
    template <class T>
    static void backward_step(const reshape&, step<T>& s) {
        T* const dx = open_gradient(s.in[0]);
        for (std::size_t i = 0; dx != nullptr && i < s.in[0].size(); ++i)
            dx[i] += s.out[0].gradient[i];
    }
};

} // namespace pith::train

#endif
