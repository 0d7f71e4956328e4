// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_NODE_CODES_HPP
#define PITH_GRAPH_NODE_CODES_HPP
/// Which codes the values around a node have: what a layer looks at to say whether it runs in codes.

#include <algorithm>
#include <cstddef>
#include <optional>
#include <vector>

#include "../format/affine.hpp"
#include "codes.hpp"

namespace pith {

/// An absent input has no codes.
struct node_codes {
    std::vector<std::optional<format::affine>> in;
    std::vector<std::optional<format::affine>> out; ///< the first one behind a fused activation
    bool weights = false;                           ///< input 1 is constant and has weight codes
    bool bias = false;                              ///< input 2 is absent or a constant

    [[nodiscard]] bool all() const {
        const auto has = [](const auto& a) { return a.has_value(); };
        return !in.empty() && !out.empty() && std::all_of(in.begin(), in.end(), has) &&
               std::all_of(out.begin(), out.end(), has);
    }
    /// All outputs, and the first `count` inputs, have one and the same code.
    [[nodiscard]] bool alike(std::size_t count) const {
        const auto same = [&](const auto& a) { return a && in[0] && same_codes(*a, *in[0]); };
        return in.size() >= count && !out.empty() && std::all_of(out.begin(), out.end(), same) &&
               std::all_of(in.begin(), in.begin() + static_cast<std::ptrdiff_t>(count), same);
    }
};

} // namespace pith

#endif
