// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_GRAM_HPP
#define PITH_GRAPH_GRAM_HPP
/// Second moments of what a layer with weights reads and of what it ought to give: all that least squares
/// needs to know of the samples, however many there were.

#include <algorithm>
#include <cstddef>
#include <vector>

#include "../base/parallel.hpp"
#include "gemm.hpp"

namespace pith {

/// Of rows x that a layer reads (graph/layer_row.hpp) and y that it ought to give, over `rows` output
/// positions. The outputs of group g, outputs / groups of them from g * (outputs / groups) on, read rows of
/// their own.
struct gram {
    std::size_t rows = 0;
    std::size_t depth = 0; ///< weights of one output
    std::size_t outputs = 0;
    std::size_t groups = 1;
    std::vector<double> inputs{};         ///< [groups, depth, depth]: E[x x^T]
    std::vector<double> cross{};          ///< [outputs, depth]: E[y x^T]
    std::vector<double> output_squares{}; ///< [outputs]: E[y y]
    std::vector<double> input_means{};    ///< [groups, depth]: E[x]
    std::vector<double> output_means{};   ///< [outputs]: E[y]

    /// The group of channels that output `output` belongs to.
    [[nodiscard]] std::size_t group_of(std::size_t output) const noexcept {
        return output / (outputs / groups);
    }
    [[nodiscard]] const double* inputs_of(std::size_t group) const noexcept {
        return inputs.data() + group * depth * depth;
    }
    [[nodiscard]] const double* cross_of(std::size_t output) const noexcept {
        return cross.data() + output * depth;
    }
    [[nodiscard]] const double* input_means_of(std::size_t group) const noexcept {
        return input_means.data() + group * depth;
    }
};

/// Takes rows a few at a time; what it holds does not grow with them. The same bits for any number of
/// threads.
class gram_sums {
public:
    gram_sums(std::size_t depth, std::size_t outputs, std::size_t groups);

    /// @param in [groups, count, depth]
    /// @param target [count, outputs]
    template <class S>
    void add(std::size_t count, const S* in, const S* target);

    [[nodiscard]] std::size_t rows() const noexcept { return rows_; }
    /// The moments as they are.
    [[nodiscard]] gram moments() const { return made(false); }
    /// The moments of x - E[x] and y - E[y], for layers whose bias is chosen afterwards. The means stay.
    [[nodiscard]] gram centred() const { return made(true); }

private:
    static constexpr std::size_t at_a_time = 256; ///< rows: what a matrix product sums in one go
    static constexpr std::size_t block = 128;     ///< rows of sums_ that one thread makes

    [[nodiscard]] std::size_t in_group() const noexcept { return outputs_ / groups_; }
    /// Of (1, x): the columns of a group's sums.
    [[nodiscard]] std::size_t width() const noexcept { return 1 + depth_; }
    /// Of (1, x, y): the rows of a group's sums.
    [[nodiscard]] std::size_t height() const noexcept { return width() + in_group(); }

    template <class S>
    void lay_out(std::size_t first, std::size_t count, std::size_t all, const S* in, const S* target);
    void multiply(std::size_t count);
    [[nodiscard]] gram made(bool centred) const;

