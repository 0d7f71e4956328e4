// SPDX-License-Identifier: MIT
#ifndef PITH_PLAN_DRAFT_HPP
#define PITH_PLAN_DRAFT_HPP
/// A program in the making: tensors without places, operations whose records already stand, constants.

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "../base/shape.hpp"
#include "../graph/graph.hpp"
#include "../run/layout.hpp"
#include "../run/op_checker.hpp"
#include "../run/records.hpp"

namespace pith::plan {

using tensor_id = std::uint16_t;
using blob_id = std::uint32_t;
/// Stands for a tensor that is not there.
inline constexpr tensor_id no_tensor = run::no_tensor;

struct draft_tensor {
    run::tensor_record record{};    ///< offset is set by place_tensors and by emit
    value_id origin = no_value;     ///< the graph's value it holds; none for what is in between
    tensor_id alias_of = no_tensor; ///< shares that tensor's elements
    blob_id blob = 0;               ///< of constants
};

/// Four bytes of a record that are to hold where a constant lies in the file.
struct blob_reference {
    std::size_t at = 0;
    blob_id blob = 0;
};

struct draft_op {
    std::vector<std::byte> record;
    std::vector<blob_reference> blobs;
    std::string name;
    std::string storage;            ///< how sparse weights are stored, and why; empty: they are dense
    std::vector<std::size_t> nodes; ///< of the graph, that it computes
    /// Operands whose memory the output may take, if nothing reads them afterwards.
    run::in_place replaces = run::in_place::nothing;

    [[nodiscard]] run::op_record head() const noexcept {
        run::op_record r;
        std::memcpy(&r, record.data(), sizeof r);
        return r;
    }
};

/// An input or output of the program.
struct draft_door {
    tensor_id tensor = no_tensor;
    std::string name;
    shape dims;
    std::vector<std::uint8_t> permutation;
};

struct draft {
    std::vector<draft_tensor> tensors;
    std::vector<draft_op> ops;
    std::vector<std::vector<std::byte>> blobs;
    std::vector<std::vector<blob_id>> known; ///< blobs by the hash of their bytes
    std::vector<draft_door> inputs;
    std::vector<draft_door> outputs;
    std::vector<std::pair<std::string, std::string>> metadata;
    std::size_t arena_bytes = 0;

    /// The same bytes are kept once.
    blob_id add_blob(std::vector<std::byte> bytes) {
        constexpr std::size_t buckets = 4096;
        known.resize(buckets);
        const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
        auto& alike = known[std::hash<std::string_view>{}(text) % buckets];
        for (const blob_id i : alike)
            if (blobs[i] == bytes)
                return i;
        alike.push_back(static_cast<blob_id>(blobs.size()));
        blobs.push_back(std::move(bytes));
        return alike.back();
    }
    template <class T>
    blob_id add_blob_of(const std::vector<T>& elements) {
        std::vector<std::byte> bytes(elements.size() * sizeof(T));
        if (!bytes.empty())
            std::memcpy(bytes.data(), elements.data(), bytes.size());
        return add_blob(std::move(bytes));
    }
    tensor_id add_tensor(const draft_tensor& t) {
        tensors.push_back(t);
        return static_cast<tensor_id>(tensors.size() - 1);
    }
    /// Appends an operation. @tparam Op one of run/op or a user's @param tail words behind the record
    template <class Op>
    draft_op& add_op(typename Op::record r, const std::vector<std::int32_t>& tail = {}) {
        run::op_record head;
        std::memcpy(&head, &r, sizeof head);
        head.kind = Op::kind;
        head.words = static_cast<std::uint8_t>(sizeof r / 4 + tail.size());
        std::memcpy(&r, &head, sizeof head);
        draft_op op;
        op.replaces = Op::replaces;
        op.record.resize(sizeof r + 4 * tail.size());
        std::memcpy(op.record.data(), &r, sizeof r);
        if (!tail.empty())
            std::memcpy(op.record.data() + sizeof r, tail.data(), 4 * tail.size());
        ops.push_back(std::move(op));
        return ops.back();
    }
    /// The tensor whose memory `id` lies in.
    [[nodiscard]] tensor_id root_of(tensor_id id) const noexcept {
        while (tensors[id].alias_of != no_tensor)
            id = tensors[id].alias_of;
        return id;
    }
};

/// The sizes a tensor of this shape has in a program: images; smaller ranks have their last axis as
/// channels, and larger ones their first axes taken together.
[[nodiscard]] inline std::array<std::uint32_t, 4> image_dims(const shape& s) {
    std::array<std::uint32_t, 4> d{1, 1, 1, 1};
    const std::size_t rank = s.rank();
    const auto at = [&](std::size_t i) { return static_cast<std::uint32_t>(s[i]); };
    if (rank == 0)
        return d;
    d[3] = at(rank - 1);
    if (rank >= 3)
        d[2] = at(rank - 2);
    if (rank >= 4)
        d[1] = static_cast<std::uint32_t>(s.product(1, rank - 2));
    if (rank >= 2)
        d[0] = at(0);
    return d;
}

} // namespace pith::plan

#endif
