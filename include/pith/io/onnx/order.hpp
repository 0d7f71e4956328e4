// SPDX-License-Identifier: MIT
#ifndef PITH_IO_ONNX_ORDER_HPP
#define PITH_IO_ONNX_ORDER_HPP
/// Which nodes the outputs need, in an order in which each follows those it reads from.

#include <cstddef>
#include <functional>
#include <queue>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "../../base/on_use.hpp"
#include "message.hpp"

namespace pith::io::onnx {

using producer_table = std::unordered_map<std::string_view, std::size_t>;

template <class = on_use>
[[nodiscard]] inline producer_table producers_of(const std::vector<node_proto>& nodes,
                                                 const std::unordered_set<std::string_view>& given) {
    producer_table out;
    for (std::size_t i = 0; i < nodes.size(); ++i)
        for (const auto name : nodes[i].outputs)
            if (!name.empty() && (given.count(name) != 0 || !out.try_emplace(name, i).second))
                refuse(errc::bad_file, "two nodes compute the same value", describe(nodes[i]));
    return out;
}

namespace detail {

template <class = on_use>
[[nodiscard]] inline std::vector<bool>
needed_nodes(const std::vector<node_proto>& nodes, const producer_table& producers,
             const std::unordered_set<std::string_view>& given, const std::vector<value_proto>& outputs) {
    std::vector<bool> needed(nodes.size(), false);
    std::vector<std::size_t> open;
    const auto want = [&](std::string_view name, std::string_view where) {
        if (name.empty() || given.count(name) != 0)
            return;
        const auto at = producers.find(name);
        if (at == producers.end())
            refuse(errc::missing, "a value is read that no node, input or initializer provides", where);
        if (!needed[at->second]) {
            needed[at->second] = true;
            open.push_back(at->second);
        }
    };
    for (const auto& o : outputs)
        want(o.name, o.name);
    while (!open.empty()) {
        const node_proto& n = nodes[open.back()];
        open.pop_back();
        for (const auto name : n.inputs)
            want(name, describe(n));
    }
    return needed;
}

} // namespace detail

/// Indices of the needed nodes, the file's order kept where it can be.
/// @param given names of graph inputs and initializers
template <class = on_use>
[[nodiscard]] inline std::vector<std::size_t>
execution_order(const std::vector<node_proto>& nodes, const std::unordered_set<std::string_view>& given,
                const std::vector<value_proto>& outputs) {
    const producer_table producers = producers_of(nodes, given);
    const auto needed = detail::needed_nodes(nodes, producers, given, outputs);
    std::vector<std::size_t> waiting(nodes.size(), 0);
    std::vector<std::vector<std::size_t>> readers(nodes.size());
    std::priority_queue<std::size_t, std::vector<std::size_t>, std::greater<>> ready;
    std::size_t left = 0;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        if (!needed[i])
            continue;
        ++left;
        for (const auto name : nodes[i].inputs)
            if (const auto at = producers.find(name); at != producers.end()) {
                readers[at->second].push_back(i);
                ++waiting[i];
            }
        if (waiting[i] == 0)
            ready.push(i);
    }
    std::vector<std::size_t> order;
    while (!ready.empty()) {
        const std::size_t i = ready.top();
        ready.pop();
        order.push_back(i);
        for (const auto reader : readers[i])
            if (--waiting[reader] == 0)
                ready.push(reader);
    }
    if (order.size() != left)
        for (std::size_t i = 0; i < nodes.size(); ++i)
            if (needed[i] && waiting[i] != 0)
                refuse(errc::bad_file, "the graph has a cycle", describe(nodes[i]));
    return order;
}

} // namespace pith::io::onnx

#endif
