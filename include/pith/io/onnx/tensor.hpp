// SPDX-License-Identifier: MIT
#ifndef PITH_IO_ONNX_TENSOR_HPP
#define PITH_IO_ONNX_TENSOR_HPP
/// ONNX TensorProto: its header at once, its elements when asked for.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "../../base/bits.hpp"
#include "../../base/on_use.hpp"
#include "../../base/shape.hpp"
#include "../../format/dtype.hpp"
#include "../../graph/tensor.hpp"
#include "../../graph/value_info.hpp"
#include "wire.hpp"

namespace pith::io::onnx {

/// Elements a value may have: what 32-bit offsets of a device can hold.
inline constexpr std::int64_t max_elements = std::int64_t{1} << 31;

/// Appends a size, checking rank, sign and the size of the product.
template <class = on_use>
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
enum : std::int64_t { f32 = 1, u8 = 2, i8 = 3, i32 = 6, i64 = 7, text = 8, boolean = 9, f64 = 11 };
}

template <class = on_use>
[[nodiscard]] inline const char* unsupported_element(std::int64_t type) noexcept {
    switch (type) {
    case 0:
        return "the element type is not given; the model is incomplete";
    case 4:
        return "uint16 tensors are not supported";
    case 5:
        return "int16 tensors are not supported";
    case 8:
        return "string tensors are not supported";
    case 10:
        return "float16 tensors are not supported; convert the model to float32";
    case 11:
        return "float64 tensors are not supported; convert the model to float32";
    case 12:
        return "uint32 tensors are not supported";
    case 13:
        return "uint64 tensors are not supported";
    case 14:
        return "complex64 tensors are not supported";
    case 15:
        return "complex128 tensors are not supported";
    case 16:
        return "bfloat16 tensors are not supported; convert the model to float32";
    case 17:
    case 18:
    case 19:
    case 20:
        return "float8 tensors are not supported; convert the model to float32";
    case 21:
        return "uint4 tensors are not supported";
    case 22:
        return "int4 tensors are not supported";
    case 23:
        return "float4 tensors are not supported; convert the model to float32";
    case 24:
        return "float8e8m0 tensors are not supported; convert the model to float32";
    default:
        return "the element type is unknown; the file is damaged or newer than this library";
    }
}

/// The type of an ONNX element number; refuses those that have no counterpart.
template <class = on_use>
[[nodiscard]] inline format::dtype element_type(std::int64_t number, std::string_view where) {
    switch (number) {
    case element::f32:
        return format::dtype::f32;
    case element::u8:
        return format::dtype::u8;
    case element::i8:
        return format::dtype::i8;
    case element::i32:
        return format::dtype::i32;
    case element::i64:
        return format::dtype::i64;
    case element::boolean:
        return format::dtype::boolean;
    case element::f64:
        return format::dtype::f64;
    default:
        refuse(errc::unsupported, unsupported_element(number), where);
    }
}

template <class = on_use>
[[nodiscard]] inline std::int64_t element_number(format::dtype t) noexcept {
    switch (t) {
    case format::dtype::f32:
        return element::f32;
    case format::dtype::u8:
        return element::u8;
    case format::dtype::i8:
        return element::i8;
    case format::dtype::i32:
        return element::i32;
    case format::dtype::i64:
        return element::i64;
    case format::dtype::boolean:
        return element::boolean;
    case format::dtype::f64:
        return element::f64;
    }
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

template <class = on_use>
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

template <class Stored, class T>
void take_raw(const tensor_proto& t, std::vector<T>& out) {
    const auto* p = reinterpret_cast<const std::byte*>(t.raw.data());
    for (std::size_t i = 0; i < out.size(); ++i)
        out[i] = static_cast<T>(load_le<Stored>(p + i * sizeof(Stored)));
}

/// The typed repeated field `tag`, which must hold exactly out.size() elements.
template <class T>
void take_typed(const tensor_proto& t, protozero::pbf_tag_type tag, std::vector<T>& out) {
    std::size_t n = 0;
    const auto take = [&](auto v) {
        if (n < out.size())
            out[n] = static_cast<T>(v);
        ++n;
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
    const std::size_t width = format::bytes_of(type);
    if (t.has_raw && t.raw.size() != count * width)
        refuse(errc::bad_file, "a tensor's raw data has another size than its shape says", t.name);
    // Every element takes at least one byte of the file, so the count is known to be honest before
    // allocating.
    if (count > t.body.size())
        refuse(errc::bad_file, "a tensor holds another number of elements than its shape says", t.name);
    left.charge(count * sizeof(T), t.name);
    std::vector<T> out(count);
    const bool raw = t.has_raw;
    switch (type) {
    case format::dtype::f32:
        raw ? take_raw<float>(t, out) : take_typed(t, 4, out);
        break;
    case format::dtype::f64:
        raw ? take_raw<double>(t, out) : take_typed(t, 10, out);
        break;
    case format::dtype::i64:
        raw ? take_raw<std::int64_t>(t, out) : take_typed(t, 7, out);
        break;
    case format::dtype::i32:
        raw ? take_raw<std::int32_t>(t, out) : take_typed(t, 5, out);
        break;
    case format::dtype::i8:
        raw ? take_raw<std::int8_t>(t, out) : take_typed(t, 5, out);
        break;
    case format::dtype::u8:
    case format::dtype::boolean:
        raw ? take_raw<std::uint8_t>(t, out) : take_typed(t, 5, out);
        break;
    }
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
