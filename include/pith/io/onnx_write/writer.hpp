// SPDX-License-Identifier: MIT
#ifndef PITH_IO_ONNX_WRITE_WRITER_HPP
#define PITH_IO_ONNX_WRITE_WRITER_HPP
/// The model under construction: every value of the graph by its names in the file, in each order of axes
/// that somebody wanted; constants; nodes.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "../../base/result.hpp"
#include "../../graph/codes.hpp"
#include "../../graph/graph.hpp"
#include "../onnx/tensor.hpp"
#include "arrange.hpp"
#include "flatten.hpp"
#include "names.hpp"
#include "proto.hpp"

namespace pith::io::onnx_write {

/// One tensor of the file that holds a value.
struct form {
    std::string name;
    layout order;
    std::optional<mixed_axis> mixed{}; ///< the last axis is a flattened image in the file's order
};

/// After a mistake everything goes on without effect, and failed() gives the fault.
template <class T, class Layers>
class model_writer {
public:
    /// @param sizes of every value
    model_writer(const graph<T, Layers>& of, std::vector<shape> sizes, std::int64_t version, bool encodings)
        : g(of), opset(version), dims_(std::move(sizes)), coded_(encodings), forms_(of.values.size()),
          names_of_(of.values.size()), keeps_(keeps_file_order(of)) {}

    const graph<T, Layers>& g;
    const std::int64_t opset;
    bool free_batch = false;          ///< axis 0 is of any size
    bool in_codes = false;            ///< the node being written runs in integer codes
    std::string nodes;                ///< fields of a GraphProto
    std::string constants;            ///< likewise
    std::vector<std::string> domains; ///< of operators, beside ONNX's own

    // Faults
    // -----------------------------------------------------------------------------------------------------

    void refuse(errc code, const char* what) {
        if (!fault_)
            fault_ = fault{code, what, where_};
    }
    [[nodiscard]] const std::optional<fault>& failed() const noexcept { return fault_; }

    // Names
    // ------------------------------------------------------------------------------------------------------

    /// Where faults and names of new tensors come from.
    void enter(const std::string& node, std::string_view kind) {
        node_ = node;
        where_ = "node '" + node + "' (" + std::string(kind) + ")";
        layouts_ = 0;
    }
    [[nodiscard]] const std::string& node_name() const noexcept { return node_; }
    /// The name of a value; reserved for it in the order of these calls.
    void reserve(value_id id) {
        if (names_of_[id].empty())
            names_of_[id] = names_.unique(g[id].name);
    }
    [[nodiscard]] const std::string& name_of(value_id id) const { return names_of_[id]; }
    [[nodiscard]] std::string fresh(std::string_view suffix) {
        return names_.unique(node_ + "/" + std::string(suffix));
    }

    // Nodes
    // ------------------------------------------------------------------------------------------------------

    /// ONNX Runtime wants nodes of different names.
    void emit(node_text n) {
        n.name = node_names_.unique(n.name);
        protozero::pbf_writer w{nodes};
        w.add_message(1, node_bytes(n));
    }
    /// The node that carries the layer's name.
    void emit(std::string op, std::vector<std::string> inputs, std::vector<std::string> outputs,
              attribute_list attributes = {}) {
        emit({node_, std::move(op), std::move(inputs), std::move(outputs), std::move(attributes)});
    }
    /// A node beside it, named like its only output.
    [[nodiscard]] std::string step(std::string_view suffix, std::string op, std::vector<std::string> inputs,
                                   attribute_list attributes = {}) {
        std::string y = fresh(suffix);
        emit({y, std::move(op), std::move(inputs), {y}, std::move(attributes)});
        return y;
    }

    // Constants
    // --------------------------------------------------------------------------------------------------

