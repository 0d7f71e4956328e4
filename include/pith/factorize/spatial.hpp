// SPDX-License-Identifier: MIT
#ifndef PITH_FACTORIZE_SPATIAL_HPP
#define PITH_FACTORIZE_SPATIAL_HPP
/// spatial: a convolution of one column (3 x 1) and one of one row (1 x 3) in place of a square one (3 x 3).

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "../base/shape.hpp"
#include "../graph/layer/conv2d.hpp"
#include "low_rank.hpp"

namespace pith::factorize {

/// Weights [out, kh, kw, in] as second [(out, kw), rank] times first [rank, (kh, in)]. The first half has the
/// stride, padding and dilation of the height, the second half those of the width.
struct spatial_split {
    static constexpr bool takes_dense = false;

    /// Why a layer with weights of these sizes cannot be split; null: it can be.
    [[nodiscard]] static const char* refusal(const shape& w) {
        return w[1] > 1 && w[2] > 1 ? nullptr : "its kernel has one row or one column";
    }
    /// Columns of the first factor, and rows of the second.
    [[nodiscard]] static split_sizes sizes(const shape& w) {
        return {static_cast<std::size_t>(w[1] * w[3]), static_cast<std::size_t>(w[0] * w[2])};
    }
    /// Output positions of the first half, of a layer that makes y of x.
    [[nodiscard]] static std::int64_t first_positions(const shape& x, const shape& y) {
        return y[0] * y[1] * x[2];
    }
    /// The weights as the matrix that is decomposed: [(out, kw), (kh, in)].
    [[nodiscard]] static std::vector<double> matrix(const shape& w, const std::vector<double>& weights);
    /// What the first half reads: moments of one column of the window, on average over its columns.
    [[nodiscard]] static std::vector<double> metric(const shape& w, const std::vector<double>& h);
    /// The two layers.
    [[nodiscard]] static std::pair<conv2d, conv2d> layers(const conv2d& c) {
        return {conv2d{{c.strides[0], 1}, {c.pads[0], 0, c.pads[2], 0}, {c.dilations[0], 1}, 1},
                conv2d{{1, c.strides[1]}, {0, c.pads[1], 0, c.pads[3]}, {1, c.dilations[1]}, 1}};
    }
    /// Sizes of the two layers' weights.
    [[nodiscard]] static std::pair<shape, shape> dims(const shape& w, std::int64_t rank) {
        return {shape{rank, w[1], 1, w[3]}, shape{w[0], 1, w[2], rank}};
    }
};

inline std::vector<double> spatial_split::matrix(const shape& w, const std::vector<double>& weights) {
    const auto size = [&](std::size_t axis) { return static_cast<std::size_t>(w[axis]); };
    std::vector<double> m(weights.size());
    std::size_t from = 0;
    for (std::size_t o = 0; o < size(0); ++o)
        for (std::size_t y = 0; y < size(1); ++y)
            for (std::size_t x = 0; x < size(2); ++x)
                for (std::size_t c = 0; c < size(3); ++c)
                    m[((o * size(2) + x) * size(1) + y) * size(3) + c] = weights[from++];
    return m;
}

inline std::vector<double> spatial_split::metric(const shape& w, const std::vector<double>& h) {
    const auto rows = static_cast<std::size_t>(w[1]);
    const auto columns = static_cast<std::size_t>(w[2]);
    const auto in = static_cast<std::size_t>(w[3]);
    const std::size_t depth = rows * columns * in;
    std::vector<double> mean(rows * in * rows * in);
    for (std::size_t i = 0; i < rows * in; ++i)
        for (std::size_t j = 0; j < rows * in; ++j) {
            double sum = 0;
            for (std::size_t x = 0; x < columns; ++x) {
                const auto at = [&](std::size_t k) { return (k / in * columns + x) * in + k % in; };
                sum += h[at(i) * depth + at(j)];
            }
            mean[i * rows * in + j] = sum / static_cast<double>(columns);
        }
    return mean;
}

/// Separable filters of low rank (Jaderberg, Vedaldi and Zisserman, "Speeding up convolutional neural
/// networks with low rank expansions", arXiv:1405.3866, scheme 2).
using spatial = low_rank<spatial_split>;

} // namespace pith::factorize

#endif
