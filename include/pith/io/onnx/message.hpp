// SPDX-License-Identifier: MIT
#ifndef PITH_IO_ONNX_MESSAGE_HPP
#define PITH_IO_ONNX_MESSAGE_HPP
/// The ONNX messages that reading a model needs, as views into the file's bytes.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tensor.hpp"
#include "wire.hpp"

namespace pith::io::onnx {

/// The numbers of AttributeProto.AttributeType.
enum class attribute_type : std::int64_t {
    none = 0,
    real = 1,
    whole = 2,
    text = 3,
    tensor = 4,
    graph = 5,
    reals = 6,
    wholes = 7,
    texts = 8,
    other = 9
};

struct attribute {
    std::string_view name;
    attribute_type type = attribute_type::none;
    std::string_view body;      ///< the whole message; values are read when asked for
    std::string_view reference; ///< in a function's body: the attribute of the call that this one stands for
};

struct node_proto {
    std::string_view name;
    std::string_view op_type;
    std::string_view domain;
    std::vector<std::string_view> inputs;
    std::vector<std::string_view> outputs;
    std::vector<attribute> attributes;
    std::int64_t opset = 0; ///< of its domain; 0 is the model's own
};

struct dimension {
    std::int64_t size = -1;  ///< -1 unknown
    std::string_view symbol; ///< its name, if it has one
};

struct value_proto {
    std::string_view name;
    bool is_tensor = false;
    bool has_shape = false;
    std::int64_t element = 0;
    std::vector<dimension> dims;
};

struct graph_proto {
    std::string_view name;
    std::vector<node_proto> nodes;
    std::vector<tensor_proto> initializers;
    std::vector<value_proto> inputs;
    std::vector<value_proto> outputs;
};

struct opset_import {
    std::string_view domain;
    std::int64_t version = 0;
};

struct function_proto {
    std::string_view name;
    std::string_view domain;
    std::vector<std::string_view> inputs;
    std::vector<std::string_view> outputs;
    std::vector<attribute> defaults;
    std::vector<opset_import> opsets;
    std::vector<node_proto> nodes;
};

struct model_proto {
    std::int64_t ir_version = 0;
    std::string_view producer;
    std::vector<opset_import> opsets;
    std::vector<function_proto> functions;
    std::vector<std::pair<std::string_view, std::string_view>> metadata;
    graph_proto graph;
    bool has_graph = false;
};

/// "ai.onnx" is another name of the default domain.
[[nodiscard]] inline std::string_view plain_domain(std::string_view domain) noexcept {
    return domain == "ai.onnx" ? std::string_view{} : domain;
}

/// How a fault names a node: node 'conv_3' (Conv, com.microsoft). Long names are cut so that the operator
/// fits.
[[nodiscard]] inline std::string describe(const node_proto& n) {
    constexpr std::size_t most = 80;
    const std::string_view name = !n.name.empty() || n.outputs.empty() ? n.name : n.outputs[0];
    std::string out = "node '";
    out += name.substr(0, most);
    out += name.size() > most ? "...' (" : "' (";
    out += n.op_type;
    if (!n.domain.empty()) {
        out += ", ";
        out += n.domain;
    }
    return out + ")";
}

} // namespace pith::io::onnx

#endif
