// SPDX-License-Identifier: MIT
#ifndef PITH_EXAMPLES_TOOL_INSPECT_HPP
#define PITH_EXAMPLES_TOOL_INSPECT_HPP
/// `pith inspect`: what a model is made of, layer by layer; for .onnx the network as it was read, for .pith
/// the program as it runs here.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "model.hpp"
#include "pith/graph/quantized.hpp"
#include "pith/plan/explain.hpp"
#include "pith/run/describe.hpp"
#include "report.hpp"
#include "table.hpp"
#include "tensor_files.hpp"

namespace tool {

struct inspect_options {
    std::string model;
    std::string against; ///< what was made of it
    std::string kernels;
    std::string json;
    bool force = false;
};

struct layer_line {
    std::string name;
    std::string kind;
    pith::shape shape;
    std::uint64_t parameters = 0;
    std::uint64_t macs = 0;
    std::uint64_t weight_bytes = 0;
    std::string encoding;
    std::string kernel;
};

struct door_line {
    std::string name;
    std::string type;
    pith::shape shape; ///< in the layout of the model's own file
};

struct inspection {
    std::vector<door_line> inputs;
    std::vector<door_line> outputs;
    std::vector<layer_line> layers;
    std::vector<std::string> notes; ///< "name: what to know of it"
    std::uint64_t parameters = 0;
    std::uint64_t macs = 0;
    std::uint64_t weight_bytes = 0;
    std::uint64_t arena_bytes = 0;
};

[[nodiscard]] inline std::string size_text(const pith::shape& s) {
    std::string text;
    for (const auto d : s)
        text += (text.empty() ? "" : "x") + std::to_string(d);
    return text.empty() ? "scalar" : text;
}

[[nodiscard]] inline json json_of(const pith::shape& s) {
    json a = json::array();
    for (const auto d : s)
        a.push_back(d);
    return a;
}

inline void add_program_doors(inspection& r, const pith::run::program_view& p) {
    const auto line = [&](const pith::run::door& d) {
        return door_line{std::string(d.name),
                         std::string(pith::format::name_of(pith::run::type_of(p.tensor(d.tensor)))),
                         outside_shape(d)};
    };
    for (std::size_t i = 0; i < p.input_count(); ++i)
        r.inputs.push_back(line(p.input(i)));
    for (std::size_t i = 0; i < p.output_count(); ++i)
        r.outputs.push_back(line(p.output(i)));
}

/// E.g. "int8", "4 bit", "4 bit, 15 levels".
[[nodiscard]] inline std::string coding_text(unsigned bits, std::size_t levels) {
    if (bits == 0 || bits >= 8)
        return "int8";
    return std::to_string(bits) + " bit" + (levels != 0 ? ", " + std::to_string(levels) + " levels" : "");
}

/// That of a layer's weights, or of what it gives; without codes the type: "float32".
[[nodiscard]] inline std::string encoding_text(const pith::run::op_cost& cost, pith::format::dtype type) {
    if (type != pith::format::dtype::u8)
        return std::string(pith::format::name_of(type));
    return coding_text(cost.weight_bits, cost.codebook_levels);
}
[[nodiscard]] inline std::string encoding_text(const pith::graph<float>& g,
                                               const pith::node<pith::layer_list>& n) {
    const pith::encoding* code = &g[n.outputs[0]].encoded;
    for (const auto id : n.inputs)
        if (id != pith::no_value && g[id].is_constant() && g[id].is_coded() && g[id].encoded.bits() <= 8)
            code = &g[id].encoded;
    if (!code->is_coded())
        return std::string(pith::format::name_of(g[n.outputs[0]].type));
    return coding_text(code->bits(), code->listed());
}

[[nodiscard]] inline inspection inspect_program(const pith::run::session& s) {
    const auto& p = s.program();
    inspection r;
    add_program_doors(r, p);
    r.arena_bytes = p.arena_bytes();
    r.weight_bytes = weight_bytes(p);
    p.for_each_op([&](pith::run::op_view op, std::string_view name) {
        const auto cost = pith::run::cost_of(p, op);
        const auto type = pith::run::type_of(p.tensor(op.head().input));
        r.layers.push_back({std::string(name), std::string(pith::run::name_of(p, op)),
                            pith::run::output_shape(p, op), cost.parameters, cost.macs, cost.weight_bytes,
                            encoding_text(cost, type),
                            std::string(pith::run::kernel_name(p, op, s.kernels()))});
        r.parameters += cost.parameters;
        r.macs += cost.macs;
    });
    return r;
}

[[nodiscard]] inline pith::result<inspection> inspect_onnx(const inspect_options& o) {
    auto g = load_graph(o.model);
    if (!g)
        return g.error();
    const auto cost = pith::measure(*g);
    inspection r;
    for (std::size_t k = 0; k < cost.nodes.size(); ++k) {
        const auto& n = cost.nodes[k];
        r.layers.push_back({n.name, std::string(n.kind), n.output, static_cast<std::uint64_t>(n.parameters),
                            static_cast<std::uint64_t>(n.macs), static_cast<std::uint64_t>(n.weight_bytes),
                            encoding_text(*g, g->nodes[k]), ""});
    }
    const auto how = pith::executions_of(*g);
    for (std::size_t k = 0; k < how.size(); ++k)
        if (const auto note = pith::plan::explain_sums(how[k]); !note.empty())
            r.notes.push_back(g->nodes[k].name + ": " + note);
    r.parameters = static_cast<std::uint64_t>(cost.parameters);
    r.macs = static_cast<std::uint64_t>(cost.macs);
    r.weight_bytes = static_cast<std::uint64_t>(cost.weight_bytes);
    const auto options = pin(o.kernels);
    if (!options)
        return options.error();
    const auto bytes = pith::plan::pack(std::move(*g));
    if (!bytes)
        return bytes.error();
    const auto s = pith::run::session::open(*bytes, *options);
    if (!s)
        return s.error();
    add_program_doors(r, s->program());
    r.arena_bytes = s->program().arena_bytes();
    // A layer may become several operations; its own comes after those that prepare its input.
    std::unordered_map<std::string_view, std::vector<layer_line*>> named;
    for (auto& l : r.layers)
        named[l.name].push_back(&l);
    s->program().for_each_op([&](pith::run::op_view op, std::string_view name) {
        if (const auto at = named.find(name); at != named.end())
            for (auto* l : at->second)
                l->kernel = pith::run::kernel_name(s->program(), op, s->kernels());
    });
    return r;
}

[[nodiscard]] inline json json_of(const std::vector<door_line>& doors) {
    json rows = json::array();
    for (const auto& d : doors)
        rows.push_back(json{{"name", d.name}, {"type", d.type}, {"shape", json_of(d.shape)}});
    return rows;
}

[[nodiscard]] inline json json_of(const inspection& r) {
    json layers = json::array();
    for (const auto& l : r.layers)
        layers.push_back(json{{"name", l.name},
                              {"kind", l.kind},
                              {"shape", json_of(l.shape)},
                              {"parameters", l.parameters},
                              {"macs", l.macs},
                              {"weight_bytes", l.weight_bytes},
                              {"encoding", l.encoding},
                              {"kernel", l.kernel}});
    json notes = json::array();
    for (const auto& note : r.notes)
        notes.push_back(note);
    return {{"inputs", json_of(r.inputs)},
            {"outputs", json_of(r.outputs)},
            {"layers", layers},
            {"notes", notes},
            {"parameters", r.parameters},
            {"macs", r.macs},
            {"weight_bytes", r.weight_bytes},
            {"arena_bytes", r.arena_bytes}};
}

inline void print(const inspection& r) {
    for (const auto& d : r.inputs)
        say("input   {} {} {}\n", printable(d.name), d.type, size_text(d.shape));
    for (const auto& d : r.outputs)
        say("output  {} {} {}\n", printable(d.name), d.type, size_text(d.shape));
    using enum table::cells;
    table t({{"layer", name},
             {"kind", name},
             {"shape", text},
             {"parameters", number},
             {"macs", number},
             {"bytes", number},
             {"encoding", name},
             {"kernel", name}});
    for (const auto& l : r.layers)
        t.add({printable(l.name), l.kind, size_text(l.shape), grouped(l.parameters), grouped(l.macs),
               grouped(l.weight_bytes), l.encoding, l.kernel});
    t.print();
    for (const auto& note : r.notes)
        say("note    {}\n", printable(note));
    say("{} parameters, {} multiply-adds, {} bytes of weights, {} bytes of arena\n", grouped(r.parameters),
        grouped(r.macs), grouped(r.weight_bytes), grouped(r.arena_bytes));
}

inline exit_code run_inspect(const inspect_options& o) {
    inspection r;
    if (is_onnx(o.model)) {
        auto read = inspect_onnx(o);
        if (!read)
            return refuse(read.error());
        r = std::move(*read);
    } else {
        const auto m = load_model(o.model, o.kernels);
        if (!m)
            return refuse(m.error());
        r = inspect_program(m->session);
    }
    print(r);
    if (const auto written = write_report(o.json, json_of(r)); !written)
        return refuse(written.error());
    return done;
}

} // namespace tool

#endif
