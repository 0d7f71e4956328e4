// SPDX-License-Identifier: MIT
#ifndef PITH_IO_ELEMENTS_HPP
#define PITH_IO_ELEMENTS_HPP
/// Elements of every type as files hold them: little endian, in their own width, two of four bits in a byte.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <type_traits>

#include "../base/bits.hpp"
#include "../format/dtype.hpp"
#include "../format/small_float.hpp"
#include "../graph/value_info.hpp"

namespace pith::io {

namespace detail {

/// A number as an element of type `type`.
template <class T, class V>
[[nodiscard]] T element_of(format::dtype type, V v) noexcept {
    if constexpr (std::is_floating_point_v<T>)
        return static_cast<T>(v);
    else if constexpr (std::is_floating_point_v<V>)
        return pith::detail::wrapped(pith::detail::truncate(v), type);
    else
        return pith::detail::wrapped(static_cast<std::int64_t>(v), type);
}

/// The element of a code of at most 16 bits.
template <class T>
[[nodiscard]] T element_of_code(format::dtype type, std::uint64_t code) noexcept {
    if constexpr (std::is_floating_point_v<T>) {
        const std::uint64_t mask = (std::uint64_t{1} << format::bits_of(type)) - 1;
        return static_cast<T>(format::decode_float(type, static_cast<std::uint32_t>(code & mask)));
    } else {
        return pith::detail::wrapped(static_cast<std::int64_t>(code), type);
    }
}

template <class T>
[[nodiscard]] std::uint32_t code_of_element(format::dtype type, T v) noexcept {
    if constexpr (std::is_floating_point_v<T>)
        return format::encode_float(type, static_cast<double>(v), v - v == 0); // an infinity stays one
    else
        return static_cast<std::uint32_t>(static_cast<std::uint64_t>(v));
}

template <class Stored, class T>
void load_wide(const std::byte* p, std::span<T> out) noexcept {
    for (std::size_t i = 0; i < out.size(); ++i)
        out[i] = static_cast<T>(load_le<Stored>(p + i * sizeof(Stored)));
}

template <class Stored, class T>
void append_wide(std::string& out, std::span<const T> elements) {
    for (const T v : elements) {
        std::byte raw[sizeof(Stored)];
        store_le(raw, static_cast<Stored>(v));
        out.append(reinterpret_cast<const char*>(raw), sizeof raw);
    }
}

} // namespace detail

/// Elements from their bytes. @pre bytes_of(type, out.size()) bytes at p; T is a real type where `type` is
template <class T>
void load_elements(format::dtype type, const std::byte* p, std::span<T> out) noexcept {
    if (type == format::dtype::f32)
        return detail::load_wide<float>(p, out);
    if (type == format::dtype::f64)
        return detail::load_wide<double>(p, out);
    switch (format::bits_of(type)) {
    case 64:
        return detail::load_wide<std::int64_t>(p, out);
    case 32:
        for (std::size_t i = 0; i < out.size(); ++i)
            out[i] = detail::element_of<T>(type, load_le<std::uint32_t>(p + 4 * i));
        return;
    case 16:
        for (std::size_t i = 0; i < out.size(); ++i)
            out[i] = detail::element_of_code<T>(type, load_le<std::uint16_t>(p + 2 * i));
        return;
    case 8:
        for (std::size_t i = 0; i < out.size(); ++i)
            out[i] = detail::element_of_code<T>(type, load_le<std::uint8_t>(p + i));
        return;
    default:
        for (std::size_t i = 0; i < out.size(); ++i)
            out[i] = detail::element_of_code<T>(type, load_le<std::uint8_t>(p + i / 2) >> i % 2 * 4 & 15U);
    }
}

/// Appends elements as bytes; real ones are rounded to the type, whole ones cut to it.
template <class T>
void append_elements(std::string& out, format::dtype type, std::span<const T> elements) {
    if (type == format::dtype::f32)
        return detail::append_wide<float>(out, elements);
    if (type == format::dtype::f64)
        return detail::append_wide<double>(out, elements);
    switch (format::bits_of(type)) {
    case 64:
        return detail::append_wide<std::int64_t>(out, elements);
    case 32:
        return detail::append_wide<std::int32_t>(out, elements);
    case 16:
        for (const T v : elements) {
            const std::uint32_t code = detail::code_of_element(type, v);
            out += static_cast<char>(code & 0xFF);
            out += static_cast<char>(code >> 8 & 0xFF);
        }
        return;
    case 8:
        for (const T v : elements)
            out += static_cast<char>(detail::code_of_element(type, v) & 0xFF);
        return;
    default:
        for (std::size_t i = 0; i < elements.size(); i += 2) {
            const std::uint32_t low = detail::code_of_element(type, elements[i]) & 15;
            const std::uint32_t high =
                i + 1 < elements.size() ? detail::code_of_element(type, elements[i + 1]) & 15 : 0;
            out += static_cast<char>(low | high << 4);
        }
    }
}

} // namespace pith::io

#endif
