// SPDX-License-Identifier: MIT
#ifndef PITH_BASE_VIEW_HPP
#define PITH_BASE_VIEW_HPP
/// Views: contiguous memory that somebody else owns.

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

#include "assert.hpp"

namespace pith {

namespace detail {

/// Exists where elements behind a From* may be seen as T: the same type, or a less constant one.
template <class T, class From>
using viewable_as = std::enable_if_t<std::is_convertible_v<From (*)[], T (*)[]>>;

} // namespace detail

/// What std::span<T> is, at a tenth of its compile time: made of anything that has data() and size().
template <class T>
class view {
public:
    using element_type = T;
    using value_type = std::remove_cv_t<T>;
    using iterator = T*;

    constexpr view() noexcept = default;
    constexpr view(T* first, std::size_t count) noexcept : data_(first), size_(count) {}
    template <std::size_t N>
    constexpr view(T (&array)[N]) noexcept : data_(array), size_(N) {}
    template <class C,
              class = detail::viewable_as<T, std::remove_pointer_t<decltype(std::declval<C&>().data())>>>
    constexpr view(C& container) noexcept : data_(container.data()), size_(container.size()) {}
    template <class C, class = detail::viewable_as<
                           T, std::remove_pointer_t<decltype(std::declval<const C&>().data())>>>
    constexpr view(const C& container) noexcept : data_(container.data()), size_(container.size()) {}

    [[nodiscard]] constexpr T* data() const noexcept { return data_; }
    [[nodiscard]] constexpr std::size_t size() const noexcept { return size_; }
    [[nodiscard]] constexpr std::size_t size_bytes() const noexcept { return size_ * sizeof(T); }
    [[nodiscard]] constexpr bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] constexpr T* begin() const noexcept { return data_; }
    [[nodiscard]] constexpr T* end() const noexcept { return data_ + size_; }
    /// @pre i < size()
    [[nodiscard]] constexpr T& operator[](std::size_t i) const noexcept { return data_[i]; }
    /// @pre !empty()
    [[nodiscard]] constexpr T& front() const noexcept { return data_[0]; }
    [[nodiscard]] constexpr T& back() const noexcept { return data_[size_ - 1]; }

    /// @pre count <= size()
    [[nodiscard]] constexpr view first(std::size_t count) const noexcept { return subspan(0, count); }
    [[nodiscard]] constexpr view last(std::size_t count) const noexcept {
        return subspan(size_ - count, count);
    }
    /// @pre offset + count <= size()
    [[nodiscard]] constexpr view subspan(std::size_t offset, std::size_t count) const noexcept {
        PITH_ASSERT(offset <= size_ && count <= size_ - offset);
        return {data_ + offset, count};
    }
    [[nodiscard]] constexpr view subspan(std::size_t offset) const noexcept {
        PITH_ASSERT(offset <= size_);
        return {data_ + offset, size_ - offset};
    }

private:
    T* data_ = nullptr;
    std::size_t size_ = 0;
};

using bytes_view = view<const std::byte>;

/// Kernels may read, never write, this many bytes beyond the last element of any operand; whoever allocates
/// an arena or a program's bytes keeps them readable.
inline constexpr std::size_t over_read_bytes = 64;

} // namespace pith

#endif
