// SPDX-License-Identifier: MIT
#ifndef PITH_RUN_LAYOUT_HPP
#define PITH_RUN_LAYOUT_HPP
/// Where the elements of a tensor lie, its border included.

#include <cstddef>
#include <cstdint>

#include "../base/bits.hpp"
#include "records.hpp"

namespace pith::run {

/// The type of a tensor's elements.
[[nodiscard]] constexpr format::dtype type_of(const tensor_record& t) noexcept {
    return static_cast<format::dtype>(t.type);
}
/// 0 of a type that programs do not have.
[[nodiscard]] constexpr std::size_t element_bytes(const tensor_record& t) noexcept {
    return format::in_programs(type_of(t)) ? format::bytes_of(type_of(t)) : 0;
}
[[nodiscard]] constexpr std::uint64_t elements_of(const tensor_record& t) noexcept {
    return std::uint64_t{t.dims[0]} * t.dims[1] * t.dims[2] * t.dims[3];
}
[[nodiscard]] constexpr bool has_border(const tensor_record& t) noexcept {
    return (t.border[0] | t.border[1] | t.border[2] | t.border[3]) != 0;
}

/// Pixels from one row to the next: the right border of a row is the left border of the row below.
[[nodiscard]] constexpr std::uint64_t row_pixels(const tensor_record& t) noexcept {
    return std::uint64_t{t.dims[2]} + (t.border[1] > t.border[3] ? t.border[1] : t.border[3]);
}
/// Pixels in front of pixel (0, 0) of an image.
[[nodiscard]] constexpr std::uint64_t pixels_before(const tensor_record& t) noexcept {
    return t.border[0] * row_pixels(t) + t.border[1];
}
/// Pixels of an image with its border.
[[nodiscard]] constexpr std::uint64_t image_pixels(const tensor_record& t) noexcept {
    const std::uint64_t rows = std::uint64_t{t.dims[1]} + t.border[0] + t.border[2];
    return (rows - 1) * row_pixels(t) + t.border[1] + t.dims[2] + t.border[3];
}
/// Elements from a row, and from an image, to the next.
[[nodiscard]] constexpr std::uint64_t row_stride(const tensor_record& t) noexcept {
    return row_pixels(t) * t.dims[3];
}
[[nodiscard]] constexpr std::uint64_t image_stride(const tensor_record& t) noexcept {
    return image_pixels(t) * t.dims[3];
}
/// Elements in front of element (0, 0, 0, 0), and all of them from the first of the border to the last.
[[nodiscard]] constexpr std::uint64_t elements_before(const tensor_record& t) noexcept {
    return pixels_before(t) * t.dims[3];
}
[[nodiscard]] constexpr std::uint64_t stored_elements(const tensor_record& t) noexcept {
    return image_stride(t) * t.dims[0];
}

/// Bytes of a door in its section: record, sizes, permutation, name, filled up to whole words.
[[nodiscard]] constexpr std::size_t door_bytes(const door_record& r) noexcept {
    return sizeof r + round_up<std::size_t>(std::size_t{4} * r.rank + r.permuted + r.name_bytes, 4);
}

} // namespace pith::run

#endif
