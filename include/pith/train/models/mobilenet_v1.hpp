// SPDX-License-Identifier: MIT
#ifndef PITH_TRAIN_MODELS_MOBILENET_V1_HPP
#define PITH_TRAIN_MODELS_MOBILENET_V1_HPP
/// MobileNet to train.

#include <array>
#include <cstdint>
#include <utility>

#include "../../base/result.hpp"
#include "../../graph/builder.hpp"
#include "../../graph/graph.hpp"
#include "blocks.hpp"

namespace pith::train {

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

} // namespace pith::train

#endif
