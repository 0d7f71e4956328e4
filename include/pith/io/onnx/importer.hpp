// SPDX-License-Identifier: MIT
#ifndef PITH_IO_ONNX_IMPORTER_HPP
#define PITH_IO_ONNX_IMPORTER_HPP
/// A decoded model becomes a graph, node by node.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "../../base/result.hpp"
#include "../../base/view.hpp"
#include "../../graph/graph.hpp"
#include "../array.hpp"
#include "builder.hpp"
#include "call.hpp"
#include "decode.hpp"
#include "functions.hpp"
#include "merge_codes.hpp"
#include "operators.hpp"
#include "options.hpp"
#include "order.hpp"
#include "preferred_layouts.hpp"
#include "tidy.hpp"

namespace pith::io::onnx {

template <class G>
class importer {
public:
    importer(const model_proto& model, const onnx_options& options, budget& left)
        : model_(model), options_(options), make_(left), functions_(model, left) {}

    [[nodiscard]] G run() {
        check_model();
        nodes_ = functions_.nodes();
        name_set given;
        for (const auto& t : model_.graph.initializers) {
            if (!given.insert(t.name).second)
                refuse(errc::bad_file, "two initializers have the same name", t.name);
            initializers_.emplace(t.name, &t);
        }
        for (const auto& v : model_.graph.inputs)
            given.insert(v.name);
        const auto order = execution_order(nodes_, given, model_.graph.outputs);
        declare_inputs(preferred_layouts<G>(nodes_, order));
        count_reads();
        for (const auto i : order)
            import_node(nodes_[i]);
        bind_outputs();
        describe_model();
        merge_gates(make_.net);
        merge_bias(make_.net);
        merge_codes(make_.net);
        prune(make_.net);
        settle_codes(make_.net);
        return std::move(make_.net);
    }

private:
    void check_model() {
        if (!model_.has_graph)
            refuse(errc::bad_file, "not an ONNX model: it holds no graph");
        if (model_.graph.outputs.empty())
            refuse(errc::bad_file, "the model has no outputs");
        for (const auto& v : model_.graph.outputs)
            if (v.name.empty())
                refuse(errc::bad_file, "an output of the model has no name");
        opset_ = model_.opsets.empty() ? 1 : 0;
        for (const auto& o : model_.opsets)
            if (o.domain.empty())
                opset_ = o.version;
        if (opset_ > newest_opset)
            refuse(errc::unsupported, "the model's opset is newer than 24; export it with an older one",
                   "opset " + std::to_string(opset_));
        if (opset_ < 0)
            refuse(errc::bad_file, "the model's opset is negative");
    }

    [[nodiscard]] std::int64_t size_of(const value_proto& v, std::size_t axis) {
        const dimension& d = v.dims[axis];
        for (const auto& [symbol, size] : options_.dims)
            if (!d.symbol.empty() && symbol == d.symbol)
                return size;
        if (d.size > 0 || (d.size == 0 && axis > 0))
            return d.size;
        if (axis > 0)
            refuse(
                errc::bad_shape, "a dimension's size is not known; give it with onnx_options::dims",
                std::string("input '").append(v.name).append("', dimension '").append(d.symbol).append("'"));
        batch_ = d.symbol.empty() ? std::string_view("batch") : d.symbol;
        return 1;
    }

    void declare_inputs(const layout_table& preferred) {
        for (const auto& v : model_.graph.inputs) {
            if (initializers_.contains(v.name))
                continue;
            const std::string where = std::string("input '").append(v.name).append("'");
            if (const array* given = find_fixed(v.name)) {
                fix_input(v, *given, where);
                continue;
            }
            if (!v.is_tensor)
                refuse(errc::unsupported, "only tensors can be inputs (no sequences, maps or optionals)",
                       where);
            if (!v.has_shape)
                refuse(errc::bad_shape, "the input's shape is not given; export the model with shapes",
                       where);
            operand x;
            x.type = element_type(v.element, where);
            for (std::size_t i = 0; i < v.dims.size(); ++i)
                push_dim(x.dims, size_of(v, i), where);
            x.order = declared_layout(preferred, v.name, x.dims.rank());
            value<scalar_of<G>> made;
            made.name = std::string(v.name);
            made.dims = stored_dims(x.dims, x.order);
            made.type = x.type;
            x.id = make_.net.add_value(std::move(made));
            make_.net.inputs.push_back(x.id);
            make_.net.input_layouts.push_back(door(x.order));
            make_.name_value(x, v.name);
            if (!symbols_.emplace(v.name, x).second)
                refuse(errc::bad_file, "two inputs have the same name", where);
        }
    }

    [[nodiscard]] const array* find_fixed(std::string_view name) const {
        for (const auto& a : options_.fixed)
            if (a.name == name)
                return &a;
        return nullptr;
    }

