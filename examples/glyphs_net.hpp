// SPDX-License-Identifier: MIT
#ifndef PITH_EXAMPLES_GLYPHS_NET_HPP
#define PITH_EXAMPLES_GLYPHS_NET_HPP
/// A small convolutional network for io::glyphs, fitted in seconds without gradients: its filters are patches
/// of training images and of the features below them, its last layer is the closed form of ridge regression.
///
/// image [28, 28, 1], x / 255 -> conv 5x5-16, relu, max pool 2 -> conv 3x3-32, relu, average pool 5 by 3
/// -> dense 10

#include <Eigen/Dense>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <pith/base/random.hpp>
#include <pith/base/result.hpp>
#include <pith/graph/builder.hpp>
#include <pith/graph/evaluate.hpp>
#include <pith/graph/graph.hpp>
#include <pith/io/glyphs.hpp>

namespace pith::examples {

struct glyphs_net {
    std::uint64_t seed = 1;    ///< of the training stream and of the choice of patches
    std::size_t images = 3000; ///< the last layer is fitted to
    std::size_t patches = 6000;
    std::array<std::int64_t, 2> filters{16, 32};
    float ridge = 0.1f; ///< times the mean of the features' squares

    [[nodiscard]] result<graph<float>> fit() const;
};

namespace detail {

using matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// Images [first, first + count) of a stream as x / 255, and their classes.
struct glyph_batch {
    any_tensors<float> images;
    std::vector<std::uint32_t> labels;
};

[[nodiscard]] inline glyph_batch draw_batch(const io::glyphs& stream, std::size_t first, std::size_t count) {
    constexpr std::int64_t side = io::glyph_side;
    tensor<float> x(shape{static_cast<std::int64_t>(count), side, side, 1});
    glyph_batch batch;
    std::vector<std::uint8_t> raw(io::glyph_pixels);
    for (std::size_t i = 0; i < count; ++i) {
        stream.draw(first + i, raw);
        batch.labels.push_back(stream.label(first + i));
        for (std::size_t p = 0; p < raw.size(); ++p)
            x[i * raw.size() + p] = static_cast<float>(raw[p]) / 255.f;
    }
    batch.images.emplace_back(std::move(x));
    return batch;
}

/// What an unfinished network computes at `top`.
[[nodiscard]] inline result<tensor<float>> features_at(graph_builder<float> net, value_id top,
                                                       const any_tensors<float>& images) {
    const auto g = std::move(net).finish({top});
    if (!g)
        return g.error();
    auto out = evaluate(*g, images);
    if (!out)
        return out.error();
    return std::get<0>(std::move((*out)[0]));
}

/// Random square patches of images [n, h, w, c], one per row.
[[nodiscard]] inline matrix sample_patches(const tensor<float>& x, std::int64_t side, std::size_t count,
                                           random_bits& random) {
    const shape& s = x.dims();
    const auto below = [&](std::int64_t n) -> std::int64_t {
        return random.below(static_cast<std::uint64_t>(n));
    };
    matrix out(static_cast<Eigen::Index>(count), side * side * s[3]);
    for (Eigen::Index p = 0; p < out.rows(); ++p) {
        const std::int64_t image = below(s[0]);
        const std::int64_t top = below(s[1] - side + 1);
        const std::int64_t left = below(s[2] - side + 1);
        for (std::int64_t i = 0; i < side; ++i) {
            const std::int64_t from = ((image * s[1] + top + i) * s[2] + left) * s[3];
            std::copy_n(x.data().data() + from, side * s[3], out.row(p).data() + i * side * s[3]);
        }
    }
    return out;
}

/// Weights [filters, side, side, channels] and biases.
struct filter_bank {
    tensor<float> weights;
    tensor<float> bias;
};

/// Filters are centered patches, each rather unlike those before it, scaled so that responses have deviation
/// 1, with a bias that lets a quarter of all patches through the relu behind it.
[[nodiscard]] inline filter_bank patch_filters(const matrix& patches, const shape& weights_shape,
                                               random_bits& random) {
    const Eigen::RowVectorXf mean = patches.colwise().mean();
    const matrix centered = patches.rowwise() - mean;
    const matrix directions = centered.rowwise().normalized();
    const auto any = [&]() -> Eigen::Index {
        return random.below(static_cast<std::uint64_t>(patches.rows()));
    };
    filter_bank bank{tensor<float>(weights_shape), tensor<float>(shape{weights_shape[0]})};
    Eigen::VectorXf likeness = Eigen::VectorXf::Constant(patches.rows(), -1.f);
    Eigen::Index pick = any();
    for (std::int64_t f = 0; f < weights_shape[0]; ++f) {
        const Eigen::RowVectorXf direction = directions.row(pick);
        Eigen::VectorXf response = centered * direction.transpose();
        const float deviation = response.norm() / std::sqrt(static_cast<float>(response.size())) + 1e-6f;
        float* const quarter = response.data() + response.size() * 3 / 4;
        std::nth_element(response.data(), quarter, response.data() + response.size());
        bank.bias[static_cast<std::size_t>(f)] = (-mean.dot(direction) - *quarter) / deviation;
        Eigen::Map<Eigen::RowVectorXf>(bank.weights.data().data() + f * direction.size(), direction.size()) =
            direction / deviation;
        // The least like the others among a few: the least like them of all would be outliers.
        likeness = likeness.cwiseMax(directions * direction.transpose());
        pick = any();
        for (int candidate = 0; candidate < 20; ++candidate) {
            const Eigen::Index other = any();
            pick = likeness[other] < likeness[pick] ? other : pick;
        }
    }
    return bank;
}

/// Dense weights and biases [10, depth], [10] that tell the classes from features, a batch at a time.
class ridge_regression {
public:
    explicit ridge_regression(Eigen::Index depth)
        : gram_(Eigen::MatrixXf::Zero(depth + 1, depth + 1)),
          moments_(Eigen::MatrixXf::Zero(depth + 1, classes)) {}

