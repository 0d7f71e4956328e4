// SPDX-License-Identifier: MIT
#ifndef PITH_IO_ONNX_TENSOR_HPP
#define PITH_IO_ONNX_TENSOR_HPP
/// ONNX TensorProto: its header at once, its elements when asked for.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "../../base/bits.hpp"
#include "../../format/dtype.hpp"
#include "../../graph/tensor.hpp"
#include "../../graph/value_info.hpp"
#include "../elements.hpp"
#include "shape.hpp"
#include "wire.hpp"

namespace pith::io::onnx {

/// Elements a value may have: what 32-bit offsets of a device can hold.
inline constexpr std::int64_t max_elements = std::int64_t{1} << 31;

/// Appends a size, checking rank, sign and the size of the product.
inline void push_dim(shape& dims, std::int64_t dim, std::string_view where) {
    if (dims.rank() == max_rank)
        refuse(errc::unsupported, "tensors have at most 8 dimensions here", where);
    if (dim < 0)
        refuse(errc::bad_shape, "a dimension is negative", where);
    dims.push_back(dim);
    std::int64_t product = 1;
    for (const auto d : dims)
        if (d != 0) {
            if (product > max_elements / d)
                refuse(errc::bad_shape, "a tensor has more than 2^31 elements", where);
            product *= d;
        }
}

/// The numbers of TensorProto.DataType.
namespace element {
enum : std::int64_t {
    f32 = 1,
    u8 = 2,
    i8 = 3,
    u16 = 4,
    i16 = 5,
    i32 = 6,
    i64 = 7,
    text = 8,
    boolean = 9,
    f16 = 10,
    f64 = 11,
    u32 = 12,
    u64 = 13,
    bf16 = 16,
    f8e4m3fn = 17,
    f8e4m3fnuz = 18,
    f8e5m2 = 19,
    f8e5m2fnuz = 20,
    u4 = 21,
    i4 = 22,
    f4e2m1 = 23,
    f8e8m0 = 24,
};
}

struct element_entry {
    std::int64_t number;
    format::dtype type;
};
inline constexpr element_entry element_entries[] = {
    {element::f32, format::dtype::f32},
    {element::u8, format::dtype::u8},
    {element::i8, format::dtype::i8},
    {element::u16, format::dtype::u16},
    {element::i16, format::dtype::i16},
    {element::i32, format::dtype::i32},
    {element::i64, format::dtype::i64},
    {element::boolean, format::dtype::boolean},
    {element::f16, format::dtype::f16},
    {element::f64, format::dtype::f64},
    {element::u32, format::dtype::u32},
    {element::u64, format::dtype::u64},
    {element::bf16, format::dtype::bf16},
    {element::f8e4m3fn, format::dtype::f8e4m3fn},
    {element::f8e4m3fnuz, format::dtype::f8e4m3fnuz},
    {element::f8e5m2, format::dtype::f8e5m2},
    {element::f8e5m2fnuz, format::dtype::f8e5m2fnuz},
    {element::u4, format::dtype::u4},
    {element::i4, format::dtype::i4},
    {element::f4e2m1, format::dtype::f4e2m1},
    {element::f8e8m0, format::dtype::f8e8m0},
};

[[nodiscard]] inline const char* unsupported_element(std::int64_t type) noexcept {
    switch (type) {
    case 0:
        return "the element type is not given; the model is incomplete";
    case element::text:
        return "string tensors are not supported";
    case 14:
        return "complex64 tensors are not supported";
    case 15:
        return "complex128 tensors are not supported";
    default:
        return "the element type is unknown; the file is damaged or newer than this library";
    }
}

/// The type of an ONNX element number; refuses those that have no counterpart.
[[nodiscard]] inline format::dtype element_type(std::int64_t number, std::string_view where) {
    for (const auto& e : element_entries)
        if (e.number == number)
            return e.type;
    refuse(errc::unsupported, unsupported_element(number), where);
}

[[nodiscard]] inline std::int64_t element_number(format::dtype t) noexcept {
    for (const auto& e : element_entries)
        if (e.type == t)
            return e.number;
    return 0;
}

/// A TensorProto whose elements are still in the file's bytes.
struct tensor_proto {
    std::string_view name;
    shape dims;
    std::int64_t element = 0;
    std::string_view raw;
    bool has_raw = false;
    std::string_view body; ///< the whole message
};

[[nodiscard]] inline tensor_proto read_tensor_header(std::string_view message) {
    tensor_proto t;
    t.body = message;
    for_each_field(message, [&](pbf_reader& r) { // the name first: faults need it
        if (r.tag() == 8)
            t.name = read_text(r);
        else
            r.skip();
    });
    for_each_field(message, [&](pbf_reader& r) {
        switch (r.tag()) {
        case 1:
            read_ints(r, [&](std::int64_t d) { push_dim(t.dims, d, t.name); });
            break;
        case 2:
            t.element = read_int(r);
            break;
        case 3:
            refuse(errc::unsupported, "a tensor is stored in segments; save the model whole", t.name);
        case 9:
            t.raw = read_text(r);
            t.has_raw = true;
            break;
        case 13:
            refuse(errc::unsupported,
                   "a tensor lies in another file (external data); save the model in one file", t.name);
        case 14:
            if (read_int(r) != 0)
                refuse(errc::unsupported,
                       "a tensor lies in another file (external data); save the model in one file", t.name);
            break;
        default:
            r.skip();
        }
    });
    return t;
}

namespace detail {

/// The field that holds the elements of a type where they are not raw.
[[nodiscard]] inline protozero::pbf_tag_type typed_field(format::dtype type) noexcept {
    switch (type) {
    case format::dtype::f32:
        return 4;
    case format::dtype::f64:
        return 10;
    case format::dtype::i64:
        return 7;
    case format::dtype::u32:
    case format::dtype::u64:
        return 11;
    default:
        return 5;
    }
}

/// The typed field, which must hold exactly out.size() elements. Real ones of at most 16 bits are codes, and
/// two of four bits are one number.
template <class T>
void take_typed(const tensor_proto& t, format::dtype type, std::vector<T>& out) {
    const protozero::pbf_tag_type tag = typed_field(type);
    const bool pairs = format::bits_of(type) == 4;
    const bool codes = pairs || (is_real(type) && format::bits_of(type) <= 16);
    std::size_t n = 0;
    const auto put = [&](auto v) {
        if (n < out.size())
            out[n] = codes ? io::detail::element_of_code<T>(type, static_cast<std::uint64_t>(v))
                           : io::detail::element_of<T>(type, v);
        ++n;
    };
    const auto take = [&](auto v) {
        if (!pairs)
            return put(v);
        put(static_cast<std::int64_t>(v) & 15);
        if (n != out.size()) // else the last byte is half full
            put(static_cast<std::int64_t>(v) >> 4 & 15);
    };
    for_each_field(t.body, [&](pbf_reader& r) {
        if (r.tag() != tag)
            r.skip();
        else if (tag == 4)
            read_fixed<float>(r, take);
        else if (tag == 10)
            read_fixed<double>(r, take);
        else
            read_ints(r, take);
    });
    if (n != out.size())
        refuse(errc::bad_file, "a tensor holds another number of elements than its shape says", t.name);
}

template <class T>
[[nodiscard]] tensor<T> take_elements(const tensor_proto& t, format::dtype type, budget& left) {
    const auto count = static_cast<std::size_t>(t.dims.elements());
    if (t.has_raw && t.raw.size() != format::bytes_of(type, count))
        refuse(errc::bad_file, "a tensor's raw data has another size than its shape says", t.name);
    // Every element takes at least half a byte of the file, so the count is known to be honest before
    // allocating.
    if (format::bytes_of(type, count) / format::bytes_of(type) > t.body.size())
        refuse(errc::bad_file, "a tensor holds another number of elements than its shape says", t.name);
    left.charge(count * sizeof(T), t.name);
    std::vector<T> out(count);
    if (t.has_raw)
        load_elements(type, reinterpret_cast<const std::byte*>(t.raw.data()), std::span<T>(out));
    else
        take_typed(t, type, out);
    return {t.dims, std::move(out)};
}

} // namespace detail

/// Elements and what they were stored as.
template <class T>
struct typed_elements {
    format::dtype type = format::dtype::f32;
    any_tensor<T> data;
};

/// The elements, checked against the shape.
template <class T>
[[nodiscard]] typed_elements<T> read_elements(const tensor_proto& t, budget& left) {
    const format::dtype type = element_type(t.element, t.name);
    if (is_real(type))
        return {type, detail::take_elements<T>(t, type, left)};
    return {type, detail::take_elements<std::int64_t>(t, type, left)};
}

} // namespace pith::io::onnx

#endif
