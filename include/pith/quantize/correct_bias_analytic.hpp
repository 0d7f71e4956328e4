// SPDX-License-Identifier: MIT
#ifndef PITH_QUANTIZE_CORRECT_BIAS_ANALYTIC_HPP
#define PITH_QUANTIZE_CORRECT_BIAS_ANALYTIC_HPP
/// correct_bias_analytic: as correct_bias, without samples: batch normalisations tell what a layer's inputs
/// are on average.

#include <cstddef>
#include <utility>
#include <variant>
#include <vector>

#include "../base/result.hpp"
#include "../graph/codes.hpp"
#include "../graph/graph.hpp"
#include "../graph/infer.hpp"
#include "../graph/reads_rows.hpp"
#include "correct_bias.hpp"
#include "norm_statistics.hpp"

namespace pith::quantize {

/// bias -= sum (rounded weight - weight) E[input]. Borders of zeros are left out of account, and layers whose
/// inputs nothing is known of stay as they are: the first one does.
struct correct_bias_analytic {
    norm_statistics statistics; ///< of the network before its normalisations were folded

    /// The float masters of `g` itself are what is rounded.
    template <class T, class Layers>
    [[nodiscard]] result<graph<T, Layers>> operator()(graph<T, Layers> g) const {
        const auto reference = g;
        return (*this)(std::move(g), reference);
    }
    /// @param reference the same network before its weights were rounded
    template <class T, class Layers>
    [[nodiscard]] result<graph<T, Layers>> operator()(graph<T, Layers> g,
                                                      const graph<T, Layers>& reference) const {
        if (reference.nodes.size() != g.nodes.size())
            return fault{errc::bad_option,
                         "bias correction needs the same network before its weights were rounded"};
        if (statistics.entries.empty())
            return fault{errc::missing, "the network has no batch normalisations that tell of its values: "
                                        "correct its biases on samples"};
        PITH_TRY(infer_shapes(g));
        own_biases(g);
        const auto known = propagate_moments(reference, statistics);
        for (node_index k = 0; k < g.nodes.size(); ++k) {
            const auto& n = g.nodes[k];
            if (!reads_rows(n) || !has_weight_codes(g[n.inputs[1]]))
                continue;
            const auto& before = reference[reference.nodes[k].inputs[1]];
            const auto& in = known[reference.nodes[k].inputs[0]];
            if (in.empty() || before.reals() == nullptr)
                continue;
            detail::shift_bias(g, k, expected_errors(g, n, *before.reals(), in));
        }
        return g;
    }

private:
    template <class T, class Layers>
    [[nodiscard]] static std::vector<double> expected_errors(const graph<T, Layers>& g, const node<Layers>& n,
                                                             const tensor<T>& before,
                                                             const value_moments& in) {
        const tensor<T> w = round_to_codes(g[n.inputs[1]]);
        const auto* conv = layer_of<conv2d>(n);
        const std::size_t groups = conv == nullptr ? 1 : conv->groups;
        const auto outputs = static_cast<std::size_t>(w.dims()[0]);
        const auto channels = static_cast<std::size_t>(w.dims().back());
        std::vector<double> errors(outputs);
        if (in.size() != channels * groups || before.size() != w.size())
            return errors;
        const std::size_t slice = w.size() / outputs;
        for (std::size_t i = 0; i < w.size(); ++i) {
            const std::size_t o = i / slice;
            errors[o] += (static_cast<double>(w[i]) - static_cast<double>(before[i])) *
                         in[o / (outputs / groups) * channels + i % channels].mean;
        }
        return errors;
    }
};

} // namespace pith::quantize

#endif
