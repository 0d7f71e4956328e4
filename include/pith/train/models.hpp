// SPDX-License-Identifier: MIT
#ifndef PITH_TRAIN_MODELS_HPP
#define PITH_TRAIN_MODELS_HPP
/// Networks to train, with fresh weights, by name. All end in logits; images are [1, height, width,
/// channels].

#include <cstdint>
#include <string_view>
#include <utility>

#include "../base/result.hpp"
#include "../base/shape.hpp"
#include "../graph/graph.hpp"
#include "models/ds_cnn.hpp"
#include "models/lenet5.hpp"
#include "models/mlp.hpp"
#include "models/mobilenet_v1.hpp"
#include "models/resnet.hpp"
#include "models/vgg_small.hpp"

namespace pith::train {

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
