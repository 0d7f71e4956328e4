// SPDX-License-Identifier: MIT
#ifndef PITH_FACTORIZE_CHOOSE_RANKS_HPP
#define PITH_FACTORIZE_CHOOSE_RANKS_HPP
/// Which rank each layer gets, so that a network loses the multiply-adds it is to lose and little else.

#include <cstddef>
#include <cstdint>
#include <numeric>
#include <vector>

namespace pith::factorize {

/// A rank that a layer may have.
struct rank_choice {
    std::size_t rank = 0; ///< 0: the layer stays whole
    std::int64_t macs = 0;
    double error = 0; ///< share of the energy of the layer's outputs that is lost
};

/// The ranks a layer may have, the whole layer first, each with fewer multiply-adds than the one before.
/// Ranks are multiples of `multiple_of`; a layer that none of them makes cheaper stays whole.
/// @param energies of the principal axes of its outputs, descending
/// @param most the rank at which the factors are exact
[[nodiscard]] inline std::vector<rank_choice> rank_choices(const std::vector<double>& energies,
                                                           std::size_t most, std::int64_t macs,
                                                           std::int64_t macs_per_rank,
                                                           std::size_t multiple_of) {
    const double total = std::accumulate(energies.begin(), energies.end(), 0.);
    std::vector<rank_choice> choices{{0, macs, 0.}};
    for (std::size_t rank = most / multiple_of * multiple_of; rank > 0; rank -= multiple_of) {
        const std::int64_t cost = static_cast<std::int64_t>(rank) * macs_per_rank;
        if (cost >= macs)
            continue;
        const auto first = energies.begin() + static_cast<std::ptrdiff_t>(rank);
        choices.push_back({rank, cost, total > 0 ? std::accumulate(first, energies.end(), 0.) / total : 0.});
    }
    return choices;
}

/// For each layer the index of its choice. In each step the layer goes to a cheaper choice whose added error
/// per removed multiply-add is lowest, until `remove` are gone or there is nothing left to choose. Then steps
/// that turned out unnecessary are taken back, those that lost most first.
/// @param layers at least one choice each, as rank_choices gives them
[[nodiscard]] inline std::vector<std::size_t>
choose_ranks(const std::vector<std::vector<rank_choice>>& layers, std::int64_t remove) {
    std::vector<std::size_t> chosen(layers.size());
    std::int64_t removed = 0;
    while (removed < remove) {
        std::size_t layer = layers.size();
        std::size_t next = 0;
        double lowest = 0;
        for (std::size_t i = 0; i < layers.size(); ++i) {
            const auto& now = layers[i][chosen[i]];
            for (std::size_t c = chosen[i] + 1; c < layers[i].size(); ++c) {
                const double slope =
                    (layers[i][c].error - now.error) / static_cast<double>(now.macs - layers[i][c].macs);
                if (layer != layers.size() && slope >= lowest)
                    continue;
                layer = i;
                next = c;
                lowest = slope;
            }
        }
        if (layer == layers.size())
            break;
        removed += layers[layer][chosen[layer]].macs - layers[layer][next].macs;
        chosen[layer] = next;
    }
    for (;;) {
        std::size_t layer = layers.size();
        double most = 0;
        for (std::size_t i = 0; i < layers.size(); ++i) {
            if (chosen[i] == 0)
                continue;
            const auto& now = layers[i][chosen[i]];
            const auto& back = layers[i][chosen[i] - 1];
            if (removed - (back.macs - now.macs) < remove || now.error - back.error <= most)
                continue;
            layer = i;
            most = now.error - back.error;
        }
        if (layer == layers.size())
            return chosen;
        removed -= layers[layer][chosen[layer] - 1].macs - layers[layer][chosen[layer]].macs;
        --chosen[layer];
    }
}

} // namespace pith::factorize

#endif
