// SPDX-License-Identifier: MIT
#ifndef PITH_RUN_EXECUTION_HPP
#define PITH_RUN_EXECUTION_HPP
/// What every operation is run with, and what they share: where tensors lie, rows, borders.

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "../format/affine.hpp"
#include "../kernel/window.hpp"
#include "layout.hpp"
#include "program_data.hpp"

namespace pith::run {

/// What an operation runs with: the program and the arena its tensors lie in.
struct execution {
    const program_data& program;
    std::byte* arena;

    /// A tensor's first element, to be read.
    template <class T>
    [[nodiscard]] const T* read(const tensor_record& t) const noexcept {
        const std::byte* base = t.constant != 0 ? program.bytes().data() : arena;
        return reinterpret_cast<const T*>(base + t.offset);
    }
    /// A tensor's first element, to be written.
    template <class T>
    [[nodiscard]] T* write(const tensor_record& t) const noexcept {
        return reinterpret_cast<T*>(arena + t.offset);
    }
    /// A constant of the program.
    template <class T>
    [[nodiscard]] const T* constant(std::uint32_t offset) const noexcept {
        return reinterpret_cast<const T*>(program.constant(offset));
    }
};

namespace detail {

[[nodiscard]] inline format::affine affine_of(const tensor_record& t, std::int32_t lowest = 0,
                                              std::int32_t highest = 255) noexcept {
    return {t.scale, t.zero, lowest, highest};
}

[[nodiscard]] inline kernel::pixel_strides strides_of(const tensor_record& t) noexcept {
    return {static_cast<std::ptrdiff_t>(row_stride(t)), static_cast<std::ptrdiff_t>(t.dims[3])};
}

/// Element (image, 0, 0, 0).
[[nodiscard]] inline std::ptrdiff_t image_start(const tensor_record& t, std::uint32_t image) noexcept {
    return static_cast<std::ptrdiff_t>(image * image_stride(t));
}

/// `rows` stretches of `bytes` bytes, `step` apart. Short ones are written in whole words instead of by
/// calls.
inline void fill_stretches(std::byte* first, std::size_t rows, std::size_t step, std::size_t bytes,
                           std::uint8_t value) noexcept {
    std::uint64_t word;
    std::memset(&word, value, sizeof word);
    const bool short_words = bytes % sizeof word == 0 && bytes <= 64;
    for (; rows > 0; --rows, first += step) {
        if (short_words)
            for (std::size_t i = 0; i < bytes; i += sizeof word)
                std::memcpy(first + i, &word, sizeof word);
        else
            std::memset(first, value, bytes);
    }
}

} // namespace detail

/// Fills the border of a tensor with `value` in every byte.
inline void fill_border(std::byte* first, const tensor_record& t, std::uint8_t value) noexcept {
    const std::size_t pixel = t.dims[3] * element_bytes(t);
    const std::size_t before = static_cast<std::size_t>(pixels_before(t)) * pixel;
    const std::size_t row = static_cast<std::size_t>(row_pixels(t)) * pixel;
    const std::size_t width = t.dims[2] * pixel;
    const std::size_t image = static_cast<std::size_t>(image_pixels(t)) * pixel;
    const std::size_t last = (t.dims[1] - 1) * row + width;
    for (std::uint32_t i = 0; i < t.dims[0]; ++i, first += image) {
        std::memset(first - before, value, before);
        detail::fill_stretches(first + width, t.dims[1] - 1, row, row - width, value);
        std::memset(first + last, value, image - before - last);
    }
}

} // namespace pith::run

#endif
