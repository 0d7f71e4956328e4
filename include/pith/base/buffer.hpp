// SPDX-License-Identifier: MIT
#ifndef PITH_BASE_BUFFER_HPP
#define PITH_BASE_BUFFER_HPP
/// Host memory aligned for any vector unit, readable over_read_bytes past its end.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <span>
#include <utility>

#include "bits.hpp"
#include "view.hpp"

namespace pith {

/// Owned, zeroed bytes; movable only. Moved from, it has none.
class buffer {
public:
    static constexpr std::size_t alignment = 64;

    buffer() = default;
    explicit buffer(std::size_t bytes)
        : buffer(::operator new (bytes + over_read_bytes, std::align_val_t{alignment}), bytes) {}
    /// The same, or null data when there is not so much memory.
    [[nodiscard]] static buffer if_possible(std::size_t bytes) noexcept {
        if (bytes > SIZE_MAX - over_read_bytes)
            return {};
        void* p = ::operator new (bytes + over_read_bytes, std::align_val_t{alignment}, std::nothrow);
        return p != nullptr ? buffer(p, bytes) : buffer();
    }
    buffer(buffer&& other) noexcept : data_(std::move(other.data_)), size_(std::exchange(other.size_, 0)) {}
    buffer& operator=(buffer&& other) noexcept {
        data_ = std::move(other.data_);
        size_ = std::exchange(other.size_, 0);
        return *this;
    }
    ~buffer() = default;

    [[nodiscard]] std::byte* data() noexcept { return data_.get(); }
    [[nodiscard]] const std::byte* data() const noexcept { return data_.get(); }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] std::span<std::byte> bytes() noexcept { return {data_.get(), size_}; }
    [[nodiscard]] bytes_view bytes() const noexcept { return {data_.get(), size_}; }

private:
    buffer(void* data, std::size_t bytes) noexcept : data_(static_cast<std::byte*>(data)), size_(bytes) {
        std::memset(data, 0, bytes + over_read_bytes);
    }

    struct release {
        void operator()(std::byte* p) const noexcept { ::operator delete (p, std::align_val_t{alignment}); }
    };
    std::unique_ptr<std::byte, release> data_;
    std::size_t size_ = 0;
};

} // namespace pith

#endif
