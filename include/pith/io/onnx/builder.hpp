// SPDX-License-Identifier: MIT
#ifndef PITH_IO_ONNX_BUILDER_HPP
#define PITH_IO_ONNX_BUILDER_HPP
/// The graph under construction: nodes are emitted with inferred shapes, what is constant is computed at
/// once, and values are brought into the layout that a layer needs.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "../../graph/carry.hpp"
#include "../../graph/graph.hpp"
#include "../../graph/infer.hpp"
#include "layout.hpp"
#include "tensor.hpp"
#include "wire.hpp"

namespace pith::io::onnx {

/// A value as the model sees it, and how it lies in the graph.
struct operand {
    value_id id = no_value;
    shape dims;   ///< in the model's axes
    layout order; ///< of the stored value
    std::optional<mixed_axis> mixed;
    format::dtype type = format::dtype::f32;
    bool coded = false; ///< the model sees codes of `type`; the graph holds the real numbers they stand for
};

/// The scalar of a graph that is made.
template <class G>
using scalar_of = typename G::scalar;

/// @tparam G the graph that is made. Everything that emits is a template, so that only who loads a model pays
/// for it.
template <class G>
class builder {
public:
    using element = scalar_of<G>;
    using layers = typename G::layers;
    using any_layer = typename layers::any;

    explicit builder(budget& left) : left_(left) {}

    G net;

    /// Where faults and names of new values come from: the node being imported.
    void enter(std::string_view name, std::string where) {
        name_ = name;
        where_ = std::move(where);
        emitted_ = 0;
        moved_ = 0;
        first_node_ = net.nodes.size();
    }
    /// A node of the model that only moves elements gives its name to the last node it became.
    void leave() {
        if (emitted_ == 0 && net.nodes.size() > first_node_)
            net.nodes.back().name = name_;
    }
    [[nodiscard]] const std::string& where() const noexcept { return where_; }
    [[nodiscard]] budget& left() noexcept { return left_; }

    [[nodiscard]] bool is_constant(const operand& x) const { return net[x.id].is_constant(); }

    [[nodiscard]] operand constant(any_tensor<element>&& data, format::dtype type, std::string name = {}) {
        value<element> v;
        v.name = std::move(name);
        v.dims = dims_of(data);
        v.type = type;
        operand out{no_value, v.dims, identity_layout(v.dims.rank()), std::nullopt, type};
        if (auto* reals = std::get_if<0>(&data))
            v.constant = std::move(*reals);
        else
            v.constant = std::move(std::get<1>(data));
        out.id = net.add_value(std::move(v));
        return out;
    }
    [[nodiscard]] operand constant(tensor<element> data) {
        return constant(any_tensor<element>(std::move(data)), format::dtype::f32);
    }
    /// One number, rounded to the type.
    [[nodiscard]] operand scalar(double v, format::dtype type = format::dtype::f32) {
        any_tensor<element> one = tensor<element>(shape{}, static_cast<element>(v));
        pith::detail::fit_to(one, type);
        return constant(std::move(one), type);
    }

    /// New values computed by a layer from stored values; constants if its inputs are.
    std::vector<value_id> emit_all(any_layer layer, const std::vector<value_id>& inputs) {
        value_infos infos;
        bool all_constant = true;
        std::uint64_t elements = 0;
        for (const auto id : inputs) {
            infos.push_back(info_of(net, id));
            all_constant = all_constant && (id == no_value || net[id].is_constant());
            elements += static_cast<std::uint64_t>(infos.back().dims.elements());
        }
        const auto made = infer_layer(layer, infos);
        if (!made)
            refuse(made.error().code, made.error().what, where_);
        for (const auto& info : *made)
            check_size(info.dims);
        if (all_constant && folds(layer)) {
            left_.spend(elements, where_);
            return compute(layer, inputs, *made);
        }
        return add_node(std::move(layer), inputs, *made);
    }

