// SPDX-License-Identifier: MIT
#ifndef PITH_IO_ONNX_WRITE_PROTO_HPP
#define PITH_IO_ONNX_WRITE_PROTO_HPP
/// The ONNX messages that are written, each as its serialised bytes.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <protozero/pbf_writer.hpp>

#include "../../base/bits.hpp"
#include "../../base/shape.hpp"

namespace pith::io::onnx_write {

using wholes = std::vector<std::int64_t>;

/// Attributes of one node, in the order in which they are added.
class attribute_list {
public:
    attribute_list& whole(std::string_view name, std::int64_t v) {
        std::string bytes = begin(name);
        protozero::pbf_writer w{bytes};
        w.add_int64(3, v);
        return end(std::move(bytes), 2);
    }
    attribute_list& real(std::string_view name, double v) {
        std::string bytes = begin(name);
        protozero::pbf_writer w{bytes};
        w.add_float(2, static_cast<float>(v));
        return end(std::move(bytes), 1);
    }
    attribute_list& text(std::string_view name, std::string_view v) {
        std::string bytes = begin(name);
        protozero::pbf_writer w{bytes};
        w.add_bytes(4, v.data(), v.size());
        return end(std::move(bytes), 3);
    }
    attribute_list& list(std::string_view name, const wholes& v) {
        std::string bytes = begin(name);
        protozero::pbf_writer w{bytes};
        for (const auto n : v)
            w.add_int64(8, n);
        return end(std::move(bytes), 7);
    }
    /// Attributes that are already serialised as fields of a NodeProto.
    attribute_list& raw(std::string_view fields) {
        bytes_ += fields;
        return *this;
    }

    [[nodiscard]] const std::string& bytes() const noexcept { return bytes_; }

private:
    [[nodiscard]] static std::string begin(std::string_view name) {
        std::string bytes;
        protozero::pbf_writer w{bytes};
        w.add_string(1, name.data(), name.size());
        return bytes;
    }
    attribute_list& end(std::string attribute, int type) {
        protozero::pbf_writer w{attribute};
        w.add_enum(20, type);
        protozero::pbf_writer out{bytes_};
        out.add_message(5, attribute);
        return *this;
    }

    std::string bytes_;
};

struct node_text {
    std::string name;
    std::string op_type;
    std::vector<std::string> inputs; ///< empty: an optional one that the node does not have
    std::vector<std::string> outputs;
    attribute_list attributes{};
    std::string domain{};
};

[[nodiscard]] inline std::string node_bytes(const node_text& n) {
    std::string bytes;
    protozero::pbf_writer w{bytes};
    for (const auto& name : n.inputs)
        w.add_string(1, name);
    for (const auto& name : n.outputs)
        w.add_string(2, name);
    w.add_string(3, n.name);
    w.add_string(4, n.op_type);
    bytes += n.attributes.bytes();
    if (!n.domain.empty())
        w.add_string(7, n.domain);
    return bytes;
}

/// @param element the number of TensorProto.DataType
/// @param raw little-endian elements
[[nodiscard]] inline std::string tensor_bytes(std::string_view name, const shape& dims, std::int64_t element,
                                              std::string_view raw) {
    std::string bytes;
    protozero::pbf_writer w{bytes};
    for (const auto d : dims)
        w.add_int64(1, d);
    w.add_int32(2, static_cast<std::int32_t>(element));
    w.add_string(8, name.data(), name.size());
    w.add_bytes(9, raw.data(), raw.size());
    return bytes;
}

/// One axis of an input or output: its size, else its symbol, else nothing.
struct axis_text {
    std::int64_t size = -1;
    std::string symbol{};
};

/// A ValueInfoProto.
[[nodiscard]] inline std::string value_bytes(std::string_view name, std::int64_t element,
                                             const std::vector<axis_text>& axes) {
    std::string dims;
    protozero::pbf_writer s{dims};
    for (const auto& a : axes) {
        std::string axis;
        protozero::pbf_writer w{axis};
        if (a.size >= 0)
            w.add_int64(1, a.size);
        else if (!a.symbol.empty())
            w.add_string(2, a.symbol);
        s.add_message(1, axis);
    }
    std::string tensor;
    protozero::pbf_writer t{tensor};
    t.add_int32(1, static_cast<std::int32_t>(element));
    t.add_message(2, dims);
    std::string type;
    protozero::pbf_writer y{type};
    y.add_message(1, tensor);
    std::string bytes;
    protozero::pbf_writer v{bytes};
    v.add_string(1, name.data(), name.size());
    v.add_message(2, type);
    return bytes;
}

/// Appends an element, little-endian.
template <class E>
void append_element(std::string& raw, E v) {
    std::byte bytes[sizeof(E)];
    store_le(bytes, v);
    raw.append(reinterpret_cast<const char*>(bytes), sizeof(E));
}

} // namespace pith::io::onnx_write

#endif
