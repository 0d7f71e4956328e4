// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_MOVEMENT_PORTABLE_HPP
#define PITH_KERNEL_MOVEMENT_PORTABLE_HPP
/// Copies, pads and gathers in plain C++.

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "../axes.hpp"
#include "../entry.hpp"
#include "args.hpp"

namespace pith::kernel::portable {

namespace detail {

/// Calls f(T{}) with an unsigned T of `bytes` bytes.
template <class F>
void with_width(std::uint32_t bytes, const F& f) noexcept {
    switch (bytes) {
    case 1:
        return f(std::uint8_t{});
    case 2:
        return f(std::uint16_t{});
    case 4:
        return f(std::uint32_t{});
    default:
        return f(std::uint64_t{});
    }
}

/// rows x columns elements, rows `row_step` apart. Where only the input's rows are contiguous, blocks keep
/// both sides in the cache.
template <class T>
void copy_plane(const T* x, T* y, std::size_t rows, std::size_t columns, const std::ptrdiff_t (&row_step)[2],
                const std::ptrdiff_t (&step)[2]) noexcept {
    constexpr std::size_t block = 16;
    for (std::size_t first = 0; first < columns; first += block) {
        const std::size_t count = columns - first < block ? columns - first : block;
        const T* from = x + static_cast<std::ptrdiff_t>(first) * step[0];
        T* to = y + static_cast<std::ptrdiff_t>(first) * step[1];
        for (std::size_t r = 0; r < rows; ++r, from += row_step[0], to += row_step[1])
            for (std::size_t c = 0; c < count; ++c)
                to[static_cast<std::ptrdiff_t>(c) * step[1]] = from[static_cast<std::ptrdiff_t>(c) * step[0]];
    }
}

/// One line of `count` elements of type T.
template <class T>
void copy_line(const T* x, T* y, std::size_t count, std::ptrdiff_t step) noexcept {
    if (step == 1) {
        std::memmove(y, x, count * sizeof(T));
    } else if (step == 0) {
        const T value = *x;
        for (std::size_t i = 0; i < count; ++i)
            y[i] = value;
    } else {
        for (std::size_t i = 0; i < count; ++i)
            y[i] = x[static_cast<std::ptrdiff_t>(i) * step];
    }
}

template <class T>
void copy(const T* input, T* output, axes<2> a) noexcept {
    if (a.rank == 0) {
        *output = *input;
        return;
    }
    const std::uint32_t last = a.rank - 1;
    const bool plane =
        a.rank > 1 && (a.strides[0][last] > 1 || a.strides[0][last] < 0 || a.strides[1][last] != 1);
    for_each_outer(a, plane ? 2 : 1, [&](const std::ptrdiff_t(&at)[2]) {
        const T* x = input + at[0];
        T* y = output + at[1];
        if (plane)
            copy_plane(x, y, a.sizes[last - 1], a.sizes[last],
                       {a.strides[0][last - 1], a.strides[1][last - 1]},
                       {a.strides[0][last], a.strides[1][last]});
        else if (a.strides[1][last] == 1)
            copy_line(x, y, a.sizes[last], a.strides[0][last]);
        else
            copy_plane(x, y, 1, a.sizes[last], {0, 0}, {a.strides[0][last], a.strides[1][last]});
    });
}

/// Input index that padded index `i` of an axis repeats, or -1 for the fill.
[[nodiscard]] constexpr std::ptrdiff_t padded_source(format::pad_mode mode, std::ptrdiff_t i,
                                                     std::ptrdiff_t size) noexcept {
    if (i >= 0 && i < size)
        return i;
    switch (mode) {
    case format::pad_mode::constant:
        return -1;
    case format::pad_mode::edge:
        return i < 0 ? 0 : size - 1;
    case format::pad_mode::reflect: {
        if (size == 1)
            return 0;
        const std::ptrdiff_t period = 2 * (size - 1);
        const std::ptrdiff_t at = (i % period + period) % period;
        return at < size ? at : period - at;
    }
    case format::pad_mode::wrap:
        return (i % size + size) % size;
    }
    return -1;
}

/// Fills `count` elements of the output below `axis`, reading around `x` (null: the fill only).
template <class T>
T* pad_axis(const pad_args& a, std::uint32_t axis, const T* x, std::size_t input_step, T* y) noexcept {
    if (axis == a.rank) {
        if (x != nullptr)
            *y = *x;
        else
            std::memcpy(y, a.fill, sizeof(T)); // which may lie at any address
        return y + 1;
    }
    const auto size = static_cast<std::ptrdiff_t>(a.sizes[axis]);
    const std::ptrdiff_t end = size + a.after[axis];
    const std::size_t step = a.sizes[axis] != 0 ? input_step / a.sizes[axis] : 0;
    for (std::ptrdiff_t i = -a.before[axis]; i < end; ++i) {
        const std::ptrdiff_t from = x != nullptr && size > 0 ? padded_source(a.mode, i, size) : -1;
        const T* next = from >= 0 ? x + from * static_cast<std::ptrdiff_t>(step) : nullptr;
        y = pad_axis(a, axis + 1, next, step, y);
    }
    return y;
}

} // namespace detail

inline void copy(const copy_args& a) noexcept {
    axes<2> merged;
    for (std::uint32_t i = 0; i < a.rank; ++i) {
        if (a.sizes[i] == 0)
            return;
        merged.push(a.sizes[i], {a.input_strides[i], a.output_strides[i]});
    }
    detail::with_width(a.element_bytes, [&](auto element) {
        using T = decltype(element);
        detail::copy(static_cast<const T*>(a.input), static_cast<T*>(a.output), merged);
    });
}

inline void pad(const pad_args& a) noexcept {
    std::size_t elements = 1;
    for (std::uint32_t i = 0; i < a.rank; ++i)
        elements *= a.sizes[i];
    detail::with_width(a.element_bytes, [&](auto element) {
        using T = decltype(element);
        detail::pad_axis(a, 0, static_cast<const T*>(a.input), elements, static_cast<T*>(a.output));
    });
}

inline void gather(const gather_args& a) noexcept {
    const auto* input = static_cast<const unsigned char*>(a.input);
    auto* output = static_cast<unsigned char*>(a.output);
    if (a.axis == 0)
        return;
    const auto axis = static_cast<std::int64_t>(a.axis);
    for (std::size_t o = 0; o < a.outer; ++o, input += a.axis * a.inner_bytes)
        for (std::size_t j = 0; j < a.count; ++j, output += a.inner_bytes) {
            std::int64_t at = a.indices[j];
            at = at < 0 ? at + axis : at;
            at = at < 0 ? 0 : at >= axis ? axis - 1 : at;
            std::memmove(output, input + static_cast<std::size_t>(at) * a.inner_bytes, a.inner_bytes);
        }
}

} // namespace pith::kernel::portable

namespace pith::kernel {

template <>
struct portable_entry<copy_args> : portable_function<copy_args, &portable::copy> {};
template <>
struct portable_entry<pad_args> : portable_function<pad_args, &portable::pad> {};
template <>
struct portable_entry<gather_args> : portable_function<gather_args, &portable::gather> {};

} // namespace pith::kernel

#endif
