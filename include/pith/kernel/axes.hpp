// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_AXES_HPP
#define PITH_KERNEL_AXES_HPP
/// Loops over strided axes: equal neighbours are merged first, so that the innermost loop is long.

#include <cstddef>
#include <cstdint>

namespace pith::kernel {

/// Up to 8 axes walked by N operands at once; strides in elements.
template <std::size_t N>
struct axes {
    std::uint32_t rank = 0;
    std::size_t sizes[8] = {};
    std::ptrdiff_t strides[N][8] = {};

    /// Appends an axis, or widens the last one where every operand simply continues over it.
    constexpr void push(std::size_t size, const std::ptrdiff_t (&steps)[N]) noexcept {
        if (size == 1)
            return;
        bool merges = rank != 0;
        for (std::size_t i = 0; merges && i < N; ++i)
            merges = strides[i][rank - 1] == std::int64_t{steps[i]} * static_cast<std::int64_t>(size);
        if (!merges)
            ++rank;
        sizes[rank - 1] = merges ? sizes[rank - 1] * size : size;
        for (std::size_t i = 0; i < N; ++i)
            strides[i][rank - 1] = steps[i];
    }

    [[nodiscard]] constexpr bool empty() const noexcept {
        for (std::uint32_t i = 0; i < rank; ++i)
            if (sizes[i] == 0)
                return true;
        return false;
    }
};

/// Calls f(offsets) for every index of all axes but the last `inner` ones; offsets[i] is operand i's element.
template <std::size_t N, class F>
void for_each_outer(const axes<N>& a, std::uint32_t inner, const F& f) noexcept {
    const std::uint32_t outer = a.rank > inner ? a.rank - inner : 0;
    std::size_t index[8] = {};
    std::ptrdiff_t offsets[N] = {};
    if (a.empty())
        return;
    for (;;) {
        f(offsets);
        std::uint32_t axis = outer;
        for (;;) {
            if (axis == 0)
                return;
            --axis;
            if (++index[axis] < a.sizes[axis]) {
                for (std::size_t i = 0; i < N; ++i)
                    offsets[i] += a.strides[i][axis];
                break;
            }
            for (std::size_t i = 0; i < N; ++i) // one step less than the size: never outside what is walked
                offsets[i] -= a.strides[i][axis] * static_cast<std::ptrdiff_t>(a.sizes[axis] - 1);
            index[axis] = 0;
        }
    }
}

} // namespace pith::kernel

#endif
