// SPDX-License-Identifier: MIT
#ifndef PITH_TRAIN_MODELS_HPP
#define PITH_TRAIN_MODELS_HPP
/// Networks to train, with fresh weights. All end in logits; images are [1, height, width, channels].

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "../base/result.hpp"
#include "../graph/builder.hpp"
#include "../graph/graph.hpp"
#include "initialize.hpp"

namespace pith::train {

namespace detail {

/// Convolution without bias, batch_norm and, unless told otherwise, a rectifier.
template <class T>
[[nodiscard]] value_id conv_norm(graph_builder<T>& b, value_id x, conv_options o, bool rectify = true) {
    o.bias = false;
    const value_id y = b.normalize(b.conv(x, o));
    return rectify ? b.relu(y) : y;
}

/// 3 x 3, padded by 1.
[[nodiscard]] inline conv_options three_by_three(std::int64_t out, std::uint32_t stride = 1) {
    return {.out = out, .strides = {stride, stride}, .pads = {1, 1, 1, 1}};
}
[[nodiscard]] inline conv_options pointwise(std::int64_t out, std::uint32_t stride = 1) {
    return {.out = out, .kernel = {1, 1}, .strides = {stride, stride}};
}

template <class T>
[[nodiscard]] result<graph<T>> finish(graph_builder<T>& b, value_id logits, std::uint64_t seed) {
    auto g = std::move(b).finish({logits});
    if (!g)
        return g.error();
    return initialize{.seed = seed}(*std::move(g));
}

} // namespace detail

/// Fully connected layers with rectifiers between them.
struct mlp {
    shape input{1, 28, 28, 1};
    std::vector<std::int64_t> hidden{300, 100};
    std::int64_t classes = 10;

    template <class T>
    [[nodiscard]] result<graph<T>> build(std::uint64_t seed) const {
        graph_builder<T> b;
        value_id x = b.flatten(b.input(input));
        for (const auto width : hidden)
            x = b.relu(b.fully_connected(x, width));
        return detail::finish(b, b.fully_connected(x, classes), seed);
    }
};

/// LeNet-5 as Caffe and the pruning papers have it: 431 thousand weights.
struct lenet5 {
    shape input{1, 28, 28, 1};
    std::array<std::int64_t, 3> widths{20, 50, 500};
    std::int64_t classes = 10;

    template <class T>
    [[nodiscard]] result<graph<T>> build(std::uint64_t seed) const {
        graph_builder<T> b;
        value_id x = b.max_pool(b.conv(b.input(input), {.out = widths[0], .kernel = {5, 5}}), 2);
        x = b.flatten(b.max_pool(b.conv(x, {.out = widths[1], .kernel = {5, 5}}), 2));
        x = b.relu(b.fully_connected(x, widths[2]));
        return detail::finish(b, b.fully_connected(x, classes), seed);
    }
};

/// Residual networks for 32 x 32 images (He et al., 2016): depth 6 n + 2 for three groups of n blocks; depth
/// 8 is MLPerf Tiny's. Where a block changes the size, its shortcut is a 1 x 1 convolution and a batch_norm.
struct resnet {
    std::int64_t depth = 20;
    std::int64_t width = 16;
    shape input{1, 32, 32, 3};
    std::int64_t classes = 10;

    template <class T>
    [[nodiscard]] result<graph<T>> build(std::uint64_t seed) const {
        if (depth < 8 || (depth - 2) % 6 != 0 || width < 1)
            return fault{errc::bad_option, "the depth of a residual network is 8, 14, 20, 26, 32, ..."};
        graph_builder<T> b;
        value_id x = detail::conv_norm(b, b.input(input), detail::three_by_three(width));
        for (std::int64_t group = 0; group < 3; ++group)
            for (std::int64_t i = 0; i < (depth - 2) / 6; ++i)
                x = block(b, x, width << group, group > 0 && i == 0 ? 2 : 1);
        return detail::finish(b, b.fully_connected(b.flatten(b.global_average(x)), classes), seed);
    }

private:
    template <class T>
    [[nodiscard]] static value_id block(graph_builder<T>& b, value_id x, std::int64_t out,
                                        std::uint32_t stride) {
        value_id y = detail::conv_norm(b, x, detail::three_by_three(out, stride));
        y = detail::conv_norm(b, y, detail::three_by_three(out), false);
        if (stride != 1)
            x = detail::conv_norm(b, x, detail::pointwise(out, stride), false);
        return b.relu(b.add(y, x));
    }
};

/// Six convolutions of 128 to 512 channels and one dense layer: the net of the binary-weight papers.
struct vgg_small {
    std::int64_t width = 128;
    shape input{1, 32, 32, 3};
    std::int64_t classes = 10;

