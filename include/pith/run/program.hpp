// SPDX-License-Identifier: MIT
#ifndef PITH_RUN_PROGRAM_HPP
#define PITH_RUN_PROGRAM_HPP
/// program_view: a packed network where it lies, in flash or in a file's bytes. Nothing is copied.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "../base/bits.hpp"
#include "../base/result.hpp"
#include "../base/shape.hpp"
#include "../base/view.hpp"
#include "check_file.hpp"
#include "op_view.hpp"

namespace pith::run {

/// An input or output of the network.
struct door {
    std::string_view name;
    std::uint16_t tensor = no_tensor;
    shape dims;
    /// Axis i was axis permutation[i] in the model the program was made from; empty: the same order.
    view<const std::uint8_t> permutation;
};

struct metadata_entry {
    std::string_view key;
    std::string_view value;
};

class program_view {
public:
    program_view() = default;

    /// Checks every byte once, so that execution need not: what it accepts never reads or writes outside the
    /// program's bytes and its arena. @param bytes aligned to required_alignment; they must outlive the view.
    [[nodiscard]] static result<program_view> open(bytes_view bytes) noexcept {
        program_view p;
        PITH_TRY(detail::check_file(bytes, p.header_));
        p.bytes_ = bytes.first(p.header_.total_bytes);
        return p;
    }

    [[nodiscard]] const file_header& header() const noexcept { return header_; }
    [[nodiscard]] bytes_view bytes() const noexcept { return bytes_; }
    /// What an arena must have, over_read_bytes included.
    [[nodiscard]] std::size_t arena_bytes() const noexcept { return header_.arena_bytes; }
    [[nodiscard]] std::size_t tensor_count() const noexcept { return header_.tensor_count; }
    [[nodiscard]] std::size_t op_count() const noexcept { return header_.op_count; }

    [[nodiscard]] tensor_record tensor(std::size_t id) const noexcept {
        return load_record<tensor_record>(bytes_.data() + header_.tensors_at + id * sizeof(tensor_record));
    }
    [[nodiscard]] op_range ops() const noexcept {
        return {bytes_.data() + header_.ops_at, header_.ops_bytes};
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
    /// The layer an operation came from; empty when the names were left out.
    [[nodiscard]] std::string_view op_name(std::size_t i) const noexcept;
    /// Calls take(op, name) for all of them in order: op_name walks to each anew.
    template <class Take>
    void for_each_op(const Take& take) const;
    [[nodiscard]] std::size_t metadata_count() const noexcept { return header_.metadata_count; }
    [[nodiscard]] metadata_entry metadata(std::size_t i) const noexcept;

private:
    [[nodiscard]] door door_at(std::size_t i) const noexcept;
    [[nodiscard]] const std::byte* behind_doors() const noexcept;

    bytes_view bytes_;
    file_header header_{};
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

} // namespace detail

inline door program_view::door_at(std::size_t i) const noexcept {
    const std::byte* p = bytes_.data() + header_.text_at;
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

inline const std::byte* program_view::behind_doors() const noexcept {
    const std::byte* p = bytes_.data() + header_.text_at;
    for (std::size_t i = 0; i < input_count() + output_count(); ++i)
        p += door_bytes(load_record<door_record>(p));
    return p;
}

inline std::string_view program_view::op_name(std::size_t i) const noexcept {
    if (header_.named_ops == 0)
        return {};
    const std::byte* p = behind_doors();
    for (; i > 0; --i)
        p = detail::next_text(p);
    return detail::load_text(p);
}

template <class Take>
void program_view::for_each_op(const Take& take) const {
    const std::byte* p = behind_doors();
    for (const auto op : ops()) {
        take(op, header_.named_ops != 0 ? detail::load_text(p) : std::string_view{});
        if (header_.named_ops != 0)
            p = detail::next_text(p);
    }
}

inline metadata_entry program_view::metadata(std::size_t i) const noexcept {
    const std::byte* p = behind_doors();
    for (std::size_t skip = (header_.named_ops != 0 ? op_count() : 0) + 2 * i; skip > 0; --skip)
        p = detail::next_text(p);
    return {detail::load_text(p), detail::load_text(detail::next_text(p))};
}

} // namespace pith::run

#endif
