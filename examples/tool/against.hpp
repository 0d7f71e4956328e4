// SPDX-License-Identifier: MIT
#ifndef PITH_EXAMPLES_TOOL_AGAINST_HPP
#define PITH_EXAMPLES_TOOL_AGAINST_HPP
/// `pith inspect A --against B`: what became of each node of A in B, as the two files have them: the nodes of
/// an ONNX file's own list, or the steps of a program.
///
/// B's node answers for the value of A whose name its output carries (a quantiser's suffix left away), and so
/// for all nodes of A between that value and those which B has before it. The one of them that does the same
/// kind of work is "one to one" with it, the others are "fused", "folded" or "removed" by what they are.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <pith/io/onnx/decode.hpp>

#include "inspect.hpp"
#include "outputs.hpp"
#include "report.hpp"
#include "sources.hpp"
#include "table.hpp"

namespace tool {

struct file_node {
    std::string name;
    std::string op;
    std::vector<std::string> in;
    std::vector<std::string> out;
};

/// Constants of one element type.
struct constant_share {
    std::string type;
    std::uint64_t elements = 0;
    std::uint64_t bytes = 0;
};

/// A file's own nodes and constants.
struct outline {
    std::vector<file_node> nodes;
    std::vector<constant_share> constants;
    std::set<std::string> weights; ///< names of constants
    std::uint64_t file_bytes = 0;
    std::uint64_t parameters = 0;
};

struct fate {
    std::string status;               ///< one to one, fused, folded, removed or missing
    std::size_t by = std::size_t(-1); ///< the node of B
};

struct mapping {
    std::vector<fate> fates;        ///< by node of A
    std::vector<std::size_t> added; ///< nodes of B that stand for none of A's
};

inline void add_constant(outline& o, const pith::io::onnx::tensor_proto& t) {
    const auto number = t.element;
    std::string type = "type " + std::to_string(number);
    unsigned bits = 0;
    for (const auto& e : pith::io::onnx::element_entries)
        if (e.number == number) {
            type = pith::format::name_of(e.type);
            bits = e.type == pith::format::dtype::i4 || e.type == pith::format::dtype::u4
                       ? 4
                       : static_cast<unsigned>(8 * pith::format::bytes_of(e.type));
        }
    o.weights.emplace(t.name);
    auto at =
        std::find_if(o.constants.begin(), o.constants.end(), [&](const auto& c) { return c.type == type; });
    if (at == o.constants.end())
        at = o.constants.insert(at, {type, 0, 0});
    const auto elements = static_cast<std::uint64_t>(t.dims.elements());
    at->elements += elements;
    at->bytes += (elements * bits + 7) / 8;
}

/// The node list of an .onnx file, functions not written out.
[[nodiscard]] inline pith::result<outline> onnx_outline(const std::string& path) {
    const auto bytes = pith::io::read_file(path);
    if (!bytes)
        return bytes.error();
    return pith::io::onnx::guarded([&]() -> pith::result<outline> {
        pith::io::onnx::budget left{bytes->size()};
        const auto model = pith::io::onnx::decode_model(pith::io::onnx::as_text(*bytes), left);
        outline o;
        o.file_bytes = bytes->size();
        for (const auto& n : model.graph.nodes) {
            file_node f;
            f.name = n.name.empty() && !n.outputs.empty() ? n.outputs[0] : n.name;
            f.op = n.op_type;
            f.in.assign(n.inputs.begin(), n.inputs.end());
            f.out.assign(n.outputs.begin(), n.outputs.end());
            o.nodes.push_back(std::move(f));
        }
        for (const auto& t : model.graph.initializers)
            add_constant(o, t);
        return o;
    });
}

/// A program's steps. @param original the float model it was made of: it names what they compute
[[nodiscard]] inline outline program_outline(pith::run::session session, const reference& original) {
    outline o;
    program_source steps{std::move(session), {}, {}, {}};
    steps.match(original);
    const auto& p = steps.session.program();
    std::size_t index = 0;
    for (const auto op : p.ops()) {
        file_node f;
        f.name = p.op_name(index);
        f.op = pith::run::name_of(p, op);
        if (steps.to[index] != pith::no_value)
            f.out = {original[steps.to[index]].name};
        o.nodes.push_back(std::move(f));
        ++index;
    }
    o.constants.push_back({"packed", 0, weight_bytes(p)});
    for (const auto op : p.ops())
        o.parameters += pith::run::cost_of(p, op).parameters;
    o.constants[0].elements = o.parameters;
    o.file_bytes = p.bytes().size();
    return o;
}

/// Operators that do the same kind of work have the same family.
[[nodiscard]] inline std::string family_of(std::string_view op) {
    constexpr std::pair<std::string_view, std::string_view> families[] = {
        {"Conv", "product"},        {"Gemm", "product"},      {"MatMul", "product"},
        {"convolution", "product"}, {"depthwise", "product"}, {"matmul", "product"},
        {"Pool", "pool"},           {"pool", "pool"},         {"ReduceMean", "pool"},
        {"Softmax", "softmax"},     {"softmax", "softmax"},   {"Add", "binary"},
        {"Mul", "binary"},          {"Sub", "binary"},        {"Div", "binary"},
        {"binary", "binary"},       {"BatchNorm", "norm"},    {"Reduce", "reduce"},
        {"reduce", "reduce"},       {"Resize", "resize"},     {"Upsample", "resize"},
        {"resize", "resize"},       {"Pad", "pad"},           {"pad", "pad"},
        {"Gather", "gather"},       {"gather", "gather"},     {"Concat", "move"},
        {"Transpose", "move"},      {"Reshape", "move"},      {"Flatten", "move"},
        {"Slice", "move"},          {"Split", "move"},        {"queeze", "move"},
        {"Identity", "move"},       {"Dropout", "move"},      {"copy", "move"},
        {"add_u8", "binary"},       {"mul_u8", "binary"},     {"global_average", "pool"},
    };
    for (const auto& [part, family] : families)
        if (op.find(part) != std::string_view::npos)
            return std::string(family);
    for (const std::string_view function : {"table_u8", "unary_f32"})
        if (op == function)
            return "function";
    for (const std::string_view function :
         {"elu", "Clip", "igmoid", "Tanh", "Swish", "Erf", "Exp", "Sqrt", "Softplus"})
        if (op.find(function) != std::string_view::npos)
            return "function";
    return std::string(op);
}

[[nodiscard]] inline bool converts_codes(std::string_view op) {
    return op == "QuantizeLinear" || op == "DequantizeLinear" || op == "DynamicQuantizeLinear" ||
           op == "quantize" || op == "dequantize";
}

/// What becomes of a node that B has not got: by what it is.
[[nodiscard]] inline std::string status_of(std::string_view op) {
    const auto family = family_of(op);
    if (family == "move" || op == "Cast" || op == "Shape")
        return "removed";
    if (family == "norm" || op == "Constant" || op == "ConstantOfShape")
        return "folded";
    return "fused";
}

class mapper {
public:
    mapper(const outline& a, const outline& b) : a_(a), b_(b) {
        for (std::size_t i = 0; i < a.nodes.size(); ++i)
            for (const auto& v : a.nodes[i].out)
                producers_.emplace(v, i);
        for (std::size_t i = 0; i < a.nodes.size(); ++i) {
            const auto& in = a.nodes[i].in;
            constant_.push_back(std::all_of(in.begin(), in.end(), [&](const auto& v) {
                const auto before = producer(v);
                return a.weights.count(v) != 0 || v.empty() || (before < i && constant_[before]);
            }));
        }
        map_.fates.resize(a.nodes.size());
        answers_.assign(a.nodes.size(), none);
        for (std::size_t k = 0; k < b.nodes.size(); ++k)
            if (const auto v = value_of(b.nodes[k]); v != none)
                answers_[v] = k;
    }