    /// The name of a constant with these elements: `wished` if that is free or the very same constant.
    std::string initializer(const std::string& wished, const shape& dims, std::int64_t element,
                            std::string_view raw) {
        std::string name = wished.empty() ? node_ + "/constant" : wished;
        for (std::size_t k = 0;; ++k) {
            if (k > 0)
                name = k == 1 ? node_ + "/" + wished : node_ + "/" + wished + "_" + std::to_string(k);
            std::string bytes = tensor_bytes(name, dims, element, raw);
            const auto at = std::lower_bound(written_.begin(), written_.end(), name,
                                             [](const auto& a, const std::string& b) { return a.name < b; });
            if (at != written_.end() && at->name == name) {
                if (constants.compare(at->at, bytes.size(), bytes) == 0 && bytes.size() == at->size)
                    return name;
                continue;
            }
            if (names_.taken(name))
                continue;
            names_.take(name);
            protozero::pbf_writer w{constants};
            w.add_message(5, bytes);
            written_.insert(at, {name, constants.size() - bytes.size(), bytes.size()});
            return name;
        }
    }
    template <class E>
    std::string initializer(const std::string& wished, const tensor<E>& x, std::int64_t element) {
        std::string raw;
        for (const auto v : x.data())
            append_element(raw, v);
        return initializer(wished, x.dims(), element, raw);
    }
    /// A list of whole numbers, named after the node.
    std::string list(std::string_view suffix, const wholes& v) {
        const tensor<std::int64_t> t(shape{static_cast<std::int64_t>(v.size())}, v);
        return initializer(node_ + "/" + std::string(suffix), t, onnx::element::i64);
    }
    /// One number of the type of `like`, named after the node.
    std::string number(std::string_view suffix, double v, format::dtype like = format::dtype::f32) {
        const std::string name = node_ + "/" + std::string(suffix);
        std::string raw;
        if (is_real(like))
            append_element(raw, static_cast<float>(v));
        else
            append_whole(raw, pith::detail::truncate(v), like);
        return initializer(name, shape{}, element_of(like), raw);
    }
    /// The name of a constant of the graph, arranged; decoded where it has an encoding.
    std::string constant(value_id id, const arrangement& how) {
        const value<T>& v = g[id];
        if (v.wholes() != nullptr) {
            const auto x = arranged(*v.wholes(), how);
            std::string raw;
            for (const auto e : x.data())
                append_whole(raw, e, v.type);
            return initializer(v.name, x.dims(), element_of(v.type), raw);
        }
        if (coded_ && codes_of(v))
            return decoded(v, arranged(encode_tensor(*v.affine(), *v.reals()), how), how, onnx::element::u8);
        if (coded_ && has_weight_codes(v))
            return decoded(v, arranged(tensor<std::int8_t>(v.dims, weight_codes(v)), how), how,
                           onnx::element::i8);
        const auto x = arranged(*v.reals(), how);
        std::string raw;
        for (const auto e : x.data())
            append_element(raw, static_cast<float>(e));
        return initializer(v.name, x.dims(), onnx::element::f32, raw);
    }

    // Values
    // -----------------------------------------------------------------------------------------------------

    [[nodiscard]] bool is_constant(value_id id) const { return g[id].is_constant(); }
    [[nodiscard]] const shape& dims(value_id id) const { return dims_[id]; }
    [[nodiscard]] layout identity(value_id id) const { return identity_layout(dims_[id].rank()); }

