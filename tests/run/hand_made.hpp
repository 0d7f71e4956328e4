// SPDX-License-Identifier: MIT
#ifndef PITH_TESTS_RUN_HAND_MADE_HPP
#define PITH_TESTS_RUN_HAND_MADE_HPP
/// Programs written record by record, so that the device half is tested without the plan.

#include <cstddef>
#include <cstdint>
#include <cstring>
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
    [[nodiscard]] pith::view<std::byte> view() { return {data(), size}; }
};

struct program {
    file_header header{};
    std::vector<std::byte> constants;
    std::vector<tensor_record> tensors;
    std::vector<std::byte> ops;
    std::vector<std::byte> text;

    static void append(std::vector<std::byte>& to, const void* from, std::size_t n) {
        const auto* p = static_cast<const std::byte*>(from);
        to.insert(to.end(), p, p + n);
    }
    /// Where the elements will lie in the file.
    template <class T>
    std::uint32_t constant(const std::vector<T>& elements) {
        constants.resize(pith::round_up(constants.size(), std::size_t{16}));
        const std::size_t at = sizeof(file_header) + constants.size();
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
    template <class Record>
    void op(op_kind kind, Record r, const std::vector<std::int32_t>& tail = {}) {
        auto* head = reinterpret_cast<std::uint8_t*>(&r);
        head[0] = static_cast<std::uint8_t>(kind);
        head[1] = static_cast<std::uint8_t>((sizeof r + 4 * tail.size()) / 4);
        append(ops, &r, sizeof r);
        append(ops, tail.data(), 4 * tail.size());
        ++header.op_count;
    }
    void door(std::uint16_t tensor, std::string_view name, bool is_input) {
        door_record r{};
        r.tensor = tensor;
        r.rank = 4;
        r.name_bytes = static_cast<std::uint16_t>(name.size());
        append(text, &r, sizeof r);
        append(text, tensors[tensor].dims, 16);
        append(text, name.data(), name.size());
        text.resize(pith::round_up(text.size(), std::size_t{4}));
        ++(is_input ? header.input_count : header.output_count);
    }
    [[nodiscard]] aligned_bytes bytes() const {
        std::vector<std::byte> all(sizeof(file_header));
        file_header h = header;
        append(all, constants.data(), constants.size());
        all.resize(pith::round_up(all.size(), std::size_t{4}));
        h.magic = file_magic;
        h.version = file_version;
        h.arena_bytes += pith::over_read_bytes;
        h.tensors_at = static_cast<std::uint32_t>(all.size());
        h.tensor_count = static_cast<std::uint32_t>(tensors.size());
        append(all, tensors.data(), tensors.size() * sizeof(tensor_record));
        h.ops_at = static_cast<std::uint32_t>(all.size());
        h.ops_bytes = static_cast<std::uint32_t>(ops.size());
        append(all, ops.data(), ops.size());
        h.text_at = static_cast<std::uint32_t>(all.size());
        h.text_bytes = static_cast<std::uint32_t>(text.size());
        append(all, text.data(), text.size());
        all.resize(all.size() + pith::over_read_bytes);
        h.total_bytes = static_cast<std::uint32_t>(all.size());
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
