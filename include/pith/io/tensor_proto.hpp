// SPDX-License-Identifier: MIT
#ifndef PITH_IO_TENSOR_PROTO_HPP
#define PITH_IO_TENSOR_PROTO_HPP
/// ONNX tensor files (.pb): one serialised TensorProto.

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <protozero/pbf_writer.hpp>

#include "../base/on_use.hpp"
#include "array.hpp"
#include "file.hpp"
#include "onnx/tensor.hpp"

namespace pith::io {

template <class = on_use>
[[nodiscard]] inline result<array> parse_tensor_proto(bytes_view bytes) {
    return onnx::guarded([&]() -> result<array> {
        onnx::budget left{bytes.size()};
        const auto header = onnx::read_tensor_header(onnx::as_text(bytes));
        auto elements = onnx::read_elements<float>(header, left);
        return array{std::string(header.name), elements.type, std::move(elements.data)};
    });
}

template <class = on_use>
[[nodiscard]] inline result<array> load_tensor_proto(const std::string& path) {
    const auto bytes = read_file(path);
    if (!bytes)
        return bytes.error();
    return parse_tensor_proto(*bytes);
}

namespace detail {

template <class Stored, class T>
void append_raw(std::string& out, view<const T> elements) {
    for (const T v : elements) {
        std::byte raw[sizeof(Stored)];
        store_le(raw, static_cast<Stored>(v));
        out.append(reinterpret_cast<const char*>(raw), sizeof raw);
    }
}

/// Elements in their own width, little endian.
template <class = on_use>
[[nodiscard]] inline std::string raw_bytes(const array& a) {
    std::string out;
    if (const auto* reals = a.reals()) {
        if (a.type == format::dtype::f64)
            append_raw<double>(out, reals->data());
        else
            append_raw<float>(out, reals->data());
        return out;
    }
    const auto wholes = a.wholes()->data();
    switch (format::bytes_of(a.type)) {
    case 1:
        append_raw<std::uint8_t>(out, wholes);
        break;
    case 4:
        append_raw<std::int32_t>(out, wholes);
        break;
    default:
        append_raw<std::int64_t>(out, wholes);
    }
    return out;
}

} // namespace detail

/// The serialised tensor, elements as raw data.
template <class = on_use>
[[nodiscard]] inline std::string format_tensor_proto(const array& a) {
    std::string out;
    protozero::pbf_writer w{out};
    w.add_packed_int64(1, a.dims().begin(), a.dims().end());
    w.add_int32(2, static_cast<std::int32_t>(onnx::element_number(a.type)));
    if (!a.name.empty())
        w.add_string(8, a.name);
    w.add_bytes(9, detail::raw_bytes(a));
    return out;
}

template <class = on_use>
[[nodiscard]] inline result<void> save_tensor_proto(const std::string& path, const array& a) {
    const std::string bytes = format_tensor_proto(a);
    return write_file(path, {reinterpret_cast<const std::byte*>(bytes.data()), bytes.size()});
}

} // namespace pith::io

#endif
