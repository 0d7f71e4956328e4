// SPDX-License-Identifier: MIT
#ifndef PITH_TRAIN_BATCH_HPP
#define PITH_TRAIN_BATCH_HPP
/// batch<T>: what a loss sees of the samples that a network has just run forward on.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "../base/shape.hpp"
#include "rows.hpp"

namespace pith::train {

/// One class per sample.
using labels_view = std::span<const std::int32_t>;

/// An input or output of the network, [samples, ...].
template <class T>
struct batch_value {
    shape dims{};
    std::span<T> value{};
    /// Of an output: the derivative of the loss by each of its elements, written by the loss; 0 before. Of an
    /// input: empty.
    std::span<T> gradient{};

    /// One row per sample.
    [[nodiscard]] rows<const T> value_rows() const { return {value, columns()}; }
    [[nodiscard]] rows<T> gradient_rows() const { return {gradient, columns()}; }

private:
    [[nodiscard]] std::size_t columns() const {
        return dims.rank() == 0 || dims[0] == 0 ? 1 : value.size() / static_cast<std::size_t>(dims[0]);
    }
};

template <class T>
struct batch {
    std::vector<batch_value<T>> inputs{};
    std::vector<batch_value<T>> outputs{};
    labels_view labels{};                     ///< one per sample; empty where the source has none
    std::span<const std::uint32_t> indices{}; ///< of the samples in their source
    /// Of the samples, the first that count: what fills up the last batch of an evaluation does not.
    std::size_t count = 0;

    [[nodiscard]] std::size_t samples() const noexcept { return indices.size(); }
};

} // namespace pith::train

#endif
