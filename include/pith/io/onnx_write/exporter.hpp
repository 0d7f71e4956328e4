// SPDX-License-Identifier: MIT
#ifndef PITH_IO_ONNX_WRITE_EXPORTER_HPP
#define PITH_IO_ONNX_WRITE_EXPORTER_HPP
/// A graph becomes a serialised ModelProto, node by node.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "../../base/result.hpp"
#include "../../graph/graph.hpp"
#include "../../graph/infer.hpp"
#include "../../graph/quantized.hpp"
#include "../onnx/wire.hpp"
#include "direct.hpp"
#include "layer_writing.hpp"
#include "layers_elementwise.hpp"
#include "layers_move.hpp"
#include "layers_window.hpp"
#include "options.hpp"
#include "writer.hpp"

namespace pith::io::onnx_write {

/// The graph with shapes that were inferred anew, and without the elements of its constants.
template <class T, class Layers>
struct outline {
    graph<T, Layers> net;
    std::string batch;              ///< its symbol, if the batch is free
    std::vector<shape> sizes;       ///< of every value
    std::vector<shape> other_sizes; ///< at another batch, if it is free
};

/// The shapes of all values of a network.
template <class T, class Layers>
[[nodiscard]] std::vector<shape> sizes_of(const graph<T, Layers>& g) {
    std::vector<shape> out;
    for (const auto& v : g.values)
        out.push_back(v.dims);
    return out;
}

/// What the file will hold, before it is written.
template <class T, class Layers>
[[nodiscard]] result<outline<T, Layers>> outline_of(const graph<T, Layers>& g, std::string batch) {
    outline<T, Layers> o;
    for (const auto& v : g.values) {
        o.net.values.emplace_back();
        auto& bare = o.net.values.back();
        bare.dims = v.dims;
        bare.type = v.type;
        if (v.is_constant())
            bare.constant.template emplace<1>();
    }
    o.net.nodes = g.nodes;
    o.net.inputs = g.inputs;
    o.net.outputs = g.outputs;
    PITH_TRY(infer_shapes(o.net));
    o.sizes = sizes_of(o.net);
    for (const auto& [key, text] : g.metadata)
        if (batch.empty() && key == "batch")
            batch = text;
    if (batch.empty())
        return o;
    for (const auto id : g.inputs)
        if (g[id].dims.rank() > 0) {
            auto freed = o.net;
            if (set_batch(freed, g[id].dims[0] + 1)) {
                o.batch = batch;
                o.other_sizes = sizes_of(freed);
                o.net.nodes = std::move(freed.nodes);
            }
            break;
        }
    return o;
}

/// The axes of an input or output of the model.
template <class T, class Layers>
[[nodiscard]] std::vector<axis_text> door_axes(const outline<T, Layers>& o, value_id id,
                                               const layout& order) {
    std::vector<axis_text> out;
    for (const auto a : order) {
        const auto axis = static_cast<std::size_t>(a);
        const std::int64_t size = o.sizes[id][axis];
        if (o.batch.empty() || o.other_sizes[id][axis] == size)
            out.push_back({size});
        else
            out.push_back({-1, o.other_sizes[id][axis] == size + 1 ? o.batch : std::string{}});
    }
    return out;
}

/// The order of the axes of an input or output in the file: as it was, or for images of a graph made by hand
/// channels first.
template <class T, class Layers>
[[nodiscard]] layout door_order(const graph<T, Layers>& g, value_id id, const std::vector<door_layout>& doors,
                                std::size_t k) {
    const std::size_t rank = g[id].dims.rank();
    if (k < doors.size() && doors[k].permutation.size() == rank && rank > 0) {
        layout order(rank);
        for (std::size_t i = 0; i < rank; ++i)
            order[doors[k].permutation[i]] = static_cast<std::int8_t>(i);
        return order;
    }
    const bool loaded =
        std::any_of(g.inputs.begin(), g.inputs.end(), [&](value_id in) { return g[in].layout.has_value(); });
    return rank == 4 && !loaded ? channels_first(rank) : identity_layout(rank);
}

/// The layout of an input or output names every axis once, or none.
template <class T, class Layers>
[[nodiscard]] result<void> check_doors(const graph<T, Layers>& g, const std::vector<value_id>& ids,
                                       const std::vector<door_layout>& doors) {
    for (std::size_t k = 0; k < ids.size() && k < doors.size(); ++k) {
        const auto& permutation = doors[k].permutation;
        std::uint32_t seen = 0;
        for (const auto axis : permutation)
            seen |= axis < max_rank ? 1U << axis : 0;
        const std::size_t rank = g[ids[k]].dims.rank();
        if (!permutation.empty() && (permutation.size() != rank || seen != (1U << rank) - 1))
            return fault{errc::bad_shape, "the layout of a door must name every axis once", g[ids[k]].name};
    }
    return {};
}

/// The first opset whose operators take elements of this type.
[[nodiscard]] inline std::int64_t opset_of(format::dtype t) noexcept {
    switch (t) {
    case format::dtype::f8e4m3fn:
    case format::dtype::f8e4m3fnuz:
    case format::dtype::f8e5m2:
    case format::dtype::f8e5m2fnuz:
        return 19;
    case format::dtype::i4:
    case format::dtype::u4:
        return 21;
    case format::dtype::f4e2m1:
        return 23;
    case format::dtype::f8e8m0:
        return 24;
    default:
        return 13;
    }
}

/// The version of the file format that ONNX published together with an opset.
[[nodiscard]] inline std::int64_t ir_version(std::int64_t opset) noexcept {
    return opset < 15 ? 7 : opset < 19 ? 8 : opset < 21 ? 9 : opset < 23 ? 10 : opset - 12;
}

/// Values have types of the opset, and codes stand for float32.
template <class T, class Layers, class Options>
[[nodiscard]] result<void> check_types(const graph<T, Layers>& g, const Options& options) {
    const auto check = [&](value_id v) -> result<void> {
        if (v == no_value)
            return {};
        if (opset_of(g[v].type) > options.opset)
            return fault{errc::bad_option,
                         "a value has an element type that this opset does not have; write a newer one",
                         g[v].name + " (" + std::string(name_of(g[v].type)) + ")"};
        if (g[v].is_coded() && g[v].type != format::dtype::f32 && is_real(g[v].type) &&
            options.codes != onnx_codes::none)
            return fault{errc::unsupported,
                         "codes are written for float32 values; apply the pass as_float32 first", g[v].name};
        return {};
    };
    for (const auto* doors : {&g.inputs, &g.outputs})
        for (const auto v : *doors)
            PITH_TRY(check(v));
    for (const auto& n : g.nodes)
        for (const auto* list : {&n.inputs, &n.outputs})
            for (const auto v : *list)
                PITH_TRY(check(v));
    return {};
}

template <class T, class Layers>
class exporter {
public:
    exporter(const graph<T, Layers>& g, const onnx_write_options& options, outline<T, Layers> o)
        : g_(g), options_(options), outline_(std::move(o)),
          write_(g, outline_.sizes, options.opset, options.codes) {}