    value_id emit(any_layer layer, const std::vector<value_id>& inputs) {
        return emit_all(std::move(layer), inputs)[0];
    }

    /// The value stored in another order; a constant is permuted now, a computed value costs at most one
    /// transpose, and none if only axes of size 1 move.
    value_id place(const operand& x, const layout& target) {
        const operand plain = unmixed(x);
        const shape wanted = stored_dims(plain.dims, target);
        if (essential_axes(plain.dims, plain.order) == essential_axes(plain.dims, target))
            return reshaped(plain.id, wanted);
        const layout from = without_units(plain.order);
        const layout to = without_units(target);
        transpose t;
        for (const auto axis : to)
            t.permutation.push_back(stored_axis(from, static_cast<std::size_t>(axis)));
        const value_id source = reshaped(plain.id, stored_dims(plain.dims, from));
        return reshaped(transposed(source, t), wanted);
    }

    /// In the model's own order.
    value_id place(const operand& x) { return place(x, identity_layout(x.dims.rank())); }

    /// The same operand stored as `target`.
    operand arranged(const operand& x, const layout& target) {
        operand out = x;
        out.id = place(x, target);
        out.order = target;
        out.mixed.reset();
        return out;
    }

    /// Without a mixed last axis.
    operand unmixed(const operand& x) {
        if (!x.mixed)
            return x;
        shape image{x.dims[0]};
        layout order{0};
        for (const auto d : x.mixed->inner)
            image.push_back(d);
        for (const auto a : x.mixed->order)
            order.push_back(static_cast<std::int8_t>(a + 1));
        operand picture{x.id, image, order, std::nullopt, x.type};
        picture.id = reshaped(x.id, stored_dims(image, order));
        operand out = x;
        out.id = reshaped(place(picture), x.dims);
        out.mixed.reset();
        return out;
    }

    /// The same stored elements under other sizes; a chain of reshapes stays one.
    value_id reshaped(value_id id, const shape& dims) {
        if (net[id].dims == dims)
            return id;
        if (const auto* n = producer(id); n != nullptr && layer_of<reshape>(*n) != nullptr) {
            id = n->inputs[0];
            if (net[id].dims == dims)
                return id;
        }
        const std::vector<std::int64_t> sizes(dims.begin(), dims.end());
        if (const value_id known = find_moved(reshapes_, id, sizes); known != no_value)
            return known;
        reshape layer{{}, std::find(dims.begin(), dims.end(), 0) != dims.end()};
        const shape& from = net[id].dims;
        for (std::size_t i = 0; i < dims.rank(); ++i)
            layer.dims.push_back(i == 0 && !layer.empty && from.rank() > 0 && from[0] == dims[0] ? 0
                                                                                                 : dims[i]);
        const value_id made = move_value(std::move(layer), id);
        slot(reshapes_, id).push_back({made, sizes});
        return made;
    }

    /// Gives a computed value the name that the model has for it; the first one stays.
    void name_value(const operand& x, std::string_view name) {
        if (net[x.id].is_constant() || std::exchange(slot(named_, x.id), std::uint8_t{1}) != 0)
            return;
        net[x.id].name = name;
        net[x.id].layout = layout_of(x);
    }
    /// How the model's file holds a value.
    [[nodiscard]] static file_layout layout_of(const operand& x) {
        if (!x.mixed)
            return {x.order};
        file_layout out{{0}, {x.mixed->inner.begin(), x.mixed->inner.end()}};
        for (const auto axis : x.mixed->order)
            out.order.push_back(static_cast<std::int8_t>(axis + 1));
        return out;
    }

