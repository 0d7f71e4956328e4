// SPDX-License-Identifier: MIT
#ifndef PITH_TESTS_RUN_HAND_MADE_HPP
#define PITH_TESTS_RUN_HAND_MADE_HPP
/// Programs written record by record, so that the device half is tested without the plan.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

#include "pith/base/bits.hpp"
#include "pith/base/view.hpp"
#include "pith/run/checksum.hpp"
#include "pith/run/layout.hpp"
#include "pith/run/records.hpp"

namespace hand_made {

using namespace pith::run;
using pith::format::dtype;

/// Bytes at an address a program may have.
struct aligned_bytes {
    std::vector<std::byte> memory;
    std::size_t size = 0;

    explicit aligned_bytes(std::size_t n) : memory(n + 64), size(n) {}
    [[nodiscard]] std::byte* data() {
        return memory.data() + (64 - reinterpret_cast<std::uintptr_t>(memory.data()) % 64) % 64;
    }
    [[nodiscard]] std::span<std::byte> view() { return {data(), size}; }
};

struct program {
    static constexpr std::size_t constants_at = sizeof(file_header) + 6 * sizeof(section_record);

    file_header header{};
    std::vector<std::byte> constants;
    std::vector<tensor_record> tensors;
    std::vector<std::byte> ops;
    std::vector<std::byte> doors;
    std::uint32_t op_count = 0;
    std::vector<section_record> more; ///< sections of no bytes behind the others

    static void append(std::vector<std::byte>& to, const void* from, std::size_t n) {
        const auto* p = static_cast<const std::byte*>(from);
        to.insert(to.end(), p, p + n);
    }
    /// Where the elements will lie in the file.
    template <class T>
    std::uint32_t constant(const std::vector<T>& elements) {
        constants.resize(pith::round_up(constants.size(), std::size_t{16}));
        const std::size_t at = constants_at + constants.size();
        append(constants, elements.data(), elements.size() * sizeof(T));
        return static_cast<std::uint32_t>(at);
    }
    /// At the end of the arena.
    std::uint16_t tensor(dtype type, const std::uint32_t (&dims)[4], float scale = 1, std::uint8_t zero = 0,
                         std::uint8_t border = 0) {
        tensor_record t{};
        std::memcpy(t.dims, dims, sizeof t.dims);
        t.scale = scale;
        t.zero = zero;
        t.type = static_cast<std::uint8_t>(type);
        std::memset(t.border, border, 4);
        const std::size_t bytes = pith::format::bytes_of(type);
        t.offset = header.arena_bytes + static_cast<std::uint32_t>(elements_before(t) * bytes);
        header.arena_bytes +=
            static_cast<std::uint32_t>(pith::round_up(stored_elements(t) * bytes, std::uint64_t{16}));
        tensors.push_back(t);
        return static_cast<std::uint16_t>(tensors.size() - 1);
    }
    template <class Op>
    void add(typename Op::record r, const std::vector<std::int32_t>& tail = {}) {
        auto* head = reinterpret_cast<std::uint8_t*>(&r);
        head[0] = Op::kind;
        head[1] = static_cast<std::uint8_t>((sizeof r + 4 * tail.size()) / 4);
        append(ops, &r, sizeof r);
        append(ops, tail.data(), 4 * tail.size());
        ++op_count;
    }
    void door(std::uint16_t tensor, std::string_view name, bool is_input) {
        door_record r{};
        r.tensor = tensor;
        r.rank = 4;
        r.name_bytes = static_cast<std::uint16_t>(name.size());
        append(doors, &r, sizeof r);
        append(doors, tensors[tensor].dims, 16);
        append(doors, name.data(), name.size());
        doors.resize(pith::round_up(doors.size(), std::size_t{4}));
        ++(is_input ? header.input_count : header.output_count);
    }
    [[nodiscard]] aligned_bytes bytes() const {
        std::vector<std::byte> all(constants_at);
        std::vector<section_record> table;
        const auto add_section = [&](section_kind kind, const void* from, std::size_t n, std::size_t count) {
            table.push_back({static_cast<std::uint16_t>(kind), 1, static_cast<std::uint32_t>(all.size()),
                             static_cast<std::uint32_t>(n), static_cast<std::uint32_t>(count)});
            append(all, from, n);
            all.resize(pith::round_up(all.size(), std::size_t{4}));
        };
        add_section(section_kind::constants, constants.data(), constants.size(), 1);
        add_section(section_kind::tensors, tensors.data(), tensors.size() * sizeof(tensor_record),
                    tensors.size());
        add_section(section_kind::operations, ops.data(), ops.size(), op_count);
        add_section(section_kind::doors, doors.data(), doors.size(),
                    std::size_t{header.input_count} + header.output_count);
        for (const section_record& s : more) {
            table.push_back(s);
            table.back().at = static_cast<std::uint32_t>(all.size());
        }
        all.resize(all.size() + pith::over_read_bytes);
        file_header h = header;
        h.magic = file_magic;
        h.version = file_version;
        h.arena_bytes += pith::over_read_bytes;
        h.section_count = static_cast<std::uint16_t>(table.size());
        h.total_bytes = static_cast<std::uint32_t>(all.size());
        std::memcpy(all.data() + sizeof h, table.data(), table.size() * sizeof table[0]);
        std::memcpy(all.data(), &h, sizeof h);
        h.checksum = checksum(pith::bytes_view(all).subspan(16));
        std::memcpy(all.data(), &h, sizeof h);
        aligned_bytes out(all.size());
        std::memcpy(out.data(), all.data(), all.size());
        return out;
    }
};

[[nodiscard]] inline op_record operands(std::uint16_t output, std::uint16_t input,
                                        std::uint16_t second = no_tensor) {
    return {0, 0, output, input, second};
}

} // namespace hand_made

#endif