    void observe(const tensor<float>& features, const std::vector<std::uint32_t>& labels) {
        const Eigen::Index depth = gram_.rows() - 1;
        const auto count = static_cast<Eigen::Index>(labels.size());
        matrix x(count, depth + 1); // the last feature is 1: its weights are the biases
        x.leftCols(depth) = Eigen::Map<const matrix>(features.data().data(), count, depth);
        x.col(depth).setOnes();
        matrix y = matrix::Zero(count, classes);
        for (Eigen::Index i = 0; i < count; ++i)
            y(i, labels[static_cast<std::size_t>(i)]) = 1.f;
        gram_.selfadjointView<Eigen::Lower>().rankUpdate(x.transpose());
        moments_ += x.transpose() * y;
    }
    [[nodiscard]] filter_bank solve(float ridge) {
        const Eigen::Index depth = gram_.rows() - 1;
        gram_.diagonal().array() += ridge * gram_.diagonal().mean();
        const Eigen::MatrixXf solution = gram_.selfadjointView<Eigen::Lower>().llt().solve(moments_);
        filter_bank out{tensor<float>(shape{classes, depth}), tensor<float>(shape{classes})};
        Eigen::Map<matrix>(out.weights.data().data(), classes, depth) = solution.topRows(depth).transpose();
        Eigen::Map<Eigen::RowVectorXf>(out.bias.data().data(), classes) = solution.row(depth);
        return out;
    }

private:
    static constexpr Eigen::Index classes = io::glyph_classes;
    Eigen::MatrixXf gram_;
    Eigen::MatrixXf moments_;
};

} // namespace detail

inline result<graph<float>> glyphs_net::fit() const {
    const io::glyphs stream{seed, true};
    random_bits random(seed);
    graph_builder<float> net;
    value_id top = net.input(shape{1, io::glyph_side, io::glyph_side, 1}, "image");
    const auto sample = detail::draw_batch(stream, 0, 300);
    for (std::size_t block = 0; block < filters.size(); ++block) {
        const auto below = detail::features_at(net, top, sample.images);
        if (!below)
            return below.error();
        const std::int64_t side = block == 0 ? 5 : 3;
        const auto edge = static_cast<std::uint32_t>(side / 2);
        auto bank = detail::patch_filters(detail::sample_patches(*below, side, patches, random),
                                          shape{filters[block], side, side, below->dims().back()}, random);
        const std::string name = "conv" + std::to_string(block + 1);
        const value_id weights = net.constant(std::move(bank.weights), name + ".weights");
        const value_id bias = net.constant(std::move(bank.bias), name + ".bias");
        top = net.relu(net.add_node(conv2d{.pads = {edge, edge, edge, edge}}, {top, weights, bias}));
        top = block == 0
                  ? net.max_pool(top, 2)
                  : net.add_node(pool2d{.op = pool_op::average, .kernel = {5, 5}, .strides = {3, 3}}, {top});
    }
    top = net.flatten(top);
    if (top == no_value)
        return std::move(net).finish({top});

    detail::ridge_regression last(net[top].dims.back());
    constexpr std::size_t batch = 100;
    for (std::size_t first = 0; first < images; first += batch) {
        const auto drawn = detail::draw_batch(stream, first, std::min(batch, images - first));
        const auto features = detail::features_at(net, top, drawn.images);
        if (!features)
            return features.error();
        last.observe(*features, drawn.labels);
    }
    auto solution = last.solve(ridge);
    const value_id weights = net.constant(std::move(solution.weights), "dense.weights");
    const value_id bias = net.constant(std::move(solution.bias), "dense.bias");
    top = net.add_node(dense{}, {top, weights, bias});
    return std::move(net).finish({top});
}

} // namespace pith::examples

#endif
