// SPDX-License-Identifier: MIT
#ifndef PITH_IO_ONNX_DECODE_HPP
#define PITH_IO_ONNX_DECODE_HPP
/// ModelProto bytes to messages. Sub-graphs are noticed and not entered, so nothing nests.

#include <string_view>
#include <utility>

#include "message.hpp"

namespace pith::io::onnx {

namespace detail {

/// Of one node or function: they are looked for one by one.
inline constexpr std::size_t most_attributes = 1024;

/// Appends to a list whose growth the file's size must justify.
template <class T>
void push(std::vector<T>& list, T item, budget& left) {
    left.charge(2 * sizeof(T));
    list.push_back(std::move(item));
}

[[nodiscard]] inline attribute_type guess_type(protozero::pbf_tag_type tag) noexcept {
    switch (tag) {
    case 2:
        return attribute_type::real;
    case 3:
        return attribute_type::whole;
    case 4:
        return attribute_type::text;
    case 5:
        return attribute_type::tensor;
    case 6:
    case 11:
        return attribute_type::graph;
    case 7:
        return attribute_type::reals;
    case 8:
        return attribute_type::wholes;
    case 9:
        return attribute_type::texts;
    default:
        return attribute_type::other;
    }
}

[[nodiscard]] inline attribute decode_attribute(std::string_view message) {
    attribute a;
    a.body = message;
    std::int64_t stated = 0;
    for_each_field(message, [&](pbf_reader& r) {
        switch (r.tag()) {
        case 1:
            a.name = read_text(r);
            break;
        case 20:
            stated = read_int(r);
            break;
        case 21:
            a.reference = read_text(r);
            break;
        case 13:
            r.skip();
            break;
        default:
            a.type = guess_type(r.tag());
            r.skip();
        }
    });
    // Files older than the field do not say; unknown numbers are refused where they are used.
    if (stated > 0)
        a.type = stated > 8 ? (stated == 10 ? attribute_type::graph : attribute_type::other)
                            : static_cast<attribute_type>(stated);
    return a;
}

[[nodiscard]] inline node_proto decode_node(std::string_view message, budget& left) {
    node_proto n;
    for_each_field(message, [&](pbf_reader& r) {
        switch (r.tag()) {
        case 1:
            push(n.inputs, read_text(r), left);
            break;
        case 2:
            push(n.outputs, read_text(r), left);
            break;
        case 3:
            n.name = read_text(r);
            break;
        case 4:
            n.op_type = read_text(r);
            break;
        case 5:
            if (n.attributes.size() == most_attributes)
                refuse(errc::unsupported, "a node has more than 1,024 attributes");
            push(n.attributes, decode_attribute(read_text(r)), left);
            break;
        case 7:
            n.domain = plain_domain(read_text(r));
            break;
        default:
            r.skip();
        }
    });
    return n;
}

[[nodiscard]] inline dimension decode_dimension(std::string_view message) {
    dimension d;
    for_each_field(message, [&](pbf_reader& r) {
        if (r.tag() == 1)
            d.size = read_int(r);
        else if (r.tag() == 2)
            d.symbol = read_text(r);
        else
            r.skip();
    });
    return d;
}

inline void decode_tensor_type(std::string_view message, value_proto& v, budget& left) {
    v.is_tensor = true;
    for_each_field(message, [&](pbf_reader& r) {
        if (r.tag() == 1) {
            v.element = read_int(r);
        } else if (r.tag() == 2) {
            v.has_shape = true;
            for_each_field(read_text(r), [&](pbf_reader& dims) {
                if (dims.tag() == 1)
                    push(v.dims, decode_dimension(read_text(dims)), left);
                else
                    dims.skip();
            });
        } else {
            r.skip();
        }
    });
}

[[nodiscard]] inline value_proto decode_value(std::string_view message, budget& left) {
    value_proto v;
    for_each_field(message, [&](pbf_reader& r) {
        if (r.tag() == 1) {
            v.name = read_text(r);
        } else if (r.tag() == 2) {
            for_each_field(read_text(r), [&](pbf_reader& type) {
                if (type.tag() == 1)
                    decode_tensor_type(read_text(type), v, left);
                else
                    type.skip();
            });
        } else {
            r.skip();
        }
    });
    return v;
}

[[nodiscard]] inline graph_proto decode_graph(std::string_view message, budget& left) {
    graph_proto g;
    for_each_field(message, [&](pbf_reader& r) {
        switch (r.tag()) {
        case 1:
            push(g.nodes, decode_node(read_text(r), left), left);
            break;
        case 2:
            g.name = read_text(r);
            break;
        case 5:
            push(g.initializers, read_tensor_header(read_text(r)), left);
            break;
        case 11:
            push(g.inputs, decode_value(read_text(r), left), left);
            break;
        case 12:
            push(g.outputs, decode_value(read_text(r), left), left);
            break;
        case 15:
            refuse(errc::unsupported, "sparse initializers are not supported; save the model with dense ones",
                   "sparse_initializer");
        default:
            r.skip();
        }
    });
    return g;
}

[[nodiscard]] inline opset_import decode_opset(std::string_view message) {
    opset_import o;
    for_each_field(message, [&](pbf_reader& r) {
        if (r.tag() == 1)
            o.domain = plain_domain(read_text(r));
        else if (r.tag() == 2)
            o.version = read_int(r);
        else
            r.skip();
    });
    return o;
}

[[nodiscard]] inline function_proto decode_function(std::string_view message, budget& left) {
    function_proto f;
    for_each_field(message, [&](pbf_reader& r) {
        switch (r.tag()) {
        case 1:
            f.name = read_text(r);
            break;
        case 4:
            push(f.inputs, read_text(r), left);
            break;
        case 5:
            push(f.outputs, read_text(r), left);
            break;
        case 7:
            push(f.nodes, decode_node(read_text(r), left), left);
            break;
        case 9:
            if (f.opsets.size() == most_attributes)
                refuse(errc::unsupported, "a function has more than 1,024 opsets");
            push(f.opsets, decode_opset(read_text(r)), left);
            break;
        case 10:
            f.domain = plain_domain(read_text(r));
            break;
        case 11:
            if (f.defaults.size() == most_attributes)
                refuse(errc::unsupported, "a function has more than 1,024 attributes");
            push(f.defaults, decode_attribute(read_text(r)), left);
            break;
        default:
            r.skip();
        }
    });
    return f;
}

[[nodiscard]] inline std::pair<std::string_view, std::string_view> decode_entry(std::string_view message) {
    std::pair<std::string_view, std::string_view> e;
    for_each_field(message, [&](pbf_reader& r) {
        if (r.tag() == 1)
            e.first = read_text(r);
        else if (r.tag() == 2)
            e.second = read_text(r);
        else
            r.skip();
    });
    return e;
}

} // namespace detail

[[nodiscard]] inline model_proto decode_model(std::string_view message, budget& left) {
    model_proto m;
    for_each_field(message, [&](pbf_reader& r) {
        switch (r.tag()) {
        case 1:
            m.ir_version = read_int(r);
            break;
        case 2:
            m.producer = read_text(r);
            break;
        case 7:
            if (m.has_graph)
                refuse(errc::bad_file, "the file holds two graphs");
            m.graph = detail::decode_graph(read_text(r), left);
            m.has_graph = true;
            break;
        case 8:
            detail::push(m.opsets, detail::decode_opset(read_text(r)), left);
            break;
        case 14:
            detail::push(m.metadata, detail::decode_entry(read_text(r)), left);
            break;
        case 25:
            detail::push(m.functions, detail::decode_function(read_text(r), left), left);
            break;
        default:
            r.skip();
        }
    });
    return m;
}

} // namespace pith::io::onnx

#endif