    /// Whether a flattened image may lie in the file's order.
    [[nodiscard]] bool may_mix(value_id id) const { return keeps_[id]; }
    /// How a value lies in the file as it was made; constants lie as the graph has them.
    [[nodiscard]] form primary(value_id id) {
        if (is_constant(id))
            return {{}, identity(id)};
        if (forms_[id].empty())
            refuse(errc::missing, "a value is read before any node computes it");
        return fault_ ? form{{}, identity(id)} : forms_[id].front();
    }
    /// The same without a mixed axis.
    [[nodiscard]] form plain(value_id id) {
        form f = primary(id);
        return f.mixed ? form{take(id, identity(id)), identity(id)} : f;
    }
    /// The name of a value in this order of axes.
    [[nodiscard]] std::string take(value_id id, const layout& order) {
        if (is_constant(id))
            return constant(id, {order});
        form from = primary(id);
        if (fault_)
            return {};
        for (const auto& f : forms_[id])
            if (!f.mixed && f.order == order)
                return f.name;
        if (from.mixed)
            from = unmixed(id, from);
        std::string name = from.name;
        if (from.order != order)
            name = recoded(id, transposed(from, order));
        forms_[id].push_back({name, order});
        return name;
    }
    [[nodiscard]] std::string take(value_id id) { return take(id, identity(id)); }
    /// The name to compute a value into, lying in this order.
    [[nodiscard]] std::string give(value_id id, layout order, std::optional<mixed_axis> mixed = {}) {
        std::string name = names_of_[id];
        const layout* door = promised(id);
        if (door != nullptr && (*door != order || mixed))
            name = names_.unique(name + "/inside");
        forms_[id].push_back({name, std::move(order), std::move(mixed)});
        if (!is_coded(id))
            return name;
        pending_.push_back({id, names_.unique(name + "/real"), name});
        return pending_.back().real;
    }
    /// `to` has the elements of tensor `name`, which holds `from`, in another order of its own axes.
    void rename(value_id from, value_id to, const std::string& name, layout order) {
        const auto a = codes_of(g[from]);
        const auto b = codes_of(g[to]);
        if (is_coded(to) && !(a && same_codes(*a, *b)))
            return emit("Identity", {name}, {give(to, std::move(order))});
        forms_[to].push_back({name, std::move(order)});
    }
    /// A graph input, which lies in the file in this order.
    void declare(value_id id, layout order) {
        const std::string& name = names_of_[id];
        forms_[id].push_back({name, std::move(order)});
        if (!is_coded(id))
            return;
        forms_[id].front().name = names_.unique(name + "/decoded");
        encode(name, *codes_of(g[id]), id, forms_[id].front().name);
    }
    /// A graph output under `name`, in this order.
    void bind(value_id id, const layout& order, const std::string& name) {
        const auto& known = forms_[id];
        const auto same = [&](const form& f) { return !f.mixed && f.order == order; };
        const auto at = std::find_if(known.begin(), known.end(), same);
        if (is_constant(id) || at != known.end()) {
            const std::string have = is_constant(id) ? take(id, order) : at->name;
            if (have != name)
                emit({name, "Identity", {have}, {name}});
            return;
        }
        const form from = plain(id);
        if (from.order == order)
            return emit({name, "Identity", {from.name}, {name}});
        emit({name,
              "Transpose",
              {from.name},
              {name},
              attribute_list{}.list("perm", permutation(from.order, order))});
    }
    /// An output of the graph and the order in which its file is to have it.
    void promise(value_id id, layout order) { doors_.push_back({id, std::move(order)}); }
    [[nodiscard]] const layout* promised(value_id id) const {
        for (const auto& d : doors_)
            if (d.id == id)
                return &d.order;
        return nullptr;
    }

    [[nodiscard]] std::string transposed(const form& from, const layout& order) {
        return step(next_layout(), "Transpose", {from.name},
                    attribute_list{}.list("perm", permutation(from.order, order)));
    }
    /// A Reshape beside the layer, to sizes in the file's order.
    [[nodiscard]] std::string reshaped(const std::string& x, const wholes& sizes) {
        const std::string suffix = next_layout();
        return step(suffix, "Reshape", {x, list(suffix + "/shape", sizes)});
    }
    /// Sizes for a Reshape; a free batch that stays in front is copied.
    [[nodiscard]] wholes sizes(const shape& file_dims, bool keeps_batch) const {
        wholes out(file_dims.begin(), file_dims.end());
        if (free_batch && keeps_batch && !out.empty())
            out[0] = 0;
        return out;
    }

    // Codes
    // ------------------------------------------------------------------------------------------------------

