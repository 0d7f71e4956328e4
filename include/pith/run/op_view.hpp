// SPDX-License-Identifier: MIT
#ifndef PITH_RUN_OP_VIEW_HPP
#define PITH_RUN_OP_VIEW_HPP
/// The operations of a program where they lie.

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "../base/bits.hpp"
#include "records.hpp"

namespace pith::run {

/// A record that need not be aligned.
template <class Record>
[[nodiscard]] Record load_record(const std::byte* p) noexcept {
    Record r;
    std::memcpy(&r, p, sizeof r);
    return r;
}

/// An operation's record and the words behind it.
class op_view {
public:
    op_view() = default;
    explicit op_view(const std::byte* record) noexcept : record_(record) {}

    [[nodiscard]] op_record head() const noexcept { return as<op_record>(); }
    [[nodiscard]] std::uint8_t kind() const noexcept { return head().kind; }
    template <class Record>
    [[nodiscard]] Record as() const noexcept {
        return load_record<Record>(record_);
    }
    /// Word `i` behind a Record.
    template <class Record>
    [[nodiscard]] std::uint32_t word(std::size_t i) const noexcept {
        return load_le<std::uint32_t>(record_ + sizeof(Record) + 4 * i);
    }
    /// The same as a signed number.
    template <class Record>
    [[nodiscard]] std::int32_t step(std::size_t i) const noexcept {
        return load_le<std::int32_t>(record_ + sizeof(Record) + 4 * i);
    }
    [[nodiscard]] const std::byte* data() const noexcept { return record_; }

private:
    const std::byte* record_ = nullptr;
};

/// The operations in their order.
class op_range {
public:
    class iterator {
    public:
        explicit iterator(const std::byte* at) noexcept : at_(at) {}
        [[nodiscard]] op_view operator*() const noexcept { return op_view(at_); }
        iterator& operator++() noexcept {
            at_ += std::size_t{4} * op_view(at_).head().words;
            return *this;
        }
        friend bool operator==(const iterator& a, const iterator& b) noexcept { return a.at_ == b.at_; }

    private:
        const std::byte* at_;
    };

    op_range(const std::byte* first, std::size_t bytes) noexcept : first_(first), bytes_(bytes) {}
    [[nodiscard]] iterator begin() const noexcept { return iterator(first_); }
    [[nodiscard]] iterator end() const noexcept { return iterator(first_ + bytes_); }

private:
    const std::byte* first_;
    std::size_t bytes_;
};

} // namespace pith::run

#endif
