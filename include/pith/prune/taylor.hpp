// SPDX-License-Identifier: MIT
#ifndef PITH_PRUNE_TAYLOR_HPP
#define PITH_PRUNE_TAYLOR_HPP
/// taylor: channels go first without which the loss changes least, to first order (Molchanov et al.,
/// Importance Estimation for Neural Network Pruning, 2019).

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "../base/result.hpp"
#include "../train/batches.hpp"
#include "../train/trainer.hpp"
#include "criterion.hpp"

namespace pith::prune {

struct taylor_options {
    std::size_t batch = 32;
    std::size_t batches = 32; ///< at most; as many as the data set fills
    std::uint64_t seed = 1;   ///< of the order in which samples are drawn
};

/// The square of the sum of weight times gradient over all that makes a unit, as a mean over batches. A value
/// of one network: gradients are taken once, by of().
class taylor {
public:
    /// @param data labelled as `loss` needs it
    template <class T, class Layers, train::training_source D, train::batch_loss<T> Loss = train::on_labels<>>
    [[nodiscard]] static result<taylor> of(const graph<T, Layers>& g, const D& data, const Loss& loss = {},
                                           const taylor_options& o = {});

    [[nodiscard]] result<std::vector<double>> operator()(const group_weights& g) const;

private:
    /// [batches, rows] by node: of each output of a layer the sum of weight times gradient.
    std::vector<std::vector<double>> changes_;
    std::size_t batches_ = 0;
};

template <class T, class Layers, train::training_source D, train::batch_loss<T> Loss>
result<taylor> taylor::of(const graph<T, Layers>& g, const D& data, const Loss& loss,
                          const taylor_options& o) {
    auto t = train::trainer<T, Layers>::make(
        g, {.tape = {.batch = static_cast<std::int64_t>(o.batch), .norm_momentum = 0}, .seed = o.seed});
    if (!t)
        return t.error();
    PITH_TRY(t->check(data, loss));
    taylor out;
    out.changes_.resize(g.nodes.size());
    out.batches_ = std::min(o.batches, t->batches(data));
    if (out.batches_ == 0)
        return fault{errc::missing, "the data set does not fill one batch of gradients",
                     std::to_string(data.size()) + " samples in batches of " + std::to_string(o.batch)};
    const auto order = train::shuffled(data.size(), o.seed, 0);
    for (std::size_t b = 0; b < out.batches_; ++b) {
        const auto seen =
            t->differentiate(data, std::span<const std::uint32_t>(order).subspan(b * o.batch, o.batch), loss);
        if (!seen)
            return seen.error();
        for (const auto& p : t->network_tape().parameters())
            for (node_index k = 0; k < g.nodes.size(); ++k) {
                if (g.nodes[k].inputs.size() < 2 || g.nodes[k].inputs[1] != p.id || g[p.id].dims.rank() < 2)
                    continue;
                const auto rows = static_cast<std::size_t>(g[p.id].dims[0]);
                const std::size_t columns = p.value.size() / rows;
                for (std::size_t r = 0; r < rows; ++r) {
                    double sum = 0;
                    for (std::size_t i = r * columns; i < (r + 1) * columns; ++i)
                        sum += static_cast<double>(p.value[i]) * static_cast<double>(p.gradient[i]);
                    out.changes_[k].push_back(sum);
                }
            }
    }
    return out;
}

inline result<std::vector<double>> taylor::operator()(const group_weights& g) const {
    std::vector<double> scores(g.units);
    for (const auto& layer : g.makers)
        if (layer.node >= changes_.size() || changes_[layer.node].size() != batches_ * layer.rows)
            return fault{errc::bad_option, "the gradients were taken of another network", g.name};
    for (std::size_t u = 0; u < g.units; ++u)
        for (std::size_t b = 0; b < batches_; ++b) {
            double change = 0;
            for (const auto& layer : g.makers)
                for (const auto r : layer.of_unit[u])
                    change += changes_[layer.node][b * layer.rows + r];
            scores[u] += change * change / static_cast<double>(batches_);
        }
    return scores;
}

} // namespace pith::prune

#endif
