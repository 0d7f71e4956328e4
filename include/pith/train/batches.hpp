// SPDX-License-Identifier: MIT
#ifndef PITH_TRAIN_BATCHES_HPP
#define PITH_TRAIN_BATCHES_HPP
/// From a data set to batches: a new order for every epoch and a change of its own for every image, both
/// functions of the seed alone, so that a training can be resumed anywhere.

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

#include "../base/on_use.hpp"
#include "../base/parallel.hpp"
#include "../base/random.hpp"
#include "../base/shape.hpp"
#include "../base/view.hpp"
#include "augment.hpp"

namespace pith::train {

/// Labelled images by index: io::dataset, or anything like it. image() may be called from several threads.
template <class D>
concept image_source = requires(const D& d, std::size_t i, view<float> out) {
    { d.size() } -> std::convertible_to<std::size_t>;
    { d.label(i) } -> std::convertible_to<std::int32_t>;
    { d.dims() } -> std::convertible_to<const shape&>;
    d.image(i, out);
};

/// [0, count) in the random order of an epoch.
template <class = on_use>
[[nodiscard]] inline std::vector<std::uint32_t> shuffled(std::size_t count, std::uint64_t seed,
                                                         std::uint64_t epoch) {
    std::vector<std::uint32_t> order(count);
    std::iota(order.begin(), order.end(), 0u);
    random_bits bits(seed ^ (epoch + 1) * 0xD1B54A32D192ED03u);
    for (std::size_t i = count; i > 1; --i)
        std::swap(order[i - 1], order[bits.below(i)]);
    return order;
}

/// How images are changed in an epoch.
struct epoch_changes {
    augment change{};
    std::uint64_t seed = 1;
    std::uint64_t epoch = 0;
};

/// Images `indices` of the source, one after the other, into `images`, and their classes into `labels`.
template <class T, image_source D>
void load_batch(const D& source, view<const std::uint32_t> indices, const epoch_changes& changes,
                view<T> images, view<std::int32_t> labels) {
    const auto size = static_cast<std::size_t>(source.dims().elements());
    parallel_for(indices.size(), [&](std::size_t i) {
        std::vector<float> plain(size);
        std::vector<float> changed(size);
        source.image(indices[i], plain);
        const bool change = changes.change.any() && source.dims().rank() == 3;
        if (change) {
            random_bits bits(changes.seed + (changes.epoch << 32) + indices[i] * 0x9E3779B97F4A7C15u);
            changes.change(source.dims(), plain, changed, bits);
        }
        const auto& from = change ? changed : plain;
        for (std::size_t k = 0; k < size; ++k)
            images[i * size + k] = static_cast<T>(from[k]);
        labels[i] = source.label(indices[i]);
    });
}

} // namespace pith::train

#endif