    [[nodiscard]] result<std::string> run() {
        write_.narrow_weights = options_.int4;
        write_.free_batch = !outline_.batch.empty();
        declare_inputs();
        for (std::size_t k = 0; k < g_.outputs.size(); ++k)
            write_.promise(g_.outputs[k], door_order(g_, g_.outputs[k], g_.output_layouts, k));
        const auto executions = options_.codes != onnx_codes::none
                                    ? executions_of(g_)
                                    : std::vector<node_execution>(g_.nodes.size());
        for (node_index k = 0; k < g_.nodes.size(); ++k)
            if (executions[k].how != execution::fused && !write_.failed())
                write_node(outline_.net.nodes[k], executions[k]);
        bind_outputs();
        if (write_.failed())
            return *write_.failed();
        return model();
    }

private:
    void declare_inputs() {
        for (const auto* doors : {&g_.inputs, &g_.outputs}) // whose names are the model's own
            for (const auto id : *doors)
                if (!g_[id].is_constant())
                    write_.reserve(id);
        for (const auto& n : g_.nodes)
            for (const auto id : n.outputs)
                if (id != no_value)
                    write_.reserve(id);
        for (std::size_t k = 0; k < g_.inputs.size(); ++k) {
            const value_id id = g_.inputs[k];
            const layout order = door_order(g_, id, g_.input_layouts, k);
            write_.enter(g_[id].name, "input");
            protozero::pbf_writer w{inputs_};
            w.add_message(11, value_bytes(write_.name_of(id), onnx::element_number(g_[id].type),
                                          door_axes(outline_, id, order)));
            write_.declare(id, order);
        }
    }

