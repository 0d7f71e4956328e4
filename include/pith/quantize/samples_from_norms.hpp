// SPDX-License-Identifier: MIT
#ifndef PITH_QUANTIZE_SAMPLES_FROM_NORMS_HPP
#define PITH_QUANTIZE_SAMPLES_FROM_NORMS_HPP
/// samples_from_norms: samples for calibration where there are no data. Noise is changed until the network's
/// batch normalisations see in it the means and deviations that they remember of their training (Cai et al.,
/// "ZeroQ", 2020).

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include "../base/random.hpp"
#include "../base/result.hpp"
#include "../graph/edit.hpp"
#include "../graph/graph.hpp"
#include "../graph/samples.hpp"
#include "../train/optimizer.hpp"
#include "../train/tape.hpp"

namespace pith::quantize {

/// Run on a network with one input, before its normalisations are folded. The same samples for the same seed.
struct samples_from_norms {
    std::size_t samples = 128;
    std::int64_t batch = 32; ///< samples whose statistics are taken together
    std::size_t steps = 500; ///< of Adam
    double rate = 0.5;       ///< of Adam, in deviations of the noise at the beginning
    std::uint64_t seed = 1;

    template <class T, class Layers>
    [[nodiscard]] result<std::vector<any_tensors<float>>> operator()(const graph<T, Layers>& g) const;
};

namespace detail {

/// What one normalisation remembers of the value it reads.
struct remembered_statistics {
    std::vector<double> mean;
    std::vector<double> deviation;
    std::vector<double> unit; ///< that errors are counted in: the deviation, or a tenth of the layer's own
};

template <class T>
[[nodiscard]] remembered_statistics statistics_in(const tensor<T>& mean, const tensor<T>& variance,
                                                  double epsilon) {
    remembered_statistics s;
    double squares = 0;
    for (std::size_t c = 0; c < mean.size(); ++c) {
        const double v = std::max(0., static_cast<double>(variance[c])) + epsilon;
        s.mean.push_back(static_cast<double>(mean[c]));
        s.deviation.push_back(std::sqrt(v));
        squares += v / static_cast<double>(mean.size());
    }
    for (const double d : s.deviation)
        s.unit.push_back(std::max(d, 0.1 * std::sqrt(squares)));
    return s;
}

/// Mean over the channels of the squared errors of mean and deviation.
/// @param x [elements / channels, channels]
/// @param gradient of that, as long as x
template <class T>
[[nodiscard]] double statistics_error(const remembered_statistics& s, std::span<const T> x,
                                      std::span<T> gradient) {
    const std::size_t channels = s.mean.size();
    const std::size_t count = x.size() / channels;
    const auto share = 1. / static_cast<double>(count);
    double sum = 0;
    for (std::size_t c = 0; c < channels; ++c) {
        double mean = 0;
        for (std::size_t i = c; i < x.size(); i += channels)
            mean += static_cast<double>(x[i]) * share;
        double variance = 1e-12;
        for (std::size_t i = c; i < x.size(); i += channels)
            variance += (static_cast<double>(x[i]) - mean) * (static_cast<double>(x[i]) - mean) * share;
        const double deviation = std::sqrt(variance);
        const double of_mean = (mean - s.mean[c]) / s.unit[c];
        const double of_deviation = (deviation - s.deviation[c]) / s.unit[c];
        sum += of_mean * of_mean + of_deviation * of_deviation;
        const double factor = 2. * share / (s.unit[c] * static_cast<double>(channels));
        for (std::size_t i = c; i < x.size(); i += channels)
            gradient[i] = static_cast<T>(
                factor * (of_mean + of_deviation * (static_cast<double>(x[i]) - mean) / deviation));
    }
    return sum / static_cast<double>(channels);
}

/// A network that ends at what its normalisations read, and what these remember.
template <class T, class Layers>
struct norm_watch {
    graph<T, Layers> network;
    std::vector<remembered_statistics> remembered; ///< one of every output

