// SPDX-License-Identifier: MIT
#ifndef PITH_QUANTIZE_REESTIMATE_NORMS_HPP
#define PITH_QUANTIZE_REESTIMATE_NORMS_HPP
/// reestimate_norms: batch normalisations measure their means and variances anew, on samples, after the
/// weights before them were changed (rounded, pruned).

#include <cstddef>
#include <variant>
#include <vector>

#include "../base/result.hpp"
#include "../graph/edit.hpp"
#include "../graph/graph.hpp"
#include "../graph/sample_walk.hpp"
#include "post_training.hpp"

namespace pith::quantize {

/// Run on a network whose normalisations are not folded yet; encodings are simulated. Each normalisation sees
/// what the ones before it, already measured, give. Folded ones: correct_bias with `scales`.
struct reestimate_norms {
    sample_source calibration;
    std::size_t samples = 256; ///< at most; what every layer reads is kept for all of them

    template <class T, class Layers>
    [[nodiscard]] result<graph<T, Layers>> operator()(graph<T, Layers> g) const {
        if (!calibration || samples == 0)
            return fault{errc::bad_option, "re-estimating normalisations needs calibration samples"};
        for (auto& n : g.nodes) // statistics that several normalisations share are parted
            if (is_measurable(g, n))
                for (const std::size_t i : {std::size_t{3}, std::size_t{4}})
                    n.inputs[i] = add_constant(g, g[n.inputs[i]].name, *g[n.inputs[i]].reals());
        sample_walk<T, Layers> walk(g);
        PITH_TRY(walk.take(calibration, samples));
        for (node_index k = 0; k < g.nodes.size(); ++k) {
            if (is_measurable(g, g.nodes[k]))
                measure(g, g.nodes[k], walk);
            PITH_TRY(walk.run(k));
        }
        remove_dead(g);
        return g;
    }

private:
    template <class T, class Layers>
    [[nodiscard]] static bool is_measurable(const graph<T, Layers>& g, const node<Layers>& n) {
        return layer_of<batch_norm>(n) != nullptr && n.inputs.size() == 5 && !g[n.inputs[0]].is_constant() &&
               g[n.inputs[3]].reals() != nullptr && g[n.inputs[4]].reals() != nullptr;
    }
    /// Two passes: the variance about the mean of all samples.
    template <class T, class Layers>
    static void measure(graph<T, Layers>& g, const node<Layers>& n, const sample_walk<T, Layers>& walk) {
        tensor<T>& mean = *g[n.inputs[3]].reals();
        tensor<T>& variance = *g[n.inputs[4]].reals();
        const std::size_t channels = mean.size();
        std::vector<double> sums(channels);
        std::vector<double> squares(channels);
        std::size_t count = 0;
        for (std::size_t i = 0; i < walk.samples(); ++i) {
            const tensor<T> x = walk.value(n.inputs[0], i);
            for (std::size_t k = 0; k < x.size(); ++k)
                sums[k % channels] += static_cast<double>(x[k]);
            count += x.size() / channels;
        }
        if (count == 0)
            return;
        for (auto& s : sums)
            s /= static_cast<double>(count);
        for (std::size_t i = 0; i < walk.samples(); ++i) {
            const tensor<T> x = walk.value(n.inputs[0], i);
            for (std::size_t k = 0; k < x.size(); ++k) {
                const double d = static_cast<double>(x[k]) - sums[k % channels];
                squares[k % channels] += d * d;
            }
        }
        for (std::size_t c = 0; c < channels; ++c) {
            mean[c] = static_cast<T>(sums[c]);
            variance[c] = static_cast<T>(squares[c] / static_cast<double>(count));
        }
    }
};

} // namespace pith::quantize

#endif
