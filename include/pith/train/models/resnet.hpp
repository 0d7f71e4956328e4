// SPDX-License-Identifier: MIT
#ifndef PITH_TRAIN_MODELS_RESNET_HPP
#define PITH_TRAIN_MODELS_RESNET_HPP
/// Residual networks to train.

#include <cstdint>

#include "../../base/result.hpp"
#include "../../graph/builder.hpp"
#include "../../graph/graph.hpp"
#include "blocks.hpp"

namespace pith::train {

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

} // namespace pith::train

#endif
