// SPDX-License-Identifier: MIT
#ifndef PITH_DATA_SAMPLES_HPP
#define PITH_DATA_SAMPLES_HPP
/// Images of a data set, or of any other type with size(), dims() and image(i, out), as inputs of a network.

#include <cstddef>
#include <functional>
#include <optional>
#include <utility>

#include "../graph/tensor.hpp"
#include "../graph/value_info.hpp"
#include "dataset.hpp"

namespace pith::data {

/// Image i in the shape of a network's input, batch 1. @pre as many elements as one image of the input
template <class Images = dataset>
[[nodiscard]] tensor<float> sample(const Images& images, std::size_t i, shape input) {
    if (input.rank() > 0 && input.product(1, input.rank()) == images.dims().elements())
        input[0] = 1;
    tensor<float> x(input);
    images.image(i, x.data());
    return x;
}

/// The images one by one, for calibration; none when they end, or when they do not fit the input.
/// @param images must outlive the function that is returned
template <class T = float, class Images = dataset>
[[nodiscard]] std::function<std::optional<any_tensors<T>>(std::size_t)> samples_of(const Images& images,
                                                                                   shape input) {
    return [&images, input](std::size_t i) -> std::optional<any_tensors<T>> {
        const auto elements = images.dims().elements();
        const bool fits =
            input.elements() == elements || (input.rank() > 0 && input.product(1, input.rank()) == elements);
        if (i >= images.size() || !fits)
            return std::nullopt;
        any_tensors<T> inputs;
        inputs.emplace_back(sample(images, i, input));
        return inputs;
    };
}

} // namespace pith::data

#endif
