// SPDX-License-Identifier: MIT
#ifndef PITH_RUN_PROGRAM_DATA_HPP
#define PITH_RUN_PROGRAM_DATA_HPP
/// The parts of a program where they lie, in flash or in a file's bytes, whatever its operations are.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "../base/bits.hpp"
#include "../base/shape.hpp"
#include "../base/view.hpp"
#include "layout.hpp"
#include "op_view.hpp"
#include "records.hpp"

namespace pith::run {

/// An input or output of the network.
struct door {
    std::string_view name;
    std::uint16_t tensor = no_tensor;
    shape dims;
    /// Axis i was axis permutation[i] in the model the program was made from; empty: the same order.
    std::span<const std::uint8_t> permutation;
};

/// A key and its value, as the model's file had them.
struct metadata_entry {
    std::string_view key;
    std::string_view value;
};

namespace detail {

[[nodiscard]] inline std::string_view text(const std::byte* p, std::size_t n) noexcept {
    return {reinterpret_cast<const char*>(p), n};
}
/// A name is its length (uint16) and its bytes.
[[nodiscard]] inline const std::byte* next_text(const std::byte* p) noexcept {
    return p + 2 + load_le<std::uint16_t>(p);
}
[[nodiscard]] inline std::string_view load_text(const std::byte* p) noexcept {
    return text(p + 2, load_le<std::uint16_t>(p));
}

/// Where the sections of a file lie.
struct section_table {
    section_record constants{};
    section_record tensors{};
    section_record operations{};
    section_record doors{};
    section_record names{};
    section_record metadata{};

    /// The section of that kind, or null for kinds that this version does not know.
    [[nodiscard]] section_record* find(std::uint16_t kind) noexcept {
        section_record* const all[] = {&constants, &tensors, &operations, &doors, &names, &metadata};
        return kind >= 1 && kind <= std::size(all) ? all[kind - 1] : nullptr;
    }
};

} // namespace detail

/// The tables of an opened file: tensors, operations, inputs, outputs, constants.
class program_data {
public:
    program_data() = default;
    /// @pre the bytes are a checked program with this header and these sections
    program_data(bytes_view bytes, const file_header& header, const detail::section_table& sections) noexcept
        : bytes_(bytes), header_(header), at_(sections) {}

    [[nodiscard]] bytes_view bytes() const noexcept { return bytes_; }
    /// What an arena must have, over_read_bytes included.
    [[nodiscard]] std::size_t arena_bytes() const noexcept { return header_.arena_bytes; }
    /// Bytes of packed weights, biases, factors and tables.
    [[nodiscard]] std::size_t constant_bytes() const noexcept { return at_.constants.bytes; }
    [[nodiscard]] std::size_t tensor_count() const noexcept { return at_.tensors.count; }
    [[nodiscard]] std::size_t op_count() const noexcept { return at_.operations.count; }

    /// @pre id < tensor_count()
    [[nodiscard]] tensor_record tensor(std::size_t id) const noexcept {
        return load_record<tensor_record>(bytes_.data() + at_.tensors.at + id * sizeof(tensor_record));
    }
    [[nodiscard]] op_range ops() const noexcept {
        return {bytes_.data() + at_.operations.at, at_.operations.bytes};
    }
    [[nodiscard]] const std::byte* constant(std::uint32_t offset) const noexcept {
        return bytes_.data() + offset;
    }

    [[nodiscard]] std::size_t input_count() const noexcept { return header_.input_count; }
    [[nodiscard]] std::size_t output_count() const noexcept { return header_.output_count; }
    /// @pre i < input_count()
    [[nodiscard]] door input(std::size_t i) const noexcept { return door_at(i); }
    /// @pre i < output_count()
    [[nodiscard]] door output(std::size_t i) const noexcept { return door_at(input_count() + i); }
    /// The layer an operation came from; empty when the names were left out. @pre i < op_count()
    [[nodiscard]] std::string_view op_name(std::size_t i) const noexcept {
        return at_.names.count == 0 ? std::string_view{} : text_at(at_.names, i);
    }
    /// Calls take(op, name) for all of them in order: op_name walks to each anew.
    template <class Take>
    void for_each_op(const Take& take) const {
        const std::byte* p = bytes_.data() + at_.names.at;
        for (const op_view op : ops()) {
            take(op, at_.names.count == 0 ? std::string_view{} : detail::load_text(p));
            p = at_.names.count == 0 ? p : detail::next_text(p);
        }
    }
    [[nodiscard]] std::size_t metadata_count() const noexcept { return at_.metadata.count; }
    /// @pre i < metadata_count()
    [[nodiscard]] metadata_entry metadata(std::size_t i) const noexcept {
        return {text_at(at_.metadata, 2 * i), text_at(at_.metadata, 2 * i + 1)};
    }

private:
    [[nodiscard]] std::string_view text_at(const section_record& section, std::size_t i) const noexcept {
        const std::byte* p = bytes_.data() + section.at;
        for (; i > 0; --i)
            p = detail::next_text(p);
        return detail::load_text(p);
    }
    [[nodiscard]] door door_at(std::size_t i) const noexcept;

    bytes_view bytes_;
    file_header header_{};
    detail::section_table at_{};
};

inline door program_data::door_at(std::size_t i) const noexcept {
    const std::byte* p = bytes_.data() + at_.doors.at;
    for (; i > 0; --i)
        p += door_bytes(load_record<door_record>(p));
    const door_record r = load_record<door_record>(p);
    p += sizeof r;
    door d;
    d.tensor = r.tensor;
    for (std::size_t k = 0; k < r.rank; ++k)
        d.dims.push_back(load_le<std::uint32_t>(p + 4 * k));
    p += std::size_t{4} * r.rank;
    d.permutation = {reinterpret_cast<const std::uint8_t*>(p), r.permuted};
    d.name = detail::text(p + r.permuted, r.name_bytes);
    return d;
}

} // namespace pith::run

#endif
