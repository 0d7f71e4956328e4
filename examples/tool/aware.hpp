// SPDX-License-Identifier: MIT
#ifndef PITH_EXAMPLES_TOOL_AWARE_HPP
#define PITH_EXAMPLES_TOOL_AWARE_HPP
/// Few bits by training: a float network goes on learning in codes, and keeps them.

#include <string>
#include <utility>

#include "pith/quantize/aware_training.hpp"
#include "train.hpp"

namespace tool {

/// Fine-tuning: small steps, from the trained network to the end of a cosine.
[[nodiscard]] inline train_options aware_defaults() {
    train_options o;
    o.epochs = 0;
    o.decay = 1e-4;
    o.schedule = "cosine";
    return o;
}

/// What `--weights` and `--activations` ask for.
struct code_options {
    std::string weights = "lsq4";
    std::string activations = "lsq4";
};

[[nodiscard]] inline pith::result<pith::quantize::aware_training> quantizers_of(const code_options& o) {
    const auto weights = pith::quantize::parse_weight_quantizer(o.weights);
    if (!weights)
        return weights.error();
    const auto activations = pith::quantize::parse_activation_quantizer(o.activations);
    if (!activations)
        return activations.error();
    return pith::quantize::aware_training{*weights, *activations};
}

/// EWGS's bounds want Adam and steps far below those of the weights.
[[nodiscard]] inline learning learning_of(const code_options& codes) {
    if (codes.weights.starts_with("ewgs") || codes.activations.starts_with("ewgs"))
        return {.optimizer = "adam", .rate = 1e-3, .range_rate = 0.01, .coupled = true};
    return {.rate = 0.02};
}

/// What a trainer learned, with eight bits everywhere else.
[[nodiscard]] inline pith::result<pith::graph<float>>
committed(pith::train::trainer<float>& t, const pith::io::dataset& data, std::size_t count = 256) {
    const auto samples = pith::io::samples_of(data, t.network_tape().input_dims());
    return pith::quantize::commit_aware(t.network_tape(), {.calibration = samples, .samples = count});
}

/// Trains `g`, normalisations and all, in codes, and commits what it learned.
[[nodiscard]] inline pith::result<pith::graph<float>>
trained_in_codes(pith::graph<float> g, const code_options& codes, const train_options& o) {
    const auto data = labelled_data(o.data, o, g);
    if (!data)
        return data.error();
    const auto validation = labelled_data(o.validation.empty() ? o.data : o.validation, o, g);
    if (!validation)
        return validation.error();
    const auto options = trainer_of(o, learning_of(codes));
    if (!options)
        return options.error();
    const auto quantizers = quantizers_of(codes);
    if (!quantizers)
        return quantizers.error();
    auto net = (*quantizers)(std::move(g));
    if (!net)
        return net.error();
    auto t =
        pith::train::trainer<float>::make(std::move(net->network), *options, {}, std::move(net->quantized));
    if (!t)
        return t.error();
    const auto last = fit_as_told(*t, *data, *validation, o);
    if (!last)
        return last.error();
    PITH_TRY(t->reestimate_statistics(*data, 50));
    return committed(*t, *data);
}

} // namespace tool

#endif
