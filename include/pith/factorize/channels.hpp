// SPDX-License-Identifier: MIT
#ifndef PITH_FACTORIZE_CHANNELS_HPP
#define PITH_FACTORIZE_CHANNELS_HPP
/// channels: a k x k convolution to few channels and a 1 x 1 convolution from there, in place of a k x k
/// convolution; two thin dense layers in place of a dense one.

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "../base/shape.hpp"
#include "../graph/layer/conv2d.hpp"
#include "low_rank.hpp"

namespace pith::factorize {

/// Weights [out, taps x in] as second [out, rank] times first [rank, taps x in].
struct channel_split {
    static constexpr bool takes_dense = true;

    /// Why a layer with weights of these sizes cannot be split; null: it can be.
    [[nodiscard]] static const char* refusal(const shape&) { return nullptr; }
    /// Columns of the first factor, and rows of the second.
    [[nodiscard]] static split_sizes sizes(const shape& w) {
        return {static_cast<std::size_t>(w.product(1, w.rank())), static_cast<std::size_t>(w[0])};
    }
    /// Output positions of the first half, of a layer that makes y of x.
    [[nodiscard]] static std::int64_t first_positions(const shape&, const shape& y) {
        return y.product(0, y.rank() - 1);
    }
    /// The weights as the matrix that is decomposed: [out, taps x in].
    [[nodiscard]] static std::vector<double> matrix(const shape&, std::vector<double> weights) {
        return weights;
    }
    /// Second moments of what the first half reads.
    [[nodiscard]] static std::vector<double> metric(const shape&, const std::vector<double>& h) { return h; }
    /// The two layers.
    [[nodiscard]] static std::pair<conv2d, conv2d> layers(const conv2d& whole) { return {whole, conv2d{}}; }
    /// Sizes of the two layers' weights.
    [[nodiscard]] static std::pair<shape, shape> dims(const shape& w, std::int64_t rank) {
        shape first = w;
        first[0] = rank;
        return {first, w.rank() == 2 ? shape{w[0], rank} : shape{w[0], 1, 1, rank}};
    }
};

/// Whitened channel decomposition (Zhang, Zou, He and Sun, "Accelerating very deep convolutional networks",
/// arXiv:1505.06798).
using channels = low_rank<channel_split>;

} // namespace pith::factorize

#endif