    /// Whether a computed value is written as codes.
    [[nodiscard]] bool is_coded(value_id id) const { return coded_ && codes_of(g[id]).has_value(); }

    /// What was computed into encoded values goes through their codes.
    /// @param cut codes of `output`, cut to the range of an activation that is left out
    void settle(value_id output, const std::optional<format::affine>& cut) {
        const std::vector<pending_code> all = std::move(pending_);
        pending_.clear();
        for (const auto& p : all) {
            format::affine codes = *codes_of(g[p.id]);
            if (p.id == output && cut)
                codes = *cut;
            if (has_levels(g[p.id]))
                refuse(errc::unsupported, "activations that use only some codes have no ONNX operator");
            encode(p.real, codes, p.id, p.decoded);
        }
    }
    /// The bias of a conv2d or dense layer; in codes where its layer runs in codes.
    [[nodiscard]] std::string bias(const node<Layers>& n) {
        const value_id id = n.inputs[2];
        const auto* real = g[id].reals();
        if (!coded_ || !in_codes || real == nullptr)
            return take(id);
        const float from = codes_of(g[n.inputs[0]])->scale;
        const auto scales = weight_scales(g[n.inputs[1]]);
        const tensor<std::int32_t> codes(g[id].dims, bias_codes(real, from, scales));
        std::vector<float> products;
        for (const float s : scales)
            products.push_back(from * s);
        const bool one = g[n.inputs[1]].affine()->scales.size() == 1;
        const tensor<float> factors =
            one ? tensor<float>(shape{}, products[0]) : tensor<float>(g[id].dims, std::move(products));
        const std::string name = initializer(g[id].name, codes, onnx::element::i32);
        attribute_list a;
        if (!one)
            a.whole("axis", 0);
        return decode(name, {name, initializer(name + "/scale", factors, onnx::element::f32)}, a);
    }

    /// A moved copy of a value, through its codes where it has them.
    [[nodiscard]] std::string recoded(value_id id, std::string name) {
        if (!is_coded(id))
            return name;
        std::string y = names_.unique(name + "/decoded");
        format::affine codes = *codes_of(g[id]);
        codes.lowest = 0;
        codes.highest = 255;
        encode(name, codes, id, y);
        return y;
    }

    [[nodiscard]] static std::int64_t element_of(format::dtype t) noexcept {
        return is_real(t) ? static_cast<std::int64_t>(onnx::element::f32) : onnx::element_number(t);
    }

private:
    struct written {
        std::string name;
        std::size_t at, size; ///< of its bytes among `constants`
    };
    struct promise_of {
        value_id id;
        layout order;
    };
    struct pending_code { ///< a value that has been computed, to be encoded
        value_id id;
        std::string real;
        std::string decoded;
    };