    /// A computed value rounded to codes: an identity that carries the encoding, which merge_codes draws into
    /// the node before it where that changes nothing.
    operand encoded(const operand& x, const encoding& codes) {
        operand y = x;
        if (net[x.id].encoded == codes)
            return y;
        const auto& encoded = slot(encoded_, x.id);
        for (std::size_t i = encoded.size(); i-- > 0 && i + most_searched >= encoded.size();)
            if (net[encoded[i]].encoded == codes) {
                y.id = encoded[i];
                return y;
            }
        const std::size_t emitted = emitted_; // it takes no name from the layers of its node
        y.id = emit(unary{unary_op::identity}, {x.id});
        emitted_ = emitted;
        net[y.id].name = net[x.id].name + "/recoded";
        net[y.id].encoded = codes;
        slot(encoded_, x.id).push_back(y.id);
        return y;
    }

    /// A constant that one node alone reads, so that this node may release its elements.
    void read_once(value_id id) { slot(read_once_, id) = 1; }
    /// Frees the elements of constant whole numbers if the node being imported is their only reader.
    void release(value_id id) {
        if (std::exchange(slot(read_once_, id), std::uint8_t{0}) == 0 || net[id].wholes() == nullptr)
            return;
        left_.refund(net[id].wholes()->size() * sizeof(std::int64_t));
        net[id].constant = tensor<std::int64_t>();
    }

    /// Value `id` holds the codes of x as whole numbers.
    void note_codes(value_id id, const operand& x) { slot(noted_, id) = x; }
    /// Whose codes a value holds, if it is known to.
    [[nodiscard]] const std::optional<operand>& noted_codes(value_id id) { return slot(noted_, id); }

    /// Names a value that has codes like its real numbers; the first one stays.
    void name_decoded(const operand& x, std::string_view name) {
        if (!net[x.id].is_coded() || std::exchange(slot(decoded_, x.id), std::uint8_t{1}) != 0)
            return;
        slot(named_, x.id) = 0;
        name_value(x, name);
    }

    /// The node that computes a value, or null.
    [[nodiscard]] node<layers>* producer(value_id id) {
        const std::size_t at = slot(producers_, id);
        return at == 0 ? nullptr : &net.nodes[at - 1];
    }

private:
    /// A value that holds another's elements, moved.
    struct moved {
        value_id made;
        std::vector<std::int64_t> how; ///< sizes or permutation
    };
    /// Values made from one other that are looked at again: a file may make any number of them.
    static constexpr std::size_t most_searched = 64;
    using moved_values = std::vector<std::vector<moved>>; ///< by the value they are made from

    template <class V>
    [[nodiscard]] static V& slot(std::vector<V>& by_value, value_id id) {
        if (id >= by_value.size())
            by_value.resize(id + std::size_t{1});
        return by_value[id];
    }
    [[nodiscard]] static value_id find_moved(moved_values& all, value_id id,
                                             const std::vector<std::int64_t>& how) {
        const auto& known = slot(all, id);
        for (std::size_t i = known.size(); i-- > 0 && i + most_searched >= known.size();)
            if (known[i].how == how)
                return known[i].made;
        return no_value;
    }

    void check_size(const shape& dims) const {
        std::int64_t product = 1;
        for (const auto d : dims)
            if (d != 0 && (product *= d) > max_elements)
                refuse(errc::bad_shape, "a value has more than 2^31 elements", where_);
    }

    /// Products of constants are left to run time: a file must not be able to stall the load.
    [[nodiscard]] static bool folds(const any_layer& layer) {
        return !has_weights(layer) && layer_as<matmul>(layer) == nullptr &&
               layer_as<pool2d>(layer) == nullptr;
    }

    std::vector<value_id> add_node(any_layer layer, const std::vector<value_id>& inputs,
                                   const value_infos& made) {
        node<layers> n;
        n.name = moving_ ? std::string(name_) + "/layout" + std::to_string(++moved_) : unique_name();
        n.layer = std::move(layer);
        n.inputs = inputs;
        for (const auto id : inputs)
            if (id != no_value && net[id].is_constant() && net[id].name.empty())
                net[id].name = n.name + "/constant";
        for (const auto& info : made) {
            value<element> v;
            v.name = made.size() == 1 ? n.name : n.name + ":" + std::to_string(n.outputs.size());
            v.dims = info.dims;
            v.type = info.type;
            n.outputs.push_back(net.add_value(std::move(v)));
            slot(producers_, n.outputs.back()) = net.nodes.size() + 1;
        }
        const auto out = n.outputs;
        net.nodes.push_back(std::move(n));
        return out;
    }

