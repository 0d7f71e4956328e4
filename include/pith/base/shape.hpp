// SPDX-License-Identifier: MIT
#ifndef PITH_BASE_SHAPE_HPP
#define PITH_BASE_SHAPE_HPP
/// The sizes of a tensor, row-major, rank 0 (a scalar) to max_rank. No heap.

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>

#include "assert.hpp"

namespace pith {

/// Axes that a value can have.
inline constexpr std::size_t max_rank = 8;

/// The sizes of a value's axes, at most max_rank of them; on the stack.
class shape {
public:
    constexpr shape() = default;
    /// @pre at most max_rank sizes
    constexpr shape(std::initializer_list<std::int64_t> dims) {
        for (const auto d : dims)
            push_back(d);
    }

    [[nodiscard]] constexpr std::size_t rank() const noexcept { return rank_; }
    [[nodiscard]] constexpr std::int64_t operator[](std::size_t i) const noexcept {
        PITH_ASSERT(i < rank_);
        return dims_[i];
    }
    [[nodiscard]] constexpr std::int64_t& operator[](std::size_t i) noexcept {
        PITH_ASSERT(i < rank_);
        return dims_[i];
    }
    [[nodiscard]] constexpr std::int64_t back() const noexcept { return (*this)[rank_ - 1]; }
    [[nodiscard]] constexpr const std::int64_t* begin() const noexcept { return dims_.data(); }
    [[nodiscard]] constexpr const std::int64_t* end() const noexcept { return dims_.data() + rank_; }

    /// One more axis behind the others. @pre rank() < max_rank
    constexpr void push_back(std::int64_t dim) {
        PITH_ASSERT(rank_ < max_rank);
        dims_[rank_++] = dim;
    }

    /// Product of the sizes; 1 for a scalar.
    [[nodiscard]] constexpr std::int64_t elements() const noexcept { return product(0, rank_); }
    /// Product of the sizes of axes [first, last).
    [[nodiscard]] constexpr std::int64_t product(std::size_t first, std::size_t last) const noexcept {
        std::int64_t n = 1;
        for (std::size_t i = first; i < last; ++i)
            n *= dims_[i];
        return n;
    }

    friend constexpr bool operator==(const shape& a, const shape& b) noexcept {
        if (a.rank_ != b.rank_)
            return false;
        for (std::size_t i = 0; i < a.rank_; ++i)
            if (a.dims_[i] != b.dims_[i])
                return false;
        return true;
    }

private:
    std::array<std::int64_t, max_rank> dims_{};
    std::size_t rank_ = 0;
};

} // namespace pith

#endif
