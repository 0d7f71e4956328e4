// SPDX-License-Identifier: MIT
#ifndef PITH_PRUNE_N_OF_M_HPP
#define PITH_PRUNE_N_OF_M_HPP
/// n_of_m: of every m weights in a row along the input channels the n greatest stay.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "magnitude.hpp"
#include "sparse_layers.hpp"

namespace pith::prune {

/// A pass: of every m weights in a row along the input the n greatest stay (Zhou et al., "SR-STE", 2021, for
/// the pattern).
struct n_of_m {
    std::uint8_t n = 2;
    std::uint8_t m = 4;
    dense_layers dense{};

    template <class T, class Layers>
    [[nodiscard]] result<graph<T, Layers>> operator()(graph<T, Layers> g) const;
};

namespace detail {

/// Marks all but the n greatest of scores [first, end).
inline void mark_smaller(const std::vector<double>& scores, std::size_t first, std::size_t end, std::size_t n,
                         std::vector<bool>& marked) {
    if (end - first <= n)
        return;
    const std::vector<double> some(scores.begin() + static_cast<std::ptrdiff_t>(first),
                                   scores.begin() + static_cast<std::ptrdiff_t>(end));
    const auto low = lowest(some, end - first - n);
    for (std::size_t i = 0; i < low.size(); ++i)
        if (low[i])
            marked[first + i] = true;
}

/// @param columns of the last axis
[[nodiscard]] inline std::vector<bool> mark_n_of_m(const std::vector<double>& scores, std::size_t columns,
                                                   std::size_t n, std::size_t m) {
    std::vector<bool> marked(scores.size());
    for (std::size_t row = 0; row < scores.size(); row += columns)
        for (std::size_t c = 0; c < columns; c += m)
            mark_smaller(scores, row + c, row + std::min(c + m, columns), n, marked);
    return marked;
}

} // namespace detail

template <class T, class Layers>
result<graph<T, Layers>> n_of_m::operator()(graph<T, Layers> g) const {
    const auto pattern = format::sparsity::n_of_m(n, m);
    if (!pattern.is_valid())
        return fault{errc::bad_option, "of m weights n can stay, more than none and fewer than m",
                     std::to_string(n) + " of " + std::to_string(m)};
    for (const auto k : sparse_layers(g, dense)) {
        auto& v = g[g.nodes[k].inputs[1]];
        const auto columns = static_cast<std::size_t>(v.dims.back());
        detail::put_zeros(v, detail::mark_n_of_m(detail::magnitudes(*v.reals()), columns, n, m), 0, pattern);
    }
    return g;
}

} // namespace pith::prune

#endif
