// SPDX-License-Identifier: MIT
#ifndef PITH_PRUNE_CRITERION_HPP
#define PITH_PRUNE_CRITERION_HPP
/// How much a network needs each unit of a group of channels; those it needs least go first.

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "../base/result.hpp"
#include "group_weights.hpp"

namespace pith::prune {

/// One number per unit, none below 0; or why the group cannot be judged, which keeps it.
template <class C>
concept channel_criterion = std::copyable<C> && requires(const C& c, const group_weights& w) {
    { c(w) } -> std::convertible_to<result<std::vector<double>>>;
};

namespace detail {

/// A criterion that is not `Any`. Asked in this order: whether Any can be copied depends on the answer.
template <class C, class Any>
concept other_criterion = !std::same_as<C, Any> && channel_criterion<C>;

} // namespace detail

/// Any of them. One that says `needs_moments` sees the moments of what readers read.
class any_criterion {
public:
    /// Any criterion is one.
    template <detail::other_criterion<any_criterion> C>
    any_criterion(C criterion) : score_(std::move(criterion)) {
        if constexpr (requires { requires C::needs_moments; })
            needs_moments_ = true;
    }
    [[nodiscard]] result<std::vector<double>> operator()(const group_weights& w) const { return score_(w); }
    [[nodiscard]] bool needs_moments() const noexcept { return needs_moments_; }

private:
    std::function<result<std::vector<double>>(const group_weights&)> score_;
    bool needs_moments_ = false;
};

namespace detail {

/// Of each unit, the mean over the layers that make it of norm(a filter), each layer's relative to its mean.
template <class Norm>
[[nodiscard]] std::vector<double> mean_over_makers(const group_weights& g, const Norm& norm) {
    std::vector<double> scores(g.units);
    for (const auto& layer : g.makers) {
        std::vector<double> of_layer(g.units);
        double sum = 0;
        for (std::size_t u = 0; u < g.units; ++u) {
            for (const auto r : layer.of_unit[u])
                of_layer[u] += norm(layer, r);
            sum += of_layer[u];
        }
        for (std::size_t u = 0; u < g.units && sum > 0; ++u)
            scores[u] += of_layer[u] / sum;
    }
    return scores;
}

} // namespace detail
} // namespace pith::prune

#endif