    void fix_input(const value_proto& v, const array& given, const std::string& where) {
        if (v.element != element_number(given.type))
            refuse(errc::bad_option, "the fixed value of an input has another type than the input", where);
        make_.enter(v.name, where);
        any_tensor<scalar_of<G>> data;
        if (const auto* wholes = given.wholes())
            data = *wholes;
        else
            data = tensor<scalar_of<G>>(given.dims(),
                                        {given.reals()->data().begin(), given.reals()->data().end()});
        if (!symbols_.emplace(v.name, make_.constant(std::move(data), given.type, given.name)).second)
            refuse(errc::bad_file, "two inputs have the same name", where);
    }

    [[nodiscard]] static door_layout door(const layout& order) {
        door_layout out;
        if (!is_identity(order))
            out.permutation.assign(order.begin(), order.end());
        return out;
    }

    /// Makes a value known that is an initializer; others already are.
    void need(std::string_view name) {
        if (name.empty() || symbols_.contains(name))
            return;
        const auto* at = find_name(initializers_, name);
        if (at == nullptr)
            refuse(errc::missing, "an output that this library does not compute is read", make_.where());
        auto a = read_elements<scalar_of<G>>(**at, make_.left());
        const operand made = make_.constant(std::move(a.data), a.type, std::string(name));
        if (const auto* reads = find_name(reads_, name); reads != nullptr && *reads == 1)
            make_.read_once(made.id);
        symbols_.emplace(name, made);
    }

    void count_reads() {
        for (const auto& n : nodes_)
            for (const auto name : n.inputs)
                ++reads_[name];
        for (const auto& v : model_.graph.outputs)
            ++reads_[v.name];
    }

    void import_node(const node_proto& n) {
        make_.enter(n.name.empty() && !n.outputs.empty() ? n.outputs[0] : n.name, describe(n));
        const auto known = find_operator<G>(n.domain, n.op_type);
        if (known.import == nullptr)
            refuse(errc::unsupported, refusal_of(n.op_type), make_.where());
        for (const auto& a : n.attributes)
            if (a.type == attribute_type::graph)
                refuse(errc::unsupported, "sub-graphs are not supported", make_.where());
        for (const auto name : n.inputs)
            need(name);
        call<G> c(make_, symbols_, n, n.opset != 0 ? n.opset : opset_);
        at_place([&] {
            if (known.takes_codes || !reads_codes(n))
                known.import(c);
            else
                import_on_codes(c, known.import);
        });
        make_.leave();
    }

    /// A refusal that names no place is of what is being imported.
    template <class Step>
    void at_place(const Step& step) const {
        try {
            step();
        } catch (const refused& r) {
            if (r.why.where[0] != '\0')
                throw;
            refuse(r.why.code, r.why.what, make_.where());
        }
    }

    [[nodiscard]] bool reads_codes(const node_proto& n) const {
        return std::any_of(n.inputs.begin(), n.inputs.end(), [&](std::string_view name) {
            return !name.empty() && symbols_.find(name)->second.coded;
        });
    }

    /// The model's name for an output wins over that of the node which computes it.
    void name_output(const operand& x, std::string_view name) {
        doors_.resize(make_.net.values.size());
        if (std::exchange(doors_[x.id], std::uint8_t{1}) != 0 || make_.net[x.id].is_constant())
            return;
        make_.net[x.id].name = name;
        make_.net[x.id].layout = make_.layout_of(x);
    }

    void bind_outputs() {
        doors_.resize(make_.net.values.size());
        for (const auto id : make_.net.inputs)
            doors_[id] = 1;
        for (const auto& v : model_.graph.outputs) {
            make_.enter(v.name, std::string("output '").append(v.name).append("'"));
            need(v.name);
            const node_proto none;
            call<G> c(make_, symbols_, none, opset_);
            operand x;
            at_place([&] {
                x = make_.unmixed(without_codes(c, symbols_.find(v.name)->second));
                x = make_.arranged(x, without_units(x.order));
            });
            name_output(x, v.name);
            make_.net.outputs.push_back(x.id);
            make_.net.output_layouts.push_back(door(x.order));
        }
    }

    void describe_model() {
        auto& metadata = make_.net.metadata;
        if (!model_.producer.empty())
            metadata.emplace_back("producer", model_.producer);
        if (!batch_.empty())
            metadata.emplace_back("batch", batch_);
        for (const auto& [key, text] : model_.metadata)
            metadata.emplace_back(key, text);
    }

    const model_proto& model_;
    const onnx_options& options_;
    builder<G> make_;
    function_writer<model_proto> functions_;
    std::vector<node_proto> nodes_;
    symbol_table symbols_;
    name_table<const tensor_proto*> initializers_;
    std::vector<std::uint8_t> doors_; ///< by value: whether an input, or an output that has its name
    name_table<std::size_t> reads_;   ///< of every name, by nodes and as an output
    std::int64_t opset_ = 0;
    std::string_view batch_;
};

/// The graph of type G in a .onnx file's bytes, or why there is none.
template <class G>
[[nodiscard]] result<G> import_model(bytes_view bytes, const onnx_options& options) {
    return guarded([&]() -> result<G> {
        budget left{bytes.size()};
        const auto model = decode_model(as_text(bytes), left);
        return importer<G>{model, options, left}.run();
    });
}

} // namespace pith::io::onnx

#endif