    [[nodiscard]] mapping run() {
        std::vector<bool> stands(b_.nodes.size(), false);
        for (std::size_t last = 0; last < a_.nodes.size(); ++last)
            if (answers_[last] != none) {
                stands[answers_[last]] = true;
                settle(last);
            }
        for (std::size_t i = 0; i < a_.nodes.size(); ++i)
            if (map_.fates[i].status.empty())
                map_.fates[i].status = constant_[i] ? "folded" : "missing";
        for (std::size_t k = 0; k < b_.nodes.size(); ++k)
            if (!stands[k])
                map_.added.push_back(k);
        return std::move(map_);
    }

private:
    static constexpr auto none = std::size_t(-1);

    [[nodiscard]] std::size_t producer(const std::string& value) const {
        const auto at = producers_.find(value);
        return at == producers_.end() ? none : at->second;
    }
    /// The node of A whose value a node of B computes.
    [[nodiscard]] std::size_t value_of(const file_node& n) const {
        for (const auto& out : n.out) {
            auto at = producer(out);
            if (at == none)
                at = producer(plain_value(out));
            if (at != none && (!converts_codes(n.op) || a_.nodes[at].op == n.op))
                return at;
        }
        return none;
    }
    /// The nodes that B's answer for node `last` stands for, in their order.
    [[nodiscard]] std::vector<std::size_t> behind(std::size_t last) const {
        std::vector<std::size_t> nodes{last};
        for (std::size_t k = 0; k < nodes.size(); ++k)
            for (const auto& v : a_.nodes[nodes[k]].in) {
                const auto before = producer(v);
                if (before != none && answers_[before] == none &&
                    std::find(nodes.begin(), nodes.end(), before) == nodes.end())
                    nodes.push_back(before);
            }
        std::sort(nodes.begin(), nodes.end());
        return nodes;
    }

