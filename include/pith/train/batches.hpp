// SPDX-License-Identifier: MIT
#ifndef PITH_TRAIN_BATCHES_HPP
#define PITH_TRAIN_BATCHES_HPP
/// From a data set to batches: a new order for every epoch and a change of its own for every image, both
/// functions of the seed alone, so that a training can be resumed anywhere.

#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include "../base/parallel.hpp"
#include "../base/random.hpp"
#include "../base/shape.hpp"
#include "augment.hpp"
#include "source.hpp"

namespace pith::train {

/// [0, count) in the random order of an epoch.
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

/// Input `k` of samples `indices`, one after the other, into `out`; images are changed as `changes` says.
template <class T, training_source D>
void load_input(const D& source, std::size_t k, std::span<const std::uint32_t> indices,
                const epoch_changes& changes, std::span<T> out) {
    const shape& dims = dims_of(source, k);
    const auto size = static_cast<std::size_t>(dims.elements());
    const bool change = changes.change.any() && dims.rank() == 3;
    parallel_for(indices.size(), [&](std::size_t i) {
        std::vector<float> plain(size);
        std::vector<float> changed(size);
        read_input(source, k, indices[i], plain);
        if (change) {
            random_bits bits(changes.seed + (changes.epoch << 32) + indices[i] * 0x9E3779B97F4A7C15u);
            changes.change(dims, plain, changed, bits);
        }
        const auto& from = change ? changed : plain;
        for (std::size_t e = 0; e < size; ++e)
            out[i * size + e] = static_cast<T>(from[e]);
    });
}

/// The classes of samples `indices`; nothing where the source has none.
template <training_source D>
[[nodiscard]] std::vector<std::int32_t> labels_of(const D& source, std::span<const std::uint32_t> indices) {
    std::vector<std::int32_t> labels;
    if constexpr (has_labels<D>)
        for (std::size_t i = 0; is_labelled(source) && i < indices.size(); ++i)
            labels.push_back(source.label(indices[i]));
    return labels;
}

} // namespace pith::train

#endif
