// SPDX-License-Identifier: MIT
#ifndef PITH_TRAIN_SOURCE_HPP
#define PITH_TRAIN_SOURCE_HPP
/// Where samples come from: anything that gives them by index, by concept.

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>

#include "../base/shape.hpp"

namespace pith::train {

/// Samples for networks of one input: data::dataset, or anything like it. image() writes sample i, dims() its
/// shape without a batch axis; both may be called from several threads.
template <class D>
concept image_source = requires(const D& d, std::size_t i, std::span<float> out) {
    { d.size() } -> std::convertible_to<std::size_t>;
    { d.dims() } -> std::convertible_to<const shape&>;
    d.image(i, out);
};

/// Samples for networks of several inputs: input(k, i, out) writes what input k is for sample i, dims(k) its
/// shape without a batch axis.
template <class D>
concept tuple_source = requires(const D& d, std::size_t i, std::span<float> out) {
    { d.size() } -> std::convertible_to<std::size_t>;
    { d.inputs() } -> std::convertible_to<std::size_t>;
    { d.dims(i) } -> std::convertible_to<const shape&>;
    d.input(i, i, out);
};

/// What networks can be trained on.
template <class D>
concept training_source = image_source<D> || tuple_source<D>;

/// A source whose samples have a class each: label(i), 0 to classes - 1. Other targets (boxes, masks, values)
/// are looked up by the loss, which gets the indices of a batch.
template <class D>
concept has_labels = requires(const D& d, std::size_t i) {
    { d.label(i) } -> std::convertible_to<std::int32_t>;
};

/// The inputs of a sample.
template <training_source D>
[[nodiscard]] std::size_t inputs_of(const D& d) {
    if constexpr (tuple_source<D>)
        return d.inputs();
    else
        return 1;
}

/// Of one sample's input `k`.
template <training_source D>
[[nodiscard]] const shape& dims_of(const D& d, std::size_t k) {
    if constexpr (tuple_source<D>)
        return d.dims(k);
    else
        return d.dims();
}

/// Writes input `k` of sample `i`. @pre out.size() == dims_of(d, k).elements()
template <training_source D>
void read_input(const D& d, std::size_t k, std::size_t i, std::span<float> out) {
    if constexpr (tuple_source<D>)
        d.input(k, i, out);
    else
        d.image(i, out);
}

/// Whether its samples have classes: a source that has label() may say labelled() == false.
template <training_source D>
[[nodiscard]] bool is_labelled(const D& d) {
    if constexpr (!has_labels<D>)
        return false;
    else if constexpr (requires { d.labelled(); })
        return d.labelled();
    else
        return true;
}

} // namespace pith::train

#endif