    template <class T>
    [[nodiscard]] result<graph<T>> build(std::uint64_t seed) const {
        graph_builder<T> b;
        value_id x = b.input(input);
        for (std::int64_t group = 0; group < 3; ++group) {
            x = detail::conv_norm(b, x, detail::three_by_three(width << group));
            x = detail::conv_norm(b, x, detail::three_by_three(width << group));
            x = b.max_pool(x, 2);
        }
        return detail::finish(b, b.fully_connected(b.flatten(x), classes), seed);
    }
};

/// Depthwise separable keyword spotter of MLPerf Tiny.
struct ds_cnn {
    shape input{1, 49, 10, 1};
    std::int64_t width = 64;
    std::int64_t classes = 12;

    template <class T>
    [[nodiscard]] result<graph<T>> build(std::uint64_t seed) const {
        graph_builder<T> b;
        value_id x = detail::conv_norm(
            b, b.input(input), {.out = width, .kernel = {10, 4}, .strides = {2, 2}, .pads = {4, 1, 5, 1}});
        for (int i = 0; i < 4; ++i) {
            auto depthwise = detail::three_by_three(width);
            depthwise.groups = static_cast<std::uint32_t>(width);
            x = detail::conv_norm(b, detail::conv_norm(b, x, depthwise), detail::pointwise(width));
        }
        return detail::finish(b, b.fully_connected(b.flatten(b.global_average(x)), classes), seed);
    }
};

/// MobileNet, first version; `percent` is the width multiplier, 25 that of MLPerf Tiny's visual wake words.
struct mobilenet_v1 {
    shape input{1, 96, 96, 3};
    std::int64_t percent = 25;
    std::int64_t classes = 2;

    template <class T>
    [[nodiscard]] result<graph<T>> build(std::uint64_t seed) const {
        constexpr std::array<std::pair<std::int64_t, std::uint32_t>, 13> blocks{{{64, 1},
                                                                                 {128, 2},
                                                                                 {128, 1},
                                                                                 {256, 2},
                                                                                 {256, 1},
                                                                                 {512, 2},
                                                                                 {512, 1},
                                                                                 {512, 1},
                                                                                 {512, 1},
                                                                                 {512, 1},
                                                                                 {512, 1},
                                                                                 {1024, 2},
                                                                                 {1024, 1}}};
        const auto scaled = [&](std::int64_t channels) {
            return channels * percent / 100 > 8 ? channels * percent / 100 : 8;
        };
        graph_builder<T> b;
        value_id x = detail::conv_norm(b, b.input(input), detail::three_by_three(scaled(32), 2));
        std::int64_t in = scaled(32);
        for (const auto& [out, stride] : blocks) {
            auto depthwise = detail::three_by_three(in, stride);
            depthwise.groups = static_cast<std::uint32_t>(in);
            in = scaled(out);
            x = detail::conv_norm(b, detail::conv_norm(b, x, depthwise), detail::pointwise(in));
        }
        return detail::finish(b, b.fully_connected(b.flatten(b.global_average(x)), classes), seed);
    }
};

/// A network by the name the command line knows it by: lenet5, mlp, resnet8, resnet20, resnet32, resnet56,
/// vgg-small, ds-cnn, mobilenet-v1.
/// @param classes 0: as many as the model is known with
/// @param input [1, height, width, channels]; rank 0: that the model is known with
template <class T>
[[nodiscard]] result<graph<T>> build_model(std::string_view name, std::uint64_t seed = 1,
                                           std::int64_t classes = 0, const shape& input = {}) {
    const auto made = [&](auto model) {
        if (classes > 0)
            model.classes = classes;
        if (input.rank() > 0)
            model.input = input;
        return model.template build<T>(seed);
    };
    if (name == "lenet5")
        return made(lenet5{});
    if (name == "mlp")
        return made(mlp{});
    for (const auto& [of, depth] : {std::pair<std::string_view, std::int64_t>{"resnet8", 8},
                                    {"resnet20", 20},
                                    {"resnet32", 32},
                                    {"resnet56", 56}})
        if (name == of)
            return made(resnet{.depth = depth});
    if (name == "vgg-small")
        return made(vgg_small{});
    if (name == "ds-cnn")
        return made(ds_cnn{});
    if (name == "mobilenet-v1")
        return made(mobilenet_v1{});
    return fault{errc::bad_option,
                 "the models are lenet5, mlp, resnet8, resnet20, resnet32, resnet56, vgg-small, ds-cnn and "
                 "mobilenet-v1",
                 name};
}

} // namespace pith::train

#endif
