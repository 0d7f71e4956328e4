// SPDX-License-Identifier: MIT
#ifndef PITH_EXAMPLES_TOOL_AWARE_HPP
#define PITH_EXAMPLES_TOOL_AWARE_HPP
/// Few bits by training: a float network goes on learning in codes, and keeps them.

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "pith/quantize/aware.hpp"
#include "pith/quantize/commit.hpp"
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

/// The options `--weights`, `--activations` and `--first-last-weights`.
struct code_options {
    std::string weights = "lsq4";
    std::string activations = "lsq4";
    std::string first_last{}; ///< empty: 8 bits when all is learned
    std::uint64_t curvature_every = 0;
};

[[nodiscard]] inline bool has_ewgs(const code_options& o) {
    return o.weights.starts_with("ewgs") || o.activations.starts_with("ewgs") ||
           o.first_last.starts_with("ewgs");
}

/// "lsq4,lsq2" are two trainings, the second of what the first has learned.
[[nodiscard]] inline pith::result<std::vector<code_options>> steps_of(const code_options& o) {
    const auto weights = pith::data::split_at_commas(o.weights);
    auto activations = pith::data::split_at_commas(o.activations);
    if (activations.size() == 1)
        activations.resize(weights.size(), activations[0]);
    if (activations.size() != weights.size())
        return pith::fault{pith::errc::bad_option,
                           "--activations lists one quantizer, or one for each of --weights", o.activations};
    std::vector<code_options> steps;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        steps.push_back({weights[i], activations[i], o.first_last, 0});
        if (has_ewgs(steps[i]))
            steps[i].curvature_every = o.curvature_every;
    }
    if (o.curvature_every != 0 && std::ranges::none_of(steps, has_ewgs))
        return pith::fault{pith::errc::bad_option,
                           "--curvature-every adapts ewgs, which no weights or activations have", o.weights};
    return steps;
}

/// `parsed`; a refusal says which of the names of the list may have been meant.
template <class Parsed, class List>
[[nodiscard]] Parsed or_near_name(const Parsed& parsed, const std::string& given, const List& known) {
    return parsed ? parsed
                  : Parsed(unknown_name(parsed.error().what, given, pith::quantize::names_of(known)));
}
[[nodiscard]] inline auto weight_quantizer(const std::string& name) {
    return or_near_name(pith::quantize::parse_weight_quantizer(name), name,
                        pith::quantize::weight_quantizers());
}
[[nodiscard]] inline auto activation_quantizer(const std::string& name) {
    return or_near_name(pith::quantize::parse_activation_quantizer(name), name,
                        pith::quantize::activation_quantizers());
}

[[nodiscard]] inline pith::result<pith::quantize::aware> quantizers_of(const code_options& o) {
    const auto weights = weight_quantizer(o.weights);
    if (!weights)
        return weights.error();
    const auto activations = activation_quantizer(o.activations);
    if (!activations)
        return activations.error();
    pith::quantize::aware all{*weights, *activations};
    if (!o.first_last.empty()) {
        const auto outer = weight_quantizer(o.first_last);
        if (!outer)
            return outer.error();
        all.first_last = *outer;
    }
    return all;
}

/// EWGS's bounds want Adam and steps far below those of the weights.
[[nodiscard]] inline learning learning_of(const code_options& codes) {
    if (has_ewgs(codes))
        return {.optimizer = "adam", .rate = 1e-3, .range_rate = 0.01, .coupled = true};
    return {.rate = 0.02};
}

/// What a trainer learned, with eight bits everywhere else.
[[nodiscard]] inline pith::result<pith::graph<float>>
committed(pith::train::trainer<float>& t, const pith::data::dataset& data, std::size_t count = 256) {
    const auto samples = pith::data::samples_of(data, t.network_tape().input_dims());
    return pith::quantize::commit{{.calibration = samples, .samples = count}}(t.network());
}

/// A trainer of `g` in codes, at its beginning.
[[nodiscard]] inline pith::result<pith::train::trainer<float>>
trainer_in_codes(pith::graph<float> g, const code_options& codes, const pith::train::trainer_options& o) {
    const auto quantizers = quantizers_of(codes);
    if (!quantizers)
        return quantizers.error();
    auto net = (*quantizers)(std::move(g));
    if (!net)
        return net.error();
    return pith::train::trainer<float>::make(*std::move(net), o);
}

/// The same when it has come to its last epoch.
[[nodiscard]] inline pith::result<pith::train::trainer<float>>
learned_in_codes(pith::graph<float> g, const code_options& codes, const pith::data::dataset& data,
                 const pith::data::dataset& validation, const train_options& o) {
    const auto options = trainer_of(o, learning_of(codes));
    if (!options)
        return options.error();
    auto t = trainer_in_codes(std::move(g), codes, *options);
    if (!t)
        return t.error();
    const auto last = fit_as_told(*t, data, validation, o, codes.curvature_every);
    if (!last)
        return last.error();
    return t;
}

/// The options of one of several trainings: every one but the last keeps a checkpoint of its own, FILE.1,
/// FILE.2, ...; those behind the first that has none begin anew.
[[nodiscard]] inline train_options options_of_step(const train_options& o, std::size_t step, bool last) {
    auto own = o;
    if (!last && !o.checkpoint.empty())
        own.checkpoint += "." + std::to_string(step + 1);
    own.resume = o.resume && (step == 0 || std::filesystem::exists(own.checkpoint));
    return own;
}

/// Trains `g`, normalisations and all, in codes, step by step, and commits what it learned.
[[nodiscard]] inline pith::result<pith::graph<float>>
trained_in_codes(pith::graph<float> g, const code_options& codes, const train_options& o) {
    const auto data = labelled_data(o.data, o, g);
    if (!data)
        return data.error();
    PITH_TRY(check_batch(o, *data));
    const auto validation = labelled_data(o.validation.empty() ? o.data : o.validation, o, g);
    if (!validation)
        return validation.error();
    const auto steps = steps_of(codes);
    if (!steps)
        return steps.error();
    for (std::size_t i = 0;; ++i) {
        const bool last = i + 1 == steps->size();
        auto t = learned_in_codes(std::move(g), (*steps)[i], *data, *validation, options_of_step(o, i, last));
        if (!t)
            return t.error();
        if (!last) {
            g = t->network();
            continue;
        }
        PITH_TRY(t->reestimate_statistics(*data, 50));
        return committed(*t, *data);
    }
}

} // namespace tool

#endif
