// SPDX-License-Identifier: MIT
#ifndef PITH_PLAN_ARENA_HPP
#define PITH_PLAN_ARENA_HPP
/// Gives every tensor its place in the arena: what does not live at the same time may share memory.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "../base/ascending.hpp"
#include "../base/bits.hpp"
#include "../base/result.hpp"
#include "../base/view.hpp"
#include "../run/layout.hpp"
#include "draft.hpp"

namespace pith::plan {

struct arena_options {
    /// Inputs may be overwritten while the program runs, so they must be written before each run.
    bool reuse_inputs = false;
    bool in_place = true;
};

namespace detail {

/// One piece of arena memory: a tensor, its aliases, and the tensors computed in its place.
struct storage {
    std::size_t bytes = 0;
    std::int64_t first = -1; ///< operation that writes it first; -1: before all
    std::int64_t last = -1;  ///< operation that reads it last
    std::size_t offset = 0;
    bool used = false;
};

[[nodiscard]] inline std::size_t bytes_of(const draft_tensor& t) noexcept {
    return static_cast<std::size_t>(run::stored_elements(t.record)) * run::element_bytes(t.record);
}

[[nodiscard]] inline bool same_layout(const run::tensor_record& a, const run::tensor_record& b) noexcept {
    return a.type == b.type && std::equal(a.dims, a.dims + 4, b.dims) &&
           std::equal(a.border, a.border + 4, b.border);
}

[[nodiscard]] inline std::vector<storage> lifetimes(const draft& d, const arena_options& options) {
    std::vector<storage> all(d.tensors.size());
    const auto touch = [&](tensor_id id, std::int64_t when) {
        if (id == no_tensor || d.tensors[id].record.constant != 0)
            return;
        storage& s = all[d.root_of(id)];
        s.first = s.used ? std::min(s.first, when) : when;
        s.last = s.used ? std::max(s.last, when) : when;
        s.used = true;
    };
    const auto end = static_cast<std::int64_t>(d.ops.size());
    for (const auto& door : d.inputs) {
        touch(door.tensor, -1);
        if (!options.reuse_inputs)
            touch(door.tensor, end);
    }
    for (std::size_t i = 0; i < d.ops.size(); ++i) {
        const run::op_record op = d.ops[i].head();
        for (const tensor_id id : {op.output, op.input, op.second})
            touch(id, static_cast<std::int64_t>(i));
    }
    for (const auto& door : d.outputs)
        touch(door.tensor, end);
    for (std::size_t k = 0; k < d.tensors.size(); ++k)
        if (storage& s = all[d.root_of(static_cast<tensor_id>(k))]; s.used)
            s.bytes = std::max(s.bytes, bytes_of(d.tensors[k]));
    return all;
}

/// Lets outputs take the memory of an input that is not read again. Gives each tensor's storage.
[[nodiscard]] inline std::vector<tensor_id> join_in_place(const draft& d, std::vector<storage>& all) {
    std::vector<tensor_id> storage_of(d.tensors.size());
    for (std::size_t i = 0; i < d.tensors.size(); ++i)
        storage_of[i] = d.root_of(static_cast<tensor_id>(i));
    const auto current = [&](tensor_id id) {
        tensor_id s = storage_of[id];
        while (storage_of[s] != s)
            s = storage_of[s];
        return s;
    };
    for (std::size_t i = 0; i < d.ops.size(); ++i) {
        if (d.ops[i].replaces == run::in_place::nothing)
            continue;
        const run::op_record op = d.ops[i].head();
        const tensor_id to = current(op.output);
        for (const tensor_id id : {op.input, op.second}) {
            if (id == no_tensor || d.tensors[id].record.constant != 0)
                continue;
            const tensor_id from = current(id);
            if (d.ops[i].replaces == run::in_place::second && from == current(op.input))
                continue;
            const auto now = static_cast<std::int64_t>(i);
            if (from == to || all[from].last != now || all[to].first != now ||
                !same_layout(d.tensors[id].record, d.tensors[op.output].record))
                continue;
            all[from].last = all[to].last;
            all[from].bytes = std::max(all[from].bytes, all[to].bytes);
            all[to].used = false;
            storage_of[to] = from;
            break;
        }
    }
    for (std::size_t i = 0; i < d.tensors.size(); ++i)
        storage_of[i] = current(static_cast<tensor_id>(i));
    return storage_of;
}

/// The largest first, each at the lowest place where nothing that lives at the same time is.
[[nodiscard]] inline std::size_t place_storages(std::vector<storage>& all) {
    std::vector<storage*> used;
    std::vector<double> sizes; // exact below 2^53 bytes
    for (auto& s : all)
        if (s.used) {
            used.push_back(&s);
            sizes.push_back(-static_cast<double>(s.bytes));
        }
    // Looking at all that have a place takes a step for each: no network comes near so many, a hostile one
    // gets a larger arena.
    std::size_t steps = std::size_t{1} << 25;
    std::vector<storage*> placed;
    std::size_t end = 0;
    for (const std::size_t place : ascending(sizes)) {
        storage* const s = used[place];
        if (steps < placed.size()) {
            s->offset = round_up(end, std::size_t{64});
            end = s->offset + s->bytes;
            continue;
        }
        steps -= placed.size();
        std::size_t at = 0;
        for (const storage* p : placed) { // sorted by offset
            if (p->last < s->first || s->last < p->first)
                continue;
            if (at + s->bytes <= p->offset)
                break;
            at = std::max(at, round_up(p->offset + p->bytes, std::size_t{64}));
        }
        s->offset = at;
        end = std::max(end, at + s->bytes);
        placed.insert(
            std::upper_bound(placed.begin(), placed.end(), s,
                             [](const storage* a, const storage* b) { return a->offset < b->offset; }),
            s);
    }
    return end;
}

} // namespace detail

/// Sets every tensor's offset and the size of the arena.
[[nodiscard]] inline result<void> place_tensors(draft& d, const arena_options& options = {}) {
    auto all = detail::lifetimes(d, options);
    std::vector<tensor_id> storage_of;
    if (options.in_place) {
        storage_of = detail::join_in_place(d, all);
    } else {
        for (std::size_t i = 0; i < d.tensors.size(); ++i)
            storage_of.push_back(d.root_of(static_cast<tensor_id>(i)));
    }
    const std::size_t end = detail::place_storages(all);
    if (end > 0x7FFFFFFF)
        return fault{errc::unsupported, "the network needs more than 2 GiB of memory for its values"};
    for (std::size_t i = 0; i < d.tensors.size(); ++i) {
        auto& r = d.tensors[i].record;
        if (r.constant == 0)
            r.offset = static_cast<std::uint32_t>(all[storage_of[i]].offset +
                                                  run::elements_before(r) * run::element_bytes(r));
    }
    d.arena_bytes = round_up(end + over_read_bytes, std::size_t{64});
    return {};
}

} // namespace pith::plan

#endif
