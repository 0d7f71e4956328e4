// SPDX-License-Identifier: MIT
#ifndef PITH_EXAMPLES_TOOL_DIFF_REPORT_HPP
#define PITH_EXAMPLES_TOOL_DIFF_REPORT_HPP
/// What `pith diff` says of two versions of a network.
///
/// "SQNR" of a value is the whole error that has gathered up to it: the sum of A's squares over the sum of
/// the differences' squares. "Added" is what its own layer brings: A's layer is run in float on the values
/// that B had before it, and B's value is compared with that. The layer that hurts most adds the most noise
/// for its signal. (Where A is not a float model, what is added is the noise to signal after a layer less
/// that of its noisiest input.)

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <variant>
#include <vector>

#include "inspect.hpp"
#include "sources.hpp"
#include "table.hpp"

namespace tool {

struct layer_difference {
    pith::error_statistics total;
    pith::error_statistics added;
    bool compared = false;
    bool isolated = false;  ///< `added` was measured
    double added_share = 0; ///< noise to signal that the layer adds
};

struct comparison {
    reference g;
    std::vector<layer_difference> layers; ///< by value
    std::size_t images = 0;
};

[[nodiscard]] inline double noise_share(const pith::error_statistics& d) {
    return d.noise == 0 ? 0 : d.noise / d.signal;
}

/// The noise to signal of the noisiest compared value that a value is computed from; 0 where there is none.
[[nodiscard]] inline double share_before(const comparison& c, const std::vector<pith::value_uses>& uses,
                                         pith::value_id v) {
    if (uses[v].producer == pith::no_node)
        return 0;
    double most = 0;
    for (const auto in : c.g.nodes[uses[v].producer].inputs)
        if (in != pith::no_value && !c.g[in].is_constant())
            most = std::fmax(most, c.layers[in].compared ? noise_share(c.layers[in].total)
                                                         : share_before(c, uses, in));
    return most;
}

/// What every layer adds. @return the value of the layer that adds most, or no_value
inline pith::value_id settle(comparison& c) {
    const auto uses = pith::uses_of(c.g);
    pith::value_id worst = pith::no_value;
    for (pith::value_id v = 0; v < c.g.values.size(); ++v) {
        auto& l = c.layers[v];
        if (!l.compared)
            continue;
        if (l.isolated)
            l.added_share = l.added.noise == 0 ? 0 : l.added.noise / l.total.signal;
        else
            l.added_share = std::fmax(0, noise_share(l.total) - share_before(c, uses, v));
        if (l.added_share > 0 && (worst == pith::no_value || l.added_share > c.layers[worst].added_share))
            worst = v;
    }
    return worst;
}

[[nodiscard]] inline double decibels(double share) {
    return share == 0 ? std::numeric_limits<double>::infinity() : 0 - 10 * std::log10(share);
}
[[nodiscard]] inline std::string decibel_text(double db) {
    return std::isfinite(db) ? fmt::format("{:.1f}", db) : db > 0 ? "exact" : "none";
}

/// "[0, 3, 1, 1]": element `at` of a value, in the axes of its file.
[[nodiscard]] inline std::string index_text(const pith::value<float>& v, std::size_t at) {
    const pith::shape dims = file_shape(v);
    if (v.layout && pith::file_dims(*v.layout, v.dims))
        at = pith::file_places(*v.layout, v.dims)[at];
    std::string text;
    for (std::size_t i = dims.rank(); i-- > 0;) {
        const auto size = static_cast<std::size_t>(dims[i]);
        text = std::to_string(at % size) + (text.empty() ? "" : ", ") + text;
        at /= size;
    }
    return "[" + text + "]";
}

/// Compared values in the order in which they are computed.
[[nodiscard]] inline std::vector<pith::value_id> rows_of(const comparison& c) {
    std::vector<pith::value_id> order = c.g.inputs;
    for (const auto& n : c.g.nodes)
        for (const auto v : n.outputs)
            if (v != pith::no_value)
                order.push_back(v);
    if (c.g.nodes.empty())
        for (pith::value_id v = 0; v < c.g.values.size(); ++v)
            order.push_back(v);
    std::vector<pith::value_id> rows;
    for (const auto v : order)
        if (c.layers[v].compared)
            rows.push_back(v);
    return rows;
}

/// The nodes between a compared value and those compared before it, in their order: one layer of B.
[[nodiscard]] inline std::vector<pith::node_index> layer_of(const comparison& c, pith::value_id v) {
    const auto uses = pith::uses_of(c.g);
    std::vector<pith::node_index> nodes;
    std::vector<pith::value_id> todo{v};
    while (!todo.empty()) {
        const auto k = uses[todo.back()].producer;
        todo.pop_back();
        if (k == pith::no_node || std::find(nodes.begin(), nodes.end(), k) != nodes.end())
            continue;
        nodes.push_back(k);
        for (const auto in : c.g.nodes[k].inputs)
            if (in != pith::no_value && !c.g[in].is_constant() && !c.layers[in].compared)
                todo.push_back(in);
    }
    std::sort(nodes.begin(), nodes.end());
    return nodes;
}

/// E.g. "conv2d+batch_norm+relu".
[[nodiscard]] inline std::string kind_of_value(const comparison& c, pith::value_id v) {
    std::string kinds;
    for (const auto k : layer_of(c, v)) {
        const auto kind = std::string(kind_of(c.g.nodes[k].layer));
        kinds += (kinds.empty() ? "" : "+") + kind;
    }
    return kinds.empty() && !c.g.nodes.empty() ? "input" : kinds;
}

inline void print_rows(const comparison& c) {
    using enum table::cells;
    table t({{"value", name},
             {"kind", name},
             {"SQNR dB", number},
             {"added dB", number},
             {"worst error", number},
             {"there", text},
             {"A", number},
             {"B", number}});
    for (const auto v : rows_of(c)) {
        const auto& l = c.layers[v];
        const bool equal = l.total.noise == 0;
        t.add({printable(c.g[v].name), kind_of_value(c, v), decibel_text(pith::sqnr(l.total)),
               decibel_text(decibels(l.added_share)), fmt::format("{:.4g}", l.total.worst),
               equal ? "" : index_text(c.g[v], l.total.worst_at),
               equal ? "" : fmt::format("{:.5g}", l.total.wanted),
               equal ? "" : fmt::format("{:.5g}", l.total.had)});
    }
    t.print();
}

inline void print_unmatched(const char* side, const std::vector<unmatched>& rest) {
    constexpr std::size_t most = 8;
    for (std::size_t i = 0; i < rest.size() && i < most; ++i)
        say("{}'s {} {}\n", side, printable(rest[i].name), rest[i].why);
    if (rest.size() > most)
        say("{}: {} more like these\n", side, rest.size() - most);
}

/// Values of the model that only one side, or none, has.
inline void print_uncompared(const comparison& c) {
    std::string names;
    std::size_t count = 0;
    for (const auto& n : c.g.nodes)
        for (const auto v : n.outputs)
            if (v != pith::no_value && is_named(c.g, v) && !c.layers[v].compared && ++count <= 6)
                names += (names.empty() ? "" : ", ") + c.g[v].name;
    if (count != 0)
        say("{} values are on one side only (fused, folded or not dumped): {}{}\n", count, printable(names),
            count > 6 ? ", ..." : "");
}

inline void print_verdict(const comparison& c, pith::value_id worst) {
    if (worst == pith::no_value) {
        say("the two sides are equal in every value compared\n");
        return;
    }
    const auto& l = c.layers[worst];
    const auto with_unit = [](double db) { return decibel_text(db) + (std::isfinite(db) ? " dB" : ""); };
    if (c.g.nodes.empty()) {
        say("{} hurts most: its SQNR is the lowest, {} (which layer brings the noise is known only with "
            "--model)\n",
            printable(c.g[worst].name), with_unit(pith::sqnr(l.total)));
        return;
    }
    const auto nodes = layer_of(c, worst);
    std::string layer = nodes.empty() ? c.g[worst].name : c.g.nodes[nodes.front()].name;
    if (nodes.size() > 1)
        layer += " ... " + c.g.nodes[nodes.back()].name;
    say("{} hurts most: it adds noise {} below its signal; SQNR is {} before it and {} behind it\n",
        printable(layer), with_unit(decibels(l.added_share)),
        with_unit(decibels(share_before(c, pith::uses_of(c.g), worst))), with_unit(pith::sqnr(l.total)));
}

[[nodiscard]] inline json json_of(const comparison& c, pith::value_id worst) {
    json rows = json::array();
    for (const auto v : rows_of(c)) {
        const auto& l = c.layers[v];
        rows.push_back(json{{"value", c.g[v].name},
                            {"kind", kind_of_value(c, v)},
                            {"shape", json_of(file_shape(c.g[v]))},
                            {"equal", l.total.noise == 0},
                            {"sqnr_db", pith::sqnr(l.total)},
                            {"added_db", decibels(l.added_share)},
                            {"isolated", l.isolated},
                            {"worst_error", l.total.worst},
                            {"worst_index", index_text(c.g[v], l.total.worst_at)},
                            {"a", l.total.wanted},
                            {"b", l.total.had}});
    }
    return {{"images", c.images},
            {"layers", rows},
            {"hurts_most", worst == pith::no_value ? std::string() : c.g[worst].name}};
}

} // namespace tool

#endif
