// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_STRIDES_HPP
#define PITH_GRAPH_STRIDES_HPP
/// Strided walks over tensors: broadcasting and every layer that only moves elements.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "../base/result.hpp"
#include "../base/shape.hpp"

namespace pith {

/// Elements to the next position along each axis; 0 repeats, negative walks backwards.
using strides = std::array<std::int64_t, max_rank>;

/// Strides of a dense row-major tensor.
[[nodiscard]] constexpr strides dense_strides(const shape& s) noexcept {
    strides out{};
    std::int64_t step = 1;
    for (std::size_t i = s.rank(); i-- > 0;) {
        out[i] = step;
        step *= s[i];
    }
    return out;
}

/// The shape that both broadcast to (NumPy).
[[nodiscard]] inline result<shape> broadcast(const shape& a, const shape& b) {
    const std::size_t rank = std::max(a.rank(), b.rank());
    shape out;
    for (std::size_t i = 0; i < rank; ++i) {
        const std::int64_t x = i + a.rank() < rank ? 1 : a[i + a.rank() - rank];
        const std::int64_t y = i + b.rank() < rank ? 1 : b[i + b.rank() - rank];
        if (x != y && x != 1 && y != 1)
            return fault{errc::bad_shape, "the shapes cannot be broadcast to each other"};
        out.push_back(x == 1 ? y : x);
    }
    return out;
}

/// Strides with which a dense tensor of shape `from` is read as if it had shape `to`. @pre `from` broadcasts
/// to `to`
[[nodiscard]] constexpr strides broadcast_strides(const shape& from, const shape& to) noexcept {
    const strides dense = dense_strides(from);
    strides out{};
    const std::size_t missing = to.rank() - from.rank();
    for (std::size_t i = 0; i < from.rank(); ++i)
        out[missing + i] = from[i] == 1 ? 0 : dense[i];
    return out;
}

/// Calls row(offset, first, second) for every row along the last axis of a dense tensor of shape `over`:
/// where the row begins in it, and where it begins under the two strides.
template <class Row>
void for_each_row(const shape& over, const strides& first, const strides& second, const Row& row) {
    if (over.elements() == 0)
        return;
    const std::size_t outer = over.rank() == 0 ? 0 : over.rank() - 1;
    const std::int64_t length = over.rank() == 0 ? 1 : over.back();
    const std::int64_t rows = over.elements() / length;
    std::array<std::int64_t, max_rank> at{};
    std::int64_t a = 0;
    std::int64_t b = 0;
    for (std::int64_t r = 0; r < rows; ++r) {
        row(r * length, a, b);
        for (std::size_t i = outer; i-- > 0;) {
            a += first[i];
            b += second[i];
            if (++at[i] < over[i])
                break;
            a -= first[i] * over[i];
            b -= second[i] * over[i];
            at[i] = 0;
        }
    }
}

/// out[i...] = in[sum of i * step], `out` dense of shape `dims`.
template <class E>
void copy_strided(const E* in, const strides& step, const shape& dims, E* out) {
    const std::int64_t length = dims.rank() == 0 ? 1 : dims.back();
    const std::int64_t inner = dims.rank() == 0 ? 1 : step[dims.rank() - 1];
    for_each_row(dims, step, step, [&](std::int64_t to, std::int64_t from, std::int64_t) {
        if (inner == 1) {
            std::copy_n(in + from, length, out + to);
            return;
        }
        for (std::int64_t i = 0; i < length; ++i)
            out[to + i] = in[from + i * inner];
    });
}

} // namespace pith

#endif
