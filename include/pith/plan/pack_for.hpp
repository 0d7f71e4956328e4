// SPDX-License-Identifier: MIT
#ifndef PITH_PLAN_PACK_FOR_HPP
#define PITH_PLAN_PACK_FOR_HPP
/// pack() as the last step of a chain of passes.

#include <cstddef>
#include <utility>
#include <vector>

#include "../base/result.hpp"
#include "../graph/graph.hpp"
#include "pack.hpp"

namespace pith::plan {

/// Takes a graph, gives the bytes of its .pith file: `pack_for{}` for this machine,
/// `pack_for{*find_target("cortex_m4")}` for another.
struct pack_for {
    target processor = native();
    pack_options options{};

    template <class T, class Layers>
    result<std::vector<std::byte>> operator()(graph<T, Layers> g) const {
        pack_options all = options;
        all.processor = processor;
        return pack(std::move(g), all);
    }
};

} // namespace pith::plan

#endif