    std::size_t depth_;
    std::size_t outputs_;
    std::size_t groups_;
    std::size_t rows_ = 0;
    std::vector<double>
        sums_; ///< [groups, height, width] of (1, x, y) (1, x)^T; right of x's diagonal: zeros
    std::vector<double> squares_; ///< [outputs]
    std::vector<double> columns_; ///< [groups, height, rows]: (1, x, y) of the rows at hand
};

inline gram_sums::gram_sums(std::size_t depth, std::size_t outputs, std::size_t groups)
    : depth_(depth), outputs_(outputs), groups_(groups), sums_(groups * height() * width()),
      squares_(outputs) {}

template <class S>
void gram_sums::add(std::size_t count, const S* in, const S* target) {
    for (std::size_t first = 0; first < count; first += at_a_time) {
        const std::size_t some = std::min(at_a_time, count - first);
        lay_out(first, some, count, in, target);
        multiply(some);
    }
    rows_ += count;
}

/// Rows [first, first + count) of `all`, as columns.
template <class S>
void gram_sums::lay_out(std::size_t first, std::size_t count, std::size_t all, const S* in, const S* target) {
    columns_.resize(groups_ * height() * count);
    parallel_for(groups_, [&](std::size_t g) {
        double* to = columns_.data() + g * height() * count;
        std::fill_n(to, count, 1.);
        for (std::size_t r = 0; r < count; ++r) {
            const S* x = in + (g * all + first + r) * depth_;
            for (std::size_t d = 0; d < depth_; ++d)
                to[(1 + d) * count + r] = static_cast<double>(x[d]);
            const S* y = target + (first + r) * outputs_ + g * in_group();
            for (std::size_t o = 0; o < in_group(); ++o)
                to[(width() + o) * count + r] = static_cast<double>(y[o]);
        }
        for (std::size_t o = 0; o < in_group(); ++o)
            for (std::size_t r = 0; r < count; ++r)
                squares_[g * in_group() + o] += to[(width() + o) * count + r] * to[(width() + o) * count + r];
    });
}

/// Onto the sums, up to the diagonal.
inline void gram_sums::multiply(std::size_t count) {
    const std::size_t parts = (height() + block - 1) / block;
    parallel_for(groups_ * parts, [&](std::size_t i) {
        const std::size_t g = i / parts;
        const std::size_t first = i % parts * block;
        const std::size_t some = std::min(block, height() - first);
        const std::size_t across = std::min(first + some, width());
        const double* z = columns_.data() + g * height() * count;
        std::vector<double> products(some * across);
        gemm_nt<double>({some, across, count, count, count, across}, z + first * count, z, products.data());
        for (std::size_t r = 0; r < some; ++r) {
            double* to = sums_.data() + (g * height() + first + r) * width();
            for (std::size_t c = 0; c < across; ++c)
                to[c] += products[r * across + c];
        }
    });
}

inline gram gram_sums::made(bool centred) const {
    const double share = rows_ == 0 ? 0. : 1. / static_cast<double>(rows_);
    gram m{.rows = rows_, .depth = depth_, .outputs = outputs_, .groups = groups_};
    m.inputs.resize(groups_ * depth_ * depth_);
    m.cross.resize(outputs_ * depth_);
    m.output_squares.resize(outputs_);
    m.input_means.resize(groups_ * depth_);
    m.output_means.resize(outputs_);
    for (std::size_t g = 0; g < groups_; ++g) {
        const auto sum = [&](std::size_t row, std::size_t column) {
            return sums_[(g * height() + row) * width() + column] * share;
        };
        const auto moment = [&](std::size_t row, std::size_t column) {
            return centred ? sum(row, column) - sum(row, 0) * sum(column, 0) : sum(row, column);
        };
        for (std::size_t i = 0; i < depth_; ++i) {
            m.input_means[g * depth_ + i] = sum(1 + i, 0);
            for (std::size_t j = 0; j <= i; ++j)
                m.inputs[(g * depth_ + i) * depth_ + j] = m.inputs[(g * depth_ + j) * depth_ + i] =
                    moment(1 + i, 1 + j);
        }
        for (std::size_t i = 0; i < in_group(); ++i) {
            const std::size_t o = g * in_group() + i;
            const double mean = m.output_means[o] = sum(width() + i, 0);
            m.output_squares[o] = squares_[o] * share - (centred ? mean * mean : 0.);
            for (std::size_t j = 0; j < depth_; ++j)
                m.cross[o * depth_ + j] = moment(width() + i, 1 + j);
        }
    }
    return m;
}

/// E[(y - w x)^2] of one output with the weights w [depth].
[[nodiscard]] inline double squared_error(const gram& m, std::size_t output, const double* w) {
    const double* h = m.inputs_of(m.group_of(output));
    const double* g = m.cross_of(output);
    double sum = m.output_squares[output];
    for (std::size_t i = 0; i < m.depth; ++i) {
        if (w[i] == 0.)
            continue;
        double products = 0;
        for (std::size_t j = 0; j < m.depth; ++j)
            products += h[i * m.depth + j] * w[j];
        sum += w[i] * (products - 2. * g[i]);
    }
    return sum;
}

} // namespace pith

#endif
