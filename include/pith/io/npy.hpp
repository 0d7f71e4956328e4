// SPDX-License-Identifier: MIT
#ifndef PITH_IO_NPY_HPP
#define PITH_IO_NPY_HPP
/// NumPy .npy files: every number type that NumPy itself has, little endian, C order.

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>
#include <variant>

#include "../base/bits.hpp"
#include "array.hpp"
#include "elements.hpp"
#include "file.hpp"

namespace pith::io {

namespace detail {

inline constexpr std::string_view npy_magic{"\x93NUMPY", 6};

/// The text after `'key':` in a header dictionary, without leading blanks; empty if the key is not there.
[[nodiscard]] inline std::string_view npy_field(std::string_view header, std::string_view key) {
    const auto at = header.find(key);
    if (at == std::string_view::npos)
        return {};
    header.remove_prefix(at + key.size());
    const auto value = header.find_first_not_of(": ");
    return value == std::string_view::npos ? std::string_view{} : header.substr(value);
}

/// "(2, 3)" as sizes whose product is at most `most`.
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

struct npy_entry {
    std::string_view text;
    format::dtype type;
};
inline constexpr npy_entry npy_types[] = {
    {"<f4", format::dtype::f32}, {"|u1", format::dtype::u8},  {"<i8", format::dtype::i64},
    {"|i1", format::dtype::i8},  {"<i4", format::dtype::i32}, {"|b1", format::dtype::boolean},
    {"<f8", format::dtype::f64}, {"<i2", format::dtype::i16}, {"<u2", format::dtype::u16},
    {"<u4", format::dtype::u32}, {"<u8", format::dtype::u64}, {"<f2", format::dtype::f16},
};

[[nodiscard]] inline result<format::dtype> npy_type(std::string_view text) {
    for (const auto& e : npy_types)
        if (text.size() > 4 && text.front() == '\'' && text[4] == '\'' && text.substr(1, 3) == e.text)
            return e.type;
    return fault{errc::unsupported, "only little-endian .npy files of numbers or booleans can be read",
                 text.substr(0, text.find(','))};
}

/// The type as which elements are written: NumPy has no others.
[[nodiscard]] constexpr format::dtype npy_stand_in(format::dtype type) noexcept {
    if (type == format::dtype::i4)
        return format::dtype::i8;
    if (type == format::dtype::u4)
        return format::dtype::u8;
    return is_real(type) && type != format::dtype::f16 && type != format::dtype::f64 ? format::dtype::f32
                                                                                     : type;
}

} // namespace detail

/// NumPy's format, versions 1 to 3, little endian, C order.
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
    result<array> made(array{});
    array& out = *made;
    out.type = *type;
    if (!is_real(*type))
        out.data = tensor<std::int64_t>{};
    std::visit(
        [&](auto& t) {
            using elements = std::remove_reference_t<decltype(t)>;
            t = elements(*dims);
            load_elements(*type, p, t.data());
        },
        out.data);
    return made;
}

/// The same from a file.
[[nodiscard]] inline result<array> load_npy(const std::string& path) {
    const auto bytes = read_file(path);
    if (!bytes)
        return bytes.error();
    return parse_npy(*bytes);
}

namespace detail {

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

/// The bytes of a .npy file. What NumPy has no type for is written as the next wider one that it has:
/// bfloat16, float8 and float4 as float32, int4 as int8, uint4 as uint8.
[[nodiscard]] inline std::string format_npy(const array& a) {
    const format::dtype type = detail::npy_stand_in(a.type);
    std::string out;
    for (const auto& e : detail::npy_types)
        if (e.type == type)
            out = detail::npy_header(e.text, a.dims());
    std::visit([&](const auto& t) { append_elements(out, type, t.data()); }, a.data);
    return out;
}

/// Writes a file that numpy.load reads.
[[nodiscard]] inline result<void> save_npy(const std::string& path, const array& a) {
    const std::string bytes = format_npy(a);
    return write_file(path, {reinterpret_cast<const std::byte*>(bytes.data()), bytes.size()});
}

} // namespace pith::io

#endif