    /// Normalisations of the network's inputs themselves are left out.
    [[nodiscard]] static norm_watch of(graph<T, Layers> g) {
        norm_watch w;
        std::vector<value_id> seen;
        for (const auto& n : g.nodes) {
            const auto* norm = layer_of<batch_norm>(n);
            if (norm == nullptr || n.inputs.size() != 5 || g[n.inputs[0]].is_constant())
                continue;
            const auto* mean = g[n.inputs[3]].reals();
            const auto* variance = g[n.inputs[4]].reals();
            const auto is = [&](const std::vector<value_id>& list) {
                return std::find(list.begin(), list.end(), n.inputs[0]) != list.end();
            };
            if (mean == nullptr || variance == nullptr || is(g.inputs) || is(seen))
                continue;
            seen.push_back(n.inputs[0]);
            w.remembered.push_back(statistics_in(*mean, *variance, norm->epsilon));
        }
        g.outputs = seen;
        g.output_layouts.assign(seen.size(), {});
        remove_dead(g);
        w.network = std::move(g);
        return w;
    }
};

/// Error of the batch in the tape's input, with its gradients at the outputs.
template <class T, class Layers>
[[nodiscard]] result<double> error_of_batch(train::tape<T, Layers>& t,
                                            const std::vector<remembered_statistics>& remembered) {
    PITH_TRY(t.forward());
    double sum = 0;
    for (std::size_t i = 0; i < remembered.size(); ++i)
        sum += statistics_error<T>(remembered[i], t.output(i), t.output_gradient(i));
    return sum;
}

/// Noise of about the size that the network was made for: 1, 4, 16, 64 or 256. @return its deviation
template <class T, class Layers>
[[nodiscard]] result<double> fill_with_noise(train::tape<T, Layers>& t,
                                             const std::vector<remembered_statistics>& remembered,
                                             random_bits& bits) {
    std::vector<T> noise(t.input().size());
    for (auto& x : noise) { // nearly normal, and the same with every compiler
        float sum = -6.f;
        for (int i = 0; i < 12; ++i)
            sum += bits.unit();
        x = static_cast<T>(sum);
    }
    const auto fill = [&](double deviation) {
        for (std::size_t i = 0; i < noise.size(); ++i)
            t.input()[i] = noise[i] * static_cast<T>(deviation);
    };
    double best = 1.;
    double least = std::numeric_limits<double>::infinity();
    for (double deviation = 1.; deviation <= 256.; deviation *= 4.) {
        fill(deviation);
        const auto error = error_of_batch(t, remembered);
        if (!error)
            return error.error();
        if (*error < least) {
            least = *error;
            best = deviation;
        }
    }
    fill(best);
    return best;
}

} // namespace detail

template <class T, class Layers>
result<std::vector<any_tensors<float>>> samples_from_norms::operator()(const graph<T, Layers>& g) const {
    if (samples == 0 || batch < 2 || steps == 0 || !(rate > 0.))
        return fault{errc::bad_option,
                     "samples from normalisations need samples, steps, a rate and batches of at least two"};
    if (g.inputs.size() != 1 || g[g.inputs[0]].type != format::dtype::f32 || g[g.inputs[0]].dims.rank() < 2 ||
        g[g.inputs[0]].dims[0] != 1)
        return fault{errc::unsupported,
                     "samples from normalisations are made for networks with one real input, of batch 1"};
    auto watch = detail::norm_watch<T, Layers>::of(g);
    if (watch.remembered.empty())
        return fault{
            errc::unsupported,
            "the network has no batch normalisation behind a layer, so nothing is known of its data: "
            "take the model from before they were folded, or give images"};
    auto t = train::tape<T, Layers>::make(std::move(watch.network),
                                          {.batch = batch, .fuse = false, .input_gradients = true});
    if (!t)
        return t.error();
    t->train(false);
    std::vector<any_tensors<float>> made;
    random_bits bits(seed);
    while (made.size() < samples) {
        const auto deviation = detail::fill_with_noise(*t, watch.remembered, bits);
        if (!deviation)
            return deviation.error();
        std::vector<T> memory(2 * t->input().size());
        for (std::uint64_t step = 1; step <= steps; ++step) {
            if (const auto error = detail::error_of_batch(*t, watch.remembered); !error)
                return error.error();
            t->backward();
            train::adam{}(train::parameter_range<T>{t->input(), t->input_gradient()}, rate * *deviation, step,
                          std::span<T>(memory));
        }
        const shape& dims = g[g.inputs[0]].dims;
        const std::size_t each = t->input().size() / static_cast<std::size_t>(batch);
        for (std::size_t i = 0; i < static_cast<std::size_t>(batch) && made.size() < samples; ++i) {
            const auto from = t->input().subspan(i * each, each);
            made.push_back({tensor<float>(dims, {from.begin(), from.end()})});
        }
    }
    return made;
}

} // namespace pith::quantize

#endif