    static void append_whole(std::string& raw, std::int64_t v, format::dtype t) {
        switch (t) {
        case format::dtype::i64:
            return append_element(raw, v);
        case format::dtype::i32:
            return append_element(raw, static_cast<std::int32_t>(v));
        default:
            return append_element(raw, static_cast<std::uint8_t>(v));
        }
    }
    /// x through codes: QuantizeLinear, DequantizeLinear; where only some codes are in use, cut between two
    /// of them.
    void encode(const std::string& x, const format::affine& codes, value_id id, const std::string& y) {
        const bool cut = codes.lowest > 0 || codes.highest < 255;
        const std::string stem = names_of_[id];
        const std::string scale =
            initializer(stem + "/scale", tensor<float>(shape{}, codes.scale), onnx::element::f32);
        const std::string zero = initializer(stem + "/zero", shape{}, onnx::element::u8,
                                             std::string(1, static_cast<char>(codes.zero)));
        const auto pass = [&](const std::string& from, const std::string& to) {
            const std::string held = names_.unique(to + "/codes");
            emit({held, "QuantizeLinear", {from, scale, zero}, {held}});
            emit({to + "/decode", "DequantizeLinear", {held, scale, zero}, {to}});
        };
        if (!cut)
            return pass(x, y);
        const std::string wide = names_.unique(y + "/wide");
        const std::string narrow = names_.unique(y + "/cut");
        const auto bound = [&](const char* suffix, std::int32_t code) {
            return initializer(y + suffix, tensor<float>(shape{}, format::decode(codes, code)),
                               onnx::element::f32);
        };
        pass(x, wide);
        emit({narrow,
              "Clip",
              {wide, bound("/lowest", codes.lowest), bound("/highest", codes.highest)},
              {narrow}});
        pass(narrow, y);
    }
    /// The decoded form of a constant in codes, made once.
    [[nodiscard]] std::string decode(const std::string& constant, std::vector<std::string> inputs,
                                     attribute_list attributes) {
        const auto at = std::find_if(decoded_.begin(), decoded_.end(),
                                     [&](const auto& d) { return d.first == constant; });
        if (at != decoded_.end())
            return at->second;
        const std::string y = names_.unique(constant + "/decoded");
        emit({y, "DequantizeLinear", std::move(inputs), {y}, std::move(attributes)});
        decoded_.emplace_back(constant, y);
        return y;
    }
    /// A constant's codes, decoded; their scales lie along the axis that is the graph's axis 0.
    template <class E>
    [[nodiscard]] std::string decoded(const value<T>& v, const tensor<E>& codes, const arrangement& how,
                                      std::int64_t element) {
        const affine_encoding& e = *v.affine();
        const std::string name = initializer(v.name, codes, element);
        const bool one = e.scales.size() == 1;
        const shape dims = one ? shape{} : shape{static_cast<std::int64_t>(e.scales.size())};
        tensor<E> zeros(dims);
        for (std::size_t i = 0; i < zeros.size(); ++i)
            zeros[i] = static_cast<E>(e.zeros[i]);
        attribute_list a;
        if (!one)
            a.whole("axis", stored_axis(how.order, 0));
        const std::string scale =
            initializer(name + "/scale", tensor<float>(dims, e.scales), onnx::element::f32);
        return decode(name, {name, scale, initializer(name + "/zero", zeros, element)}, a);
    }
    [[nodiscard]] std::string next_layout() { return "layout" + std::to_string(++layouts_); }

    /// A flattened image unfolded, brought into the graph's order and flattened again.
    [[nodiscard]] form unmixed(value_id id, const form& from) {
        const layout inside = from.mixed->order;
        shape image{dims(id)[0]};
        layout order{0};
        for (const auto a : inside)
            order.push_back(static_cast<std::int8_t>(a + 1));
        for (const auto d : from.mixed->inner)
            image.push_back(d);
        const std::string picture = reshaped(from.name, sizes(stored_dims(image, order), true));
        const std::string moved = transposed({picture, order}, identity_layout(image.rank()));
        form out{recoded(id, reshaped(moved, sizes(dims(id), true))), identity(id)};
        forms_[id].push_back(out);
        return out;
    }

    [[nodiscard]] static wholes permutation(const layout& from, const layout& to) {
        wholes out;
        for (const auto a : to)
            out.push_back(stored_axis(from, static_cast<std::size_t>(a)));
        return out;
    }

    std::vector<shape> dims_;
    bool coded_ = false;
    std::vector<std::vector<form>> forms_; ///< by value; the first is how it was made
    std::vector<std::string> names_of_;
    std::vector<bool> keeps_;
    name_table names_;
    name_table node_names_;
    std::vector<written> written_; ///< by name
    std::vector<std::pair<std::string, std::string>>
        decoded_; ///< constants in codes, and what they decode to
    std::vector<promise_of> doors_;
    std::vector<pending_code> pending_;
    std::string node_;
    std::string where_;
    std::size_t layouts_ = 0;
    std::optional<fault> fault_;
};

} // namespace pith::io::onnx_write

#endif
