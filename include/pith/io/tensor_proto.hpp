// SPDX-License-Identifier: MIT
#ifndef PITH_IO_TENSOR_PROTO_HPP
#define PITH_IO_TENSOR_PROTO_HPP
/// ONNX tensor files (.pb): one serialised TensorProto.

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <variant>

#include <protozero/pbf_writer.hpp>

#include "array.hpp"
#include "elements.hpp"
#include "file.hpp"
#include "onnx/tensor.hpp"

namespace pith::io {

/// An ONNX TensorProto, the content of a .pb file.
[[nodiscard]] inline result<array> parse_tensor_proto(bytes_view bytes) {
    return onnx::guarded([&]() -> result<array> {
        onnx::budget left{bytes.size()};
        const auto header = onnx::read_tensor_header(onnx::as_text(bytes));
        auto elements = onnx::read_elements<float>(header, left);
        return array{std::string(header.name), elements.type, std::move(elements.data)};
    });
}

/// The same from a file.
[[nodiscard]] inline result<array> load_tensor_proto(const std::string& path) {
    const auto bytes = read_file(path);
    if (!bytes)
        return bytes.error();
    return parse_tensor_proto(*bytes);
}

namespace detail {

[[nodiscard]] inline std::string raw_bytes(const array& a) {
    std::string out;
    std::visit([&](const auto& t) { append_elements(out, a.type, t.data()); }, a.data);
    return out;
}

} // namespace detail

/// The serialised tensor, elements as raw data.
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

/// Writes a .pb file that ONNX's own tools read.
[[nodiscard]] inline result<void> save_tensor_proto(const std::string& path, const array& a) {
    const std::string bytes = format_tensor_proto(a);
    return write_file(path, {reinterpret_cast<const std::byte*>(bytes.data()), bytes.size()});
}

} // namespace pith::io

#endif
