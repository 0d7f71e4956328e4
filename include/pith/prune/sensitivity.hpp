// SPDX-License-Identifier: MIT
#ifndef PITH_PRUNE_SENSITIVITY_HPP
#define PITH_PRUNE_SENSITIVITY_HPP
/// What the outputs lose when the channels of one group alone are removed (Li et al., Pruning Filters for
/// Efficient ConvNets, 2017).

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "../base/result.hpp"
#include "../graph/error_statistics.hpp"
#include "../graph/evaluate.hpp"
#include "../graph/graph.hpp"
#include "../graph/measure.hpp"
#include "../train/rows.hpp"
#include "channels.hpp"

namespace pith::prune {

/// One group of channels, pruned alone.
struct group_sensitivity {
    std::string group;          ///< as in channel_outcome
    std::size_t units = 0;      ///< channels, or sets of channels that can only go together
    std::size_t removed = 0;    ///< of them
    std::int64_t macs = 0;      ///< multiply-adds that the network no longer needs
    error_statistics error{};   ///< of all float outputs, from the network's own
    double same_decisions = 0.; ///< share of samples on which the first output's largest element is the same
};

/// Prunes each group alone, by each share.
struct sensitivity {
    channels step{}; ///< criterion, multiple_of, look and fit; look has the samples
    std::vector<float> shares{0.25f, 0.5f, 0.75f};
    std::size_t judged = 128; ///< samples to compare outputs on, behind those that layers are fitted to

    /// @param g a simplified float network
    /// @param told (const group_sensitivity&): of each as soon as it is known
    /// @return those of groups and shares that lose a channel, group by group
    template <class T, class Layers, class Told>
    [[nodiscard]] result<std::vector<group_sensitivity>> operator()(const graph<T, Layers>& g,
                                                                    const Told& told) const;
};

namespace detail {

/// The outputs of `g` for samples [first, first + count), or as many as there are.
template <class T, class Layers>
[[nodiscard]] result<std::vector<any_tensors<T>>>
outputs_of(const graph<T, Layers>& g, const sample_source& samples, std::size_t first, std::size_t count) {
    std::vector<any_tensors<T>> all;
    for (std::size_t i = first; i < first + count; ++i) {
        auto inputs = samples(i);
        if (!inputs)
            break;
        auto outputs = evaluate(g, pith::detail::to_scalar<T>(*std::move(inputs)));
        if (!outputs)
            return outputs.error();
        all.push_back(*std::move(outputs));
    }
    if (all.empty())
        return fault{errc::missing, "no samples are left to compare outputs on",
                     std::to_string(first) + " were taken to fit layers"};
    return all;
}

/// The place of the first output's largest element; 0 of integers.
template <class T>
[[nodiscard]] std::size_t decision_of(const any_tensors<T>& outputs) {
    const auto* reals = std::get_if<tensor<T>>(&outputs[0]);
    return reals == nullptr ? 0 : train::argmax<T>(reals->data());
}

template <class T>
void compare_outputs(const std::vector<any_tensors<T>>& wanted, const std::vector<any_tensors<T>>& had,
                     group_sensitivity& s) {
    std::size_t same = 0;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        same += decision_of(wanted[i]) == decision_of(had[i]) ? 1 : 0;
        for (std::size_t k = 0; k < wanted[i].size(); ++k)
            if (const auto* reals = std::get_if<tensor<T>>(&wanted[i][k]))
                add(s.error, error_statistics_of<T>(reals->data(), std::get<tensor<T>>(had[i][k]).data()));
    }
    s.same_decisions = static_cast<double>(same) / static_cast<double>(wanted.size());
}

} // namespace detail

template <class T, class Layers, class Told>
result<std::vector<group_sensitivity>> sensitivity::operator()(const graph<T, Layers>& g,
                                                               const Told& told) const {
    if (!step.look.given())
        return fault{errc::missing, "sensitivity is measured on samples: set step.look.calibration"};
    const std::size_t first = step.fit ? step.look.samples : 0;
    const auto wanted = detail::outputs_of(g, step.look.calibration, first, judged);
    if (!wanted)
        return wanted.error();
    const auto groups = find_channel_groups(g);
    if (!groups)
        return groups.error();
    const std::int64_t macs = measure(g).macs;
    std::vector<group_sensitivity> all;
    for (std::size_t i = 0; i < groups->size(); ++i)
        for (const float share : shares) {
            if (!(*groups)[i].why.empty())
                continue;
            channels alone = step;
            alone.only = {i};
            alone.remove = share;
            std::vector<channel_outcome> outcomes;
            const auto pruned = alone(g, outcomes);
            if (!pruned)
                return pruned.error();
            if (outcomes[i].removed == 0)
                continue;
            const auto had = detail::outputs_of(*pruned, step.look.calibration, first, judged);
            if (!had)
                return had.error();
            group_sensitivity s{outcomes[i].name, outcomes[i].units, outcomes[i].removed,
                                macs - measure(*pruned).macs};
            detail::compare_outputs<T>(*wanted, *had, s);
            told(std::as_const(s));
            all.push_back(std::move(s));
        }
    return all;
}

} // namespace pith::prune

#endif
