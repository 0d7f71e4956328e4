// SPDX-License-Identifier: MIT
#ifndef PITH_IO_NPY_HPP
#define PITH_IO_NPY_HPP
/// NumPy .npy files: float32, uint8 and int64, little endian, C order.

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "../base/bits.hpp"
#include "../base/on_use.hpp"
#include "array.hpp"
#include "file.hpp"

namespace pith::io {

namespace detail {

inline constexpr std::string_view npy_magic{"\x93NUMPY", 6};

/// The text after `'key':` in a header dictionary, without leading blanks; empty if the key is not there.
template <class = on_use>
[[nodiscard]] inline std::string_view npy_field(std::string_view header, std::string_view key) {
    const auto at = header.find(key);
    if (at == std::string_view::npos)
        return {};
    header.remove_prefix(at + key.size());
    const auto value = header.find_first_not_of(": ");
    return value == std::string_view::npos ? std::string_view{} : header.substr(value);
}

/// "(2, 3)" as sizes whose product is at most `most`.
template <class = on_use>
[[nodiscard]] inline result<shape> npy_shape(std::string_view text, std::size_t most) {
    const fault broken{errc::bad_file, "the .npy header has no valid shape"};
    if (text.empty() || text.front() != '(')
        return broken;
    text.remove_prefix(1);
    shape dims;
    std::uint64_t product = 1;
    for (;;) {
        const auto next = text.find_first_not_of(" ,");
        if (next == std::string_view::npos)
            return broken;
        text.remove_prefix(next);
        if (text.front() == ')')
            return dims;
        std::uint32_t dim = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), dim);
        if (error != std::errc{})
            return broken;
        if (dims.rank() == max_rank)
            return fault{errc::unsupported, "arrays have at most 8 dimensions here"};
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
        dims.push_back(dim);
        product *= dim;
        if (product > most)
            return fault{errc::bad_file, "the .npy file is shorter than its shape says"};
    }
}

template <class = on_use>
[[nodiscard]] inline result<format::dtype> npy_type(std::string_view text) {
    if (text.substr(0, 5) == "'<f4'")
        return format::dtype::f32;
    if (text.substr(0, 5) == "'|u1'")
        return format::dtype::u8;
    if (text.substr(0, 5) == "'<i8'")
        return format::dtype::i64;
    return fault{errc::unsupported, "only float32, uint8 and int64 little-endian .npy files can be read",
                 text.substr(0, text.find(','))};
}

template <class Stored, class T>
[[nodiscard]] tensor<T> npy_elements(shape dims, const std::byte* p) {
    tensor<T> out{dims};
    for (std::size_t i = 0; i < out.size(); ++i)
        out[i] = static_cast<T>(load_le<Stored>(p + i * sizeof(Stored)));
    return out;
}

} // namespace detail

template <class = on_use>
[[nodiscard]] inline result<array> parse_npy(bytes_view bytes) {
    const std::string_view text{reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    if (text.size() < 12 || text.substr(0, 6) != detail::npy_magic)
        return fault{errc::bad_file, "not a .npy file"};
    const bool wide = text[6] != 1;
    const std::size_t prefix = wide ? 12 : 10;
    const std::size_t length =
        wide ? load_le<std::uint32_t>(bytes.data() + 8) : load_le<std::uint16_t>(bytes.data() + 8);
    if (length > text.size() - prefix)
        return fault{errc::bad_file, "the .npy header is cut off"};
    const std::string_view header = text.substr(prefix, length);
    const auto type = detail::npy_type(detail::npy_field(header, "'descr'"));
    if (!type)
        return type.error();
    if (detail::npy_field(header, "'fortran_order'").substr(0, 5) != "False")
        return fault{errc::unsupported, "only C-order .npy files can be read; save it with order='C'"};
    const std::size_t payload = text.size() - prefix - length;
    const auto dims = detail::npy_shape(detail::npy_field(header, "'shape'"), payload);
    if (!dims)
        return dims.error();
    if (static_cast<std::size_t>(dims->elements()) * format::bytes_of(*type) != payload)
        return fault{errc::bad_file, "the .npy file has another size than its shape says"};
    const std::byte* p = bytes.data() + prefix + length;
    array out;
    out.type = *type;
    if (*type == format::dtype::f32)
        out.data = detail::npy_elements<float, float>(*dims, p);
    else if (*type == format::dtype::u8)
        out.data = detail::npy_elements<std::uint8_t, std::int64_t>(*dims, p);
    else
        out.data = detail::npy_elements<std::int64_t, std::int64_t>(*dims, p);
    return out;
}

template <class = on_use>
[[nodiscard]] inline result<array> load_npy(const std::string& path) {
    const auto bytes = read_file(path);
    if (!bytes)
        return bytes.error();
    return parse_npy(*bytes);
}

namespace detail {

template <class Stored, class T>
void npy_append(std::string& out, view<const T> elements) {
    for (const T v : elements) {
        std::byte raw[sizeof(Stored)];
        store_le(raw, static_cast<Stored>(v));
        out.append(reinterpret_cast<const char*>(raw), sizeof raw);
    }
}

template <class = on_use>
[[nodiscard]] inline std::string npy_header(std::string_view type, const shape& dims) {
    std::string text = "{'descr': '";
    text += type;
    text += "', 'fortran_order': False, 'shape': (";
    for (const auto d : dims)
        text += std::to_string(d) + ",";
    text += "), }";
    text.append(round_up<std::size_t>(10 + text.size() + 1, 64) - 11 - text.size(), ' ');
    text += '\n';
    std::string out{npy_magic};
    out += {'\x01', '\x00', static_cast<char>(text.size() & 0xff), static_cast<char>(text.size() >> 8)};
    return out + text;
}

} // namespace detail

/// The bytes of a .npy file; whole types other than uint8 are written as int64.
template <class = on_use>
[[nodiscard]] inline std::string format_npy(const array& a) {
    if (const auto* reals = a.reals()) {
        std::string out = detail::npy_header("<f4", a.dims());
        detail::npy_append<float>(out, reals->data());
        return out;
    }
    const bool narrow = a.type == format::dtype::u8;
    std::string out = detail::npy_header(narrow ? "|u1" : "<i8", a.dims());
    if (narrow)
        detail::npy_append<std::uint8_t>(out, a.wholes()->data());
    else
        detail::npy_append<std::int64_t>(out, a.wholes()->data());
    return out;
}

template <class = on_use>
[[nodiscard]] inline result<void> save_npy(const std::string& path, const array& a) {
    const std::string bytes = format_npy(a);
    return write_file(path, {reinterpret_cast<const std::byte*>(bytes.data()), bytes.size()});
}

} // namespace pith::io

#endif
