// SPDX-License-Identifier: MIT
#ifndef PITH_DISTILL_FEATURES_HPP
#define PITH_DISTILL_FEATURES_HPP
/// Feature maps inside networks, which a student is to learn from its teacher.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "../base/result.hpp"
#include "../base/shape.hpp"
#include "../graph/edit.hpp"
#include "../graph/graph.hpp"
#include "../graph/infer.hpp"

namespace pith::distill {

/// A batch of a value inside a network: [samples, ..., channels].
template <class T>
struct feature_map {
    std::span<T> data;
    shape dims;

    [[nodiscard]] std::size_t samples() const { return static_cast<std::size_t>(dims[0]); }
    [[nodiscard]] std::size_t channels() const { return static_cast<std::size_t>(dims[dims.rank() - 1]); }
    /// Positions of a sample.
    [[nodiscard]] std::size_t pixels() const { return data.size() / (samples() * channels()); }
};

/// Makes the values of these names outputs of a graph, behind those it has: losses on features read them.
struct tap {
    std::vector<std::string> names{};

    template <class T, class Layers>
    result<graph<T, Layers>> operator()(graph<T, Layers> g) const {
        for (const auto& name : names) {
            value_id found = no_value;
            for (value_id id = 0; id < g.values.size() && found == no_value; ++id)
                if (g[id].name == name && !g[id].is_constant())
                    found = id;
            if (found == no_value)
                return fault{errc::missing, "the network has no value of this name to learn from", name};
            g.outputs.push_back(found);
            g.output_layouts.emplace_back();
        }
        return g;
    }
};

/// Takes the outputs behind the first `count` away again, and what only they needed.
struct untap {
    std::size_t count = 1;

    template <class T, class Layers>
    result<graph<T, Layers>> operator()(graph<T, Layers> g) const {
        if (count == 0 || count > g.outputs.size())
            return fault{errc::bad_option, "the network does not have as many outputs as are to be kept",
                         std::to_string(count) + " of " + std::to_string(g.outputs.size())};
        g.outputs.resize(count);
        g.output_layouts.resize(count);
        remove_dead(g);
        return g;
    }
};

} // namespace pith::distill

#endif