    void settle(std::size_t last) {
        const auto nodes = behind(last);
        const auto k = answers_[last];
        auto main = last;
        for (const auto i : nodes)
            if (a_.nodes[i].name == b_.nodes[k].name ||
                (family_of(a_.nodes[main].op) != family_of(b_.nodes[k].op) &&
                 family_of(a_.nodes[i].op) == family_of(b_.nodes[k].op)))
                main = i;
        for (const auto i : nodes) {
            fate& f = map_.fates[i];
            if (i == main) {
                f = {"one to one", k};
            } else if (f.status.empty()) {
                f = {constant_[i] ? "folded" : status_of(a_.nodes[i].op), k};
                const auto before = a_.nodes[i].in.empty() ? none : producer(a_.nodes[i].in[0]);
                if (i < main && f.status == "fused" && before != none && answers_[before] != none)
                    f.by = answers_[before]; // an activation that went into the layer before it
            }
        }
    }

    const outline& a_;
    const outline& b_;
    mapping map_;
    std::map<std::string, std::size_t> producers_;
    std::vector<bool> constant_;       ///< by node of A: computed from constants alone
    std::vector<std::size_t> answers_; ///< by node of A: the node of B that computes its value
};

/// Operators with how often each side has them, A's first.
[[nodiscard]] inline std::vector<std::pair<std::string, std::array<std::size_t, 2>>>
operators_of(const outline& a, const outline& b) {
    std::vector<std::pair<std::string, std::array<std::size_t, 2>>> rows;
    for (std::size_t side = 0; side < 2; ++side)
        for (const auto& n : (side == 0 ? a : b).nodes) {
            auto at = std::find_if(rows.begin(), rows.end(), [&](const auto& r) { return r.first == n.op; });
            if (at == rows.end())
                at = rows.insert(at, {n.op, {0, 0}});
            ++at->second[side];
        }
    return rows;
}

/// Which node became what, and where.
inline void print_nodes(const outline& a, const outline& b, const mapping& m) {
    using enum table::cells;
    table t(
        {{"node", name}, {"operator", name}, {"became", text}, {"by", name}, {"in the other file", name}});
    for (std::size_t i = 0; i < a.nodes.size(); ++i) {
        const auto& f = m.fates[i];
        const bool there = f.by != std::size_t(-1);
        t.add({printable(a.nodes[i].name), printable(a.nodes[i].op), f.status,
               there ? printable(b.nodes[f.by].op) : "", there ? printable(b.nodes[f.by].name) : ""});
    }
    t.print();
}

/// How often each side has an operator; bytes and parameters.
inline void print_counts(const outline& a, const outline& b) {
    using enum table::cells;
    table t({{"operator", name}, {"A", number}, {"B", number}});
    for (const auto& [op, count] : operators_of(a, b))
        t.add({printable(op), grouped(count[0]), grouped(count[1])});
    t.add({"all", grouped(a.nodes.size()), grouped(b.nodes.size())});
    t.add({"file bytes", grouped(a.file_bytes), grouped(b.file_bytes)});
    t.add({"parameters", grouped(a.parameters), grouped(b.parameters)});
    t.print();
}

inline void print_mapping(const outline& a, const outline& b, const mapping& m) {
    print_nodes(a, b, m);
    say("\n");
    print_counts(a, b);
    say("\n");
    for (const auto* side : {&a, &b})
        for (const auto& c : side->constants)
            say("{}'s {} constants: {} elements, {} bytes\n", side == &a ? "A" : "B", c.type,
                grouped(c.elements), grouped(c.bytes));
    say("of A's {} nodes ", a.nodes.size());
    const char* separator = "";
    for (const char* const status : {"one to one", "fused", "folded", "removed", "missing"}) {
        const auto count =
            std::count_if(m.fates.begin(), m.fates.end(), [&](const auto& f) { return f.status == status; });
        if (count != 0)
            say("{}{} {}", std::exchange(separator, ", "), count, status);
    }
    say("; {} of B's {} are added\n", m.added.size(), b.nodes.size());
}

[[nodiscard]] inline json json_of(const outline& o) {
    json constants = json::array();
    for (const auto& c : o.constants)
        constants.push_back(json{{"type", c.type}, {"elements", c.elements}, {"bytes", c.bytes}});
    return {{"nodes", o.nodes.size()},
            {"file_bytes", o.file_bytes},
            {"parameters", o.parameters},
            {"constants", constants}};
}

[[nodiscard]] inline json json_of(const outline& a, const outline& b, const mapping& m) {
    json nodes = json::array();
    for (std::size_t i = 0; i < a.nodes.size(); ++i) {
        const auto& f = m.fates[i];
        json row{{"name", a.nodes[i].name}, {"operator", a.nodes[i].op}, {"became", f.status}};
        if (f.by != std::size_t(-1))
            row.update({{"other", b.nodes[f.by].name}, {"other_operator", b.nodes[f.by].op}});
        nodes.push_back(row);
    }
    json added = json::array();
    for (const auto k : m.added)
        added.push_back(json{{"name", b.nodes[k].name}, {"operator", b.nodes[k].op}});
    json operators = json::array();
    for (const auto& [op, count] : operators_of(a, b))
        operators.push_back(json{{"operator", op}, {"a", count[0]}, {"b", count[1]}});
    return {
        {"nodes", nodes}, {"added", added}, {"operators", operators}, {"a", json_of(a)}, {"b", json_of(b)}};
}

/// Weights and biases as this library counts them; 0 where it cannot read the model.
[[nodiscard]] inline std::uint64_t parameters_of(const std::string& path) {
    const auto g = load_graph(path);
    return g ? static_cast<std::uint64_t>(pith::measure(*g).parameters) : 0;
}

/// `pith inspect`, alone or against another file.
inline exit_code run_against(const inspect_options& o) {
    const auto files = file_list(o.force).read({o.model, o.against}).write_report(o.json).check();
    if (!files)
        return refuse(files.error());
    if (o.against.empty())
        return run_inspect(o);
    if (!is_onnx(o.model))
        return refuse(
            {pith::errc::bad_option, "--against compares an .onnx model with what was made of it", o.model});
    auto a = onnx_outline(o.model);
    if (!a)
        return refuse(a.error());
    a->parameters = parameters_of(o.model);
    pith::result<outline> b = outline{};
    if (is_onnx(o.against)) {
        b = onnx_outline(o.against);
        if (b)
            b->parameters = parameters_of(o.against);
    } else {
        auto original = load_whole_graph(o.model);
        if (!original)
            return refuse(original.error());
        auto m = load_model(o.against);
        if (!m)
            return refuse(m.error());
        b = program_outline(std::move(m->session), *original);
    }
    if (!b)
        return refuse(b.error());
    const auto map = mapper(*a, *b).run();
    print_mapping(*a, *b, map);
    if (const auto written = write_report(o.json, json_of(*a, *b, map)); !written)
        return refuse(written.error());
    return done;
}

} // namespace tool

#endif
