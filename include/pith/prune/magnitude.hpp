// SPDX-License-Identifier: MIT
#ifndef PITH_PRUNE_MAGNITUDE_HPP
#define PITH_PRUNE_MAGNITUDE_HPP
/// magnitude: the smallest weights become zero (Han et al., 2015), layer by layer or over the whole network.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "../base/ascending.hpp"
#include "sparse_layers.hpp"

namespace pith::prune {

/// What weights are ranked among.
enum class among : std::uint8_t {
    layer,   ///< the same share of every layer
    network, ///< the smallest of all
    lamp, ///< of all, by w^2 over the sum of the squares of those of its layer that are not smaller (Lee et
          ///< al., Layer-adaptive Sparsity for the Magnitude-based Pruning, 2021)
};

/// Every layer keeps a weight at least.
struct magnitude {
    float remove = 0.5f; ///< share of the weights that may go, [0, 1)
    among scope = among::layer;
    dense_layers dense{};

    template <class T, class Layers>
    [[nodiscard]] result<graph<T, Layers>> operator()(graph<T, Layers> g) const;
};

namespace detail {

template <class T>
[[nodiscard]] std::vector<double> magnitudes(const tensor<T>& w) {
    std::vector<double> m;
    for (const T v : w.data())
        m.push_back(std::fabs(static_cast<double>(v)));
    return m;
}

[[nodiscard]] inline std::vector<double> lamp_scores(std::vector<double> w) {
    const auto order = ascending(w);
    double rest = 0;
    for (std::size_t i = w.size(); i-- > 0;) {
        double& v = w[order[i]];
        v *= v;
        rest += v;
        v = rest > 0 ? v / rest : 0.;
    }
    return w;
}

} // namespace detail

template <class T, class Layers>
result<graph<T, Layers>> magnitude::operator()(graph<T, Layers> g) const {
    PITH_TRY(detail::check_share(remove));
    std::vector<double> all;
    std::vector<std::pair<value_id, std::size_t>> parts; // of `all`, and where each begins
    const auto zero = [&](const std::vector<bool>& low, std::size_t part) {
        detail::put_zeros(g[parts[part].first], low, scope == among::layer ? 0 : parts[part].second,
                          format::sparsity::free());
    };
    for (const auto k : sparse_layers(g, dense)) {
        const value_id id = g.nodes[k].inputs[1];
        auto scores = detail::magnitudes(*g[id].reals());
        parts.emplace_back(id, all.size());
        if (scope == among::layer) {
            zero(detail::lowest(scores, detail::share_of(remove, scores.size())), parts.size() - 1);
            continue;
        }
        if (scope == among::lamp)
            scores = detail::lamp_scores(std::move(scores));
        *std::max_element(scores.begin(), scores.end()) = std::numeric_limits<double>::infinity();
        all.insert(all.end(), scores.begin(), scores.end());
    }
    if (scope == among::layer || all.empty())
        return g;
    const std::size_t most = all.size() - parts.size();
    const auto low = detail::lowest(all, std::min(detail::share_of(remove, all.size()), most));
    for (std::size_t i = 0; i < parts.size(); ++i)
        zero(low, i);
    return g;
}

} // namespace pith::prune

#endif