    void write_node(node<Layers> n, const node_execution& how) {
        write_.in_codes = how.how == execution::integer;
        write_.cut_value = how.output;
        write_.cut_codes = how.codes;
        if (how.activation != no_node)
            n.outputs[0] = how.output;
        const bool reads = !n.inputs.empty() && n.inputs[0] != no_value;
        write_.real_type = reads && is_real(g_[n.inputs[0]].type) ? g_[n.inputs[0]].type : format::dtype::f32;
        with_writing(n.layer, [&](const auto& layer, auto writing) {
            write_.enter(n.name, kind_of(layer));
            write_.on_codes =
                write_.in_codes && options_.codes == onnx_codes::operators && writing.on_codes(layer);
            writing.write(write_, n, layer);
        });
        write_.settle();
        write_.on_codes = false;
    }

    void bind_outputs() {
        std::vector<value_id> bound = g_.inputs;
        for (std::size_t k = 0; k < g_.outputs.size() && !write_.failed(); ++k) {
            const value_id id = g_.outputs[k];
            const layout order = door_order(g_, id, g_.output_layouts, k);
            write_.enter(g_[id].name, "output");
            const bool again =
                g_[id].is_constant() || std::find(bound.begin(), bound.end(), id) != bound.end();
            bound.push_back(id);
            const std::string name = again ? write_.fresh("output") : write_.name_of(id);
            write_.bind(id, order, name);
            protozero::pbf_writer w{outputs_};
            w.add_message(
                12, value_bytes(name, onnx::element_number(g_[id].type), door_axes(outline_, id, order)));
        }
    }

    [[nodiscard]] result<std::string> model() const {
        std::string name;
        protozero::pbf_writer{name}.add_string(2, "main");
        const std::string graph = write_.nodes + name + write_.constants + inputs_ + outputs_;
        if (graph.size() > static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max()) - 65536)
            return fault{errc::unsupported, "the model is larger than the 2 GB that an ONNX file can hold"};
        std::string producer = "pith";
        for (const auto& [key, text] : g_.metadata)
            if (key == "producer")
                producer = text;
        std::string out;
        protozero::pbf_writer w{out};
        w.add_int64(1, ir_version(options_.opset));
        w.add_string(2, producer);
        w.add_message(7, graph);
        add_opsets(w);
        for (const auto& [key, text] : g_.metadata) {
            if (key == "producer" || key == "batch")
                continue;
            std::string entry;
            protozero::pbf_writer e{entry};
            e.add_string(1, key);
            e.add_string(2, text);
            w.add_message(14, entry);
        }
        return out;
    }
    void add_opsets(protozero::pbf_writer& w) const {
        std::vector<std::string> domains = write_.domains;
        domains.emplace_back();
        std::sort(domains.begin(), domains.end());
        domains.erase(std::unique(domains.begin(), domains.end()), domains.end());
        for (const auto& domain : domains) {
            std::string import;
            protozero::pbf_writer i{import};
            i.add_string(1, domain);
            i.add_int64(2, domain.empty() ? options_.opset : 1);
            w.add_message(8, import);
        }
    }

    const graph<T, Layers>& g_;
    const onnx_write_options& options_;
    outline<T, Layers> outline_;
    model_writer<T, Layers> write_;
    std::string inputs_; ///< fields of a GraphProto
    std::string outputs_;
};

/// The bytes of the ModelProto, or why there are none.
template <class T, class Layers>
[[nodiscard]] result<std::vector<std::byte>> export_model(const graph<T, Layers>& g,
                                                          const onnx_write_options& options) {
    if (options.opset < 13 || options.opset > newest_opset)
        return fault{errc::bad_option, "ONNX models are written in opset 13 to 24"};
    if (options.int4 && options.opset < 21)
        return fault{errc::bad_option, "int4 weights need opset 21"};
    if (g.outputs.empty())
        return fault{errc::bad_option, "a model needs an output"};
    PITH_TRY(check_types(g, options));
    PITH_TRY(check_doors(g, g.inputs, g.input_layouts));
    PITH_TRY(check_doors(g, g.outputs, g.output_layouts));
    return onnx::guarded([&]() -> result<std::vector<std::byte>> {
        auto outline = outline_of(g, options.batch);
        if (!outline)
            return outline.error();
        const auto text = exporter<T, Layers>(g, options, *std::move(outline)).run();
        if (!text)
            return text.error();
        std::vector<std::byte> bytes(text->size());
        std::memcpy(bytes.data(), text->data(), bytes.size());
        return bytes;
    });
}

} // namespace pith::io::onnx_write

#endif
