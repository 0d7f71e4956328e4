// SPDX-License-Identifier: MIT
#ifndef PITH_EXAMPLES_GLYPHS_NET_HPP
#define PITH_EXAMPLES_GLYPHS_NET_HPP
/// A small convolutional network for data::glyphs, trained in seconds.
///
/// image [28, 28, 1], x / 255 -> conv 5x5-16 by 2 -> conv 3x3-32 -> max pool 2 -> conv 3x3-32 -> average pool
/// -> dense 10; a batch_norm and a relu behind each convolution.

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include <pith/base/result.hpp>
#include <pith/data/spec.hpp>
#include <pith/graph/builder.hpp>
#include <pith/graph/graph.hpp>
#include <pith/train/fit.hpp>
#include <pith/train/initialize.hpp>

namespace pith::examples {

/// The first images of a data set.
struct first_images {
    const data::dataset& all;
    std::size_t count;

    [[nodiscard]] std::size_t size() const { return count < all.size() ? count : all.size(); }
    [[nodiscard]] std::int32_t label(std::size_t i) const { return all.label(i); }
    [[nodiscard]] const shape& dims() const { return all.dims(); }
    void image(std::size_t i, std::span<float> out) const { all.image(i, out); }
};

/// Glyphs as inputs of the network: "glyphs-train" or "glyphs".
[[nodiscard]] inline result<data::dataset> glyph_images(std::string_view stream) {
    return data::open_dataset(stream, {.normalize = {false, {0.f}, {255.f}}, .image = {}, .permutation = {}});
}

struct glyphs_net {
    std::uint64_t seed = 1;
    std::size_t images = 3000;
    std::uint64_t epochs = 4;
    double rate = 0.2;

    [[nodiscard]] train::trainer_options options() const {
        return {.tape = {.batch = 50},
                .optimizer = train::sgd{.nesterov = true},
                .schedule = train::one_cycle_rate{},
                .rate = rate,
                .epochs = epochs,
                .seed = seed};
    }

    /// With fresh weights.
    [[nodiscard]] result<graph<float>> network() const {
        graph_builder<float> b;
        const auto layer = [&](value_id x, conv_options o) {
            o.bias = false;
            return b.relu(b.normalize(b.conv(x, o)));
        };
        value_id x = b.input({1, data::glyph_side, data::glyph_side, 1}, "image");
        x = layer(x, {.out = 16, .kernel = {5, 5}, .strides = {2, 2}, .pads = {2, 2, 2, 2}});
        x = b.max_pool(layer(x, {.out = 32, .pads = {1, 1, 1, 1}}), 2);
        x = layer(x, {.out = 32, .pads = {1, 1, 1, 1}});
        auto g =
            std::move(b).finish({b.fully_connected(b.flatten(b.global_average(x)), data::glyph_classes)});
        if (!g)
            return g.error();
        return train::initialize{.seed = seed}(*std::move(g));
    }

    /// Trained, its normalisations as they are.
    [[nodiscard]] result<graph<float>> fit() const {
        auto g = network();
        const auto data = glyph_images("glyphs-train");
        if (!g || !data)
            return !g ? g.error() : data.error();
        auto t = train::trainer<float>::make(*std::move(g), options());
        if (!t)
            return t.error();
        const first_images some{*data, images};
        if (const auto last = train::fit(*t, some, first_images{*data, 50}); !last)
            return last.error();
        return t->network();
    }
};

} // namespace pith::examples

#endif