    std::vector<value_id> compute(const any_layer& layer, const std::vector<value_id>& inputs,
                                  const value_infos& made) {
        for (const auto& info : made) {
            const auto elements = static_cast<std::uint64_t>(info.dims.elements());
            left_.charge(elements * (is_real(info.type) ? sizeof(element) : sizeof(std::int64_t)), where_);
        }
        std::vector<tensor_input<element>> held;
        for (const auto id : inputs) {
            held.push_back(id == no_value ? tensor_input<element>{}
                                          : tensor_input<element>{net[id].constant});
            held.back().type = id == no_value ? format::dtype::f32 : net[id].type;
        }
        auto data = with_layer(layer, [&](const auto& l, auto traits) -> result<any_tensors<element>> {
            if constexpr (traits.role == layer_role::weighted)
                return fault{errc::unsupported, "products are not computed while loading"};
            else
                return traits.forward(l, tensor_inputs<element>(held));
        });
        if (!data)
            refuse(data.error().code, data.error().what, where_);
        std::vector<value_id> out;
        for (std::size_t i = 0; i < made.size(); ++i) {
            pith::detail::fit_to((*data)[i], made[i].type);
            out.push_back(constant(std::move((*data)[i]), made[i].type, constant_name(inputs)).id);
            if (inputs.size() == 1 && inputs[0] != no_value)
                if (const value<element>& from = net[inputs[0]]; from.is_coded())
                    net[out[i]].encoded =
                        moved_encoding(layer, from.encoded, from.dims, net[out[i]].dims).value_or(encoding{});
        }
        return out;
    }

    value_id move_value(any_layer layer, value_id id) {
        moving_ = true;
        const value_id made = emit(std::move(layer), {id});
        moving_ = false;
        if (!net[made].is_constant())
            net[made].encoded = net[id].encoded;
        return made;
    }

    value_id transposed(value_id id, const transpose& t) {
        const std::vector<std::int64_t> how(t.permutation.begin(), t.permutation.end());
        if (const value_id known = find_moved(transposes_, id, how); known != no_value)
            return known;
        const value_id made = move_value(t, id);
        slot(transposes_, id).push_back({made, how});
        return made;
    }

    /// A constant made from one other keeps its name.
    [[nodiscard]] std::string constant_name(const std::vector<value_id>& inputs) const {
        return inputs.size() == 1 && inputs[0] != no_value ? net[inputs[0]].name : std::string(name_);
    }

    [[nodiscard]] std::string unique_name() {
        ++emitted_;
        return emitted_ == 1 ? std::string(name_) : std::string(name_) + "/" + std::to_string(emitted_ - 1);
    }

    budget& left_;
    std::string name_;
    std::string where_;
    std::size_t emitted_ = 0;
    std::size_t moved_ = 0;
    std::size_t first_node_ = 0;
    bool moving_ = false;                ///< the node being emitted only brings a value into another layout
    std::vector<std::uint8_t> named_;    ///< by value: whether it has its name
    std::vector<std::size_t> producers_; ///< by value: 1 + the node that computes it, or 0
    moved_values reshapes_;
    moved_values transposes_;
    std::vector<std::vector<value_id>> encoded_; ///< by value: it, rounded to codes
    std::vector<std::optional<operand>> noted_;  ///< by value: what its whole numbers are the codes of
    std::vector<std::uint8_t> read_once_;        ///< by value: whether release() frees it
    std::vector<std::uint8_t> decoded_;          ///< by value: whether it has the name of its real numbers
};

} // namespace pith::io::onnx

#endif
