// SPDX-License-Identifier: MIT
#ifndef PITH_IO_ONNX_ORDER_HPP
#define PITH_IO_ONNX_ORDER_HPP
/// Which nodes the outputs need, in an order in which each follows those it reads from.

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "message.hpp"
#include "name_table.hpp"

namespace pith::io::onnx {

using producer_table = name_table<std::size_t>; ///< indices of nodes
using name_set = std::unordered_set<std::string_view>;

template <class Node>
[[nodiscard]] producer_table producers_of(const std::vector<Node>& nodes, const name_set& given) {
    producer_table out;
    for (std::size_t i = 0; i < nodes.size(); ++i)
        for (const auto name : nodes[i].outputs)
            if (!name.empty() && (given.contains(name) || !out.emplace(name, i).second))
                refuse(errc::bad_file, "two nodes compute the same value", describe(nodes[i]));
    return out;
}

namespace detail {

template <class Node>
[[nodiscard]] std::vector<bool> needed_nodes(const std::vector<Node>& nodes, const producer_table& producers,
                                             const name_set& given, const std::vector<value_proto>& outputs) {
    std::vector<bool> needed(nodes.size(), false);
    std::vector<std::size_t> open;
    const auto want = [&](std::string_view name, std::string_view where) {
        if (name.empty() || given.contains(name))
            return;
        const std::size_t* at = find_name(producers, name);
        if (at == nullptr)
            refuse(errc::missing, "a value is read that no node, input or initializer provides", where);
        if (!needed[*at]) {
            needed[*at] = true;
            open.push_back(*at);
        }
    };
    for (const auto& o : outputs)
        want(o.name, o.name);
    while (!open.empty()) {
        const Node& n = nodes[open.back()];
        open.pop_back();
        for (const auto name : n.inputs)
            want(name, describe(n));
    }
    return needed;
}

} // namespace detail

/// Indices of the needed nodes, the file's order kept where it can be.
/// @tparam Node node_proto: a template compiles its tables only where files are read
/// @param given names of graph inputs and initializers
template <class Node>
[[nodiscard]] std::vector<std::size_t> execution_order(const std::vector<Node>& nodes, const name_set& given,
                                                       const std::vector<value_proto>& outputs) {
    const producer_table producers = producers_of(nodes, given);
    const auto needed = detail::needed_nodes(nodes, producers, given, outputs);
    std::vector<std::size_t> waiting(nodes.size(), 0);
    std::vector<std::vector<std::size_t>> readers(nodes.size());
    std::vector<std::size_t> ready; // a heap, the first in the file on top
    const auto later = [](std::size_t i, std::size_t j) { return i > j; };
    std::size_t left = 0;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        if (!needed[i])
            continue;
        ++left;
        for (const auto name : nodes[i].inputs)
            if (const std::size_t* at = find_name(producers, name)) {
                readers[*at].push_back(i);
                ++waiting[i];
            }
        if (waiting[i] == 0)
            ready.push_back(i); // indices ascend: a heap already
    }
    std::vector<std::size_t> order;
    while (!ready.empty()) {
        std::pop_heap(ready.begin(), ready.end(), later);
        const std::size_t i = ready.back();
        ready.pop_back();
        order.push_back(i);
        for (const auto reader : readers[i])
            if (--waiting[reader] == 0) {
                ready.push_back(reader);
                std::push_heap(ready.begin(), ready.end(), later);
            }
    }
    if (order.size() != left)
        for (std::size_t i = 0; i < nodes.size(); ++i)
            if (needed[i] && waiting[i] != 0)
                refuse(errc::bad_file, "the graph has a cycle", describe(nodes[i]));
    return order;
}

} // namespace pith::io::onnx

#endif
