// SPDX-License-Identifier: MIT
#include <cstddef>
#include <cstdint>
#include <utility>

#include <pith/graph/infer.hpp>
#include <pith/graph/measure.hpp>

#include "hostile_files.hpp"
#include "readers.hpp"
#include "support/compiled.hpp"

namespace fuzz {
namespace {

constexpr std::uint64_t most_macs = 1 << 20;
constexpr std::size_t most_nodes = 2000;

} // namespace

bool usable(pith::graph<float> g) {
    if (!pith::infer_shapes(g))
        return false;
    if (g.nodes.size() > most_nodes)
        return true;
    for (const auto& v : g.values)
        if (v.dims.elements() > most_elements)
            return true;
    const auto cost = pith::measure(g);
    const auto packed = pith::plan::pack(std::move(g));
    if (!packed)
        return refused_well(packed.error());
    return static_cast<std::uint64_t>(cost.macs) > most_macs || try_program(*packed) == verdict::accepted;
}

} // namespace fuzz
