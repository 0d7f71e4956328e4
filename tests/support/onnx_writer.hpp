// SPDX-License-Identifier: MIT
#ifndef PITH_TESTS_SUPPORT_ONNX_WRITER_HPP
#define PITH_TESTS_SUPPORT_ONNX_WRITER_HPP
/// Small ONNX models written by hand.

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <protozero/pbf_writer.hpp>

#include <pith/base/view.hpp>

namespace pith::tests {

using sizes = std::vector<std::int64_t>;

/// One serialised AttributeProto.
struct onnx_attribute {
    std::string bytes;

    static onnx_attribute whole(const std::string& name, std::int64_t v) {
        return make(name, 2, [&](protozero::pbf_writer& w) { w.add_int64(3, v); });
    }
    static onnx_attribute real(const std::string& name, float v) {
        return make(name, 1, [&](protozero::pbf_writer& w) { w.add_float(2, v); });
    }
    static onnx_attribute text(const std::string& name, const std::string& v) {
        return make(name, 3, [&](protozero::pbf_writer& w) { w.add_bytes(4, v); });
    }
    static onnx_attribute wholes(const std::string& name, const sizes& v) {
        return make(name, 7, [&](protozero::pbf_writer& w) { w.add_packed_int64(8, v.begin(), v.end()); });
    }
    static onnx_attribute reals(const std::string& name, const std::vector<float>& v) {
        return make(name, 6, [&](protozero::pbf_writer& w) { w.add_packed_float(7, v.begin(), v.end()); });
    }
    static onnx_attribute tensor(const std::string& name, const std::string& proto) {
        return make(name, 4, [&](protozero::pbf_writer& w) { w.add_message(5, proto); });
    }
    static onnx_attribute graph(const std::string& name, const std::string& proto) {
        return make(name, 5, [&](protozero::pbf_writer& w) { w.add_message(6, proto); });
    }
    /// In a function's body: the attribute `of` of the call.
    static onnx_attribute reference(const std::string& name, const std::string& of, int type) {
        return make(name, type, [&](protozero::pbf_writer& w) { w.add_string(21, of); });
    }

private:
    template <class Body>
    static onnx_attribute make(const std::string& name, int type, const Body& body) {
        onnx_attribute a;
        protozero::pbf_writer w{a.bytes};
        w.add_string(1, name);
        body(w);
        w.add_enum(20, type);
        return a;
    }
};

[[nodiscard]] inline std::string onnx_tensor(const std::string& name, const sizes& dims,
                                             const std::vector<float>& values) {
    std::string out;
    protozero::pbf_writer w{out};
    w.add_packed_int64(1, dims.begin(), dims.end());
    w.add_int32(2, 1);
    w.add_packed_float(4, values.begin(), values.end());
    w.add_string(8, name);
    return out;
}

[[nodiscard]] inline std::string onnx_tensor(const std::string& name, const sizes& dims,
                                             const sizes& values) {
    std::string out;
    protozero::pbf_writer w{out};
    w.add_packed_int64(1, dims.begin(), dims.end());
    w.add_int32(2, 7);
    w.add_packed_int64(7, values.begin(), values.end());
    w.add_string(8, name);
    return out;
}

[[nodiscard]] inline std::string onnx_node(const std::string& op, const std::vector<std::string>& inputs,
                                           const std::vector<std::string>& outputs,
                                           const std::vector<onnx_attribute>& attributes = {},
                                           const std::string& domain = {}) {
    std::string out;
    protozero::pbf_writer w{out};
    for (const auto& i : inputs)
        w.add_string(1, i);
    for (const auto& o : outputs)
        w.add_string(2, o);
    w.add_string(3, "the " + op);
    w.add_string(4, op);
    for (const auto& a : attributes)
        w.add_message(5, a.bytes);
    if (!domain.empty())
        w.add_string(7, domain);
    return out;
}

/// A model under construction; bytes() ends it.
class onnx_writer {
public:
    std::int64_t opset = 13;

    onnx_writer& input(const std::string& name, const sizes& dims, int element = 1) {
        graph_.add_message(11, value(name, dims, element));
        return *this;
    }
    onnx_writer& output(const std::string& name) {
        graph_.add_message(12, value(name, {}, 1));
        return *this;
    }
    onnx_writer& node(const std::string& op, const std::vector<std::string>& inputs,
                      const std::vector<std::string>& outputs,
                      const std::vector<onnx_attribute>& attributes = {}, const std::string& domain = {}) {
        graph_.add_message(1, onnx_node(op, inputs, outputs, attributes, domain));
        return *this;
    }
    template <class E>
    onnx_writer& constant(const std::string& name, const sizes& dims, const std::vector<E>& values) {
        graph_.add_message(5, onnx_tensor(name, dims, values));
        return *this;
    }
    /// Any field of GraphProto.
    onnx_writer& graph_field(protozero::pbf_tag_type tag, const std::string& message) {
        graph_.add_message(tag, message);
        return *this;
    }
    /// Any field of ModelProto.
    onnx_writer& model_field(protozero::pbf_tag_type tag, const std::string& message) {
        extra_.add_message(tag, message);
        return *this;
    }

    [[nodiscard]] std::string text() const {
        std::string out;
        protozero::pbf_writer w{out};
        w.add_int64(1, 8);
        w.add_message(7, graph_bytes_);
        std::string import;
        protozero::pbf_writer o{import};
        o.add_string(1, "");
        o.add_int64(2, opset);
        w.add_message(8, import);
        return out + extra_bytes_;
    }

    /// @param dims -1 is a dimension without size
    [[nodiscard]] static std::string value(const std::string& name, const sizes& dims, int element) {
        std::string shape;
        protozero::pbf_writer s{shape};
        for (const auto d : dims) {
            std::string dim;
            protozero::pbf_writer w{dim};
            if (d >= 0)
                w.add_int64(1, d);
            else
                w.add_string(2, "N" + std::to_string(d).substr(1));
            s.add_message(1, dim);
        }
        std::string tensor;
        protozero::pbf_writer t{tensor};
        t.add_int32(1, element);
        t.add_message(2, shape);
        std::string type;
        protozero::pbf_writer y{type};
        y.add_message(1, tensor);
        std::string out;
        protozero::pbf_writer v{out};
        v.add_string(1, name);
        v.add_message(2, type);
        return out;
    }

private:
    std::string graph_bytes_;
    std::string extra_bytes_;
    protozero::pbf_writer graph_{graph_bytes_};
    protozero::pbf_writer extra_{extra_bytes_};
};

[[nodiscard]] inline bytes_view as_bytes(const std::string& text) {
    return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}

} // namespace pith::tests

#endif
