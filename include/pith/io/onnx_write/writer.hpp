// SPDX-License-Identifier: MIT
#ifndef PITH_IO_ONNX_WRITE_WRITER_HPP
#define PITH_IO_ONNX_WRITE_WRITER_HPP
/// Every value of the graph by its names in the file: in each order of axes that somebody wanted, as real
/// numbers and as codes.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "../../graph/codes.hpp"
#include "../../graph/graph.hpp"
#include "arrange.hpp"
#include "flatten.hpp"
#include "model_file.hpp"
#include "options.hpp"

namespace pith::io::onnx_write {

/// The ONNX type of a format's codes held as activations; an element format that they may have is one more
/// overload. Weights are int8 or int4, whatever their format.
[[nodiscard]] constexpr std::int64_t element_of(const format::affine_codes& f) noexcept {
    return f.moved != 0 ? onnx::element::i8 : onnx::element::u8;
}
[[nodiscard]] constexpr std::int64_t element_of(const format::codebook& f) noexcept {
    return element_of(f.codes());
}
[[nodiscard]] constexpr std::int64_t element_of(const format::binary& f) noexcept {
    return element_of(f.codes());
}

/// One tensor of the file that holds a value.
struct form {
    std::string name;
    layout order;
    std::optional<mixed_axis> mixed{}; ///< the last axis is a flattened image in the file's order
};

template <class T, class Layers>
class model_writer : public model_file {
public:
    /// @param sizes of every value
    model_writer(const graph<T, Layers>& of, std::vector<shape> sizes, std::int64_t version, onnx_codes codes)
        : g(of), opset(version), style(codes), dims_(std::move(sizes)), reals_(of.values.size()),
          codes_(of.values.size()), names_of_(of.values.size()), keeps_(keeps_file_order(of)) {}

    const graph<T, Layers>& g;
    const std::int64_t opset;
    const onnx_codes style;
    bool free_batch = false;     ///< axis 0 is of any size
    bool narrow_weights = false; ///< weights of at most four bits are stored in four

    /// The node being written: whether it runs in codes, and its operator on them; of what value the codes
    /// are cut.
    bool in_codes = false;
    bool on_codes = false;
    value_id cut_value = no_value;
    std::optional<format::affine> cut_codes{};

    // Values
    // -----------------------------------------------------------------------------------------------------

    /// The name of a value; reserved for it in the order of these calls.
    void reserve(value_id id) {
        if (names_of_[id].empty())
            names_of_[id] = names_.unique(g[id].name);
    }
    [[nodiscard]] const std::string& name_of(value_id id) const { return names_of_[id]; }
    [[nodiscard]] bool is_constant(value_id id) const { return g[id].is_constant(); }
    [[nodiscard]] const shape& dims(value_id id) const { return dims_[id]; }
    [[nodiscard]] layout identity(value_id id) const { return identity_layout(dims_[id].rank()); }
    /// Whether a flattened image may lie in the file's order.
    [[nodiscard]] bool may_mix(value_id id) const { return keeps_[id]; }
    /// Whether a value is written as codes.
    [[nodiscard]] bool is_coded(value_id id) const {
        return style != onnx_codes::none && codes_of(g[id]).has_value();
    }

    /// How a value lies in the file as it was made; constants lie as the graph has them.
    [[nodiscard]] form primary(value_id id) {
        if (is_constant(id))
            return {{}, identity(id)};
        auto& known = forms(id);
        if (known.empty() && !codes_[id].empty())
            decode_value(id);
        if (known.empty())
            refuse(errc::missing, "a value is read before any node computes it");
        return failed() ? form{{}, identity(id)} : known.front();
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
        if (failed())
            return {};
        for (const auto& f : forms(id))
            if (!f.mixed && f.order == order)
                return f.name;
        if (from.mixed)
            from = unmixed(id, from);
        std::string name = from.name;
        if (from.order != order)
            name = recoded(id, transposed(from, order));
        forms(id).push_back({name, order});
        return name;
    }
    [[nodiscard]] std::string take(value_id id) { return take(id, identity(id)); }
    /// The name to compute a value into, lying in this order.
    [[nodiscard]] std::string give(value_id id, layout order, std::optional<mixed_axis> mixed = {}) {
        if (!is_coded(id)) {
            reals_[id].push_back({real_name(id, order, mixed), std::move(order), std::move(mixed)});
            return reals_[id].back().name;
        }
        if (has_levels(g[id]))
            refuse(errc::unsupported, "activations that use only some codes have no ONNX operator");
        if (style == onnx_codes::pairs) {
            const std::string name = real_name(id, order, mixed);
            reals_[id].push_back({name, std::move(order), std::move(mixed)});
            pending_.push_back({id, names_.unique(name + "/real"), name, false});
            return pending_.back().from;
        }
        std::string name = names_.unique(names_of_[id] + "/codes");
        codes_[id].push_back({name, std::move(order), std::move(mixed)});
        if (on_codes && !is_cut(written_codes(id)))
            return name;
        pending_.push_back({id, names_.unique(name + (on_codes ? "/wide" : "/real")), name, on_codes});
        return pending_.back().from;
    }
    /// A value whose codes have been made by other means: they are in tensor `codes`.
    void give_codes(value_id id, const std::string& codes, layout order, std::optional<mixed_axis> mixed) {
        codes_[id].push_back({codes, std::move(order), std::move(mixed)});
        if (style == onnx_codes::pairs)
            decode_value(id);
    }
    /// `to` has the elements of tensor `name`, which holds `from`, in another order of its own axes.
    void rename(value_id from, value_id to, const std::string& name, layout order) {
        const auto a = codes_of(g[from]);
        const auto b = codes_of(g[to]);
        if (is_coded(to) && !(a && same_codes(*a, *b)))
            return emit("Identity", {name}, {give(to, std::move(order))});
        forms(to).push_back({name, std::move(order)});
    }
    /// A graph input, which lies in the file in this order.
    void declare(value_id id, const layout& order) {
        const std::string& name = names_of_[id];
        if (!is_coded(id)) {
            reals_[id].push_back({name, order});
        } else if (style == onnx_codes::pairs) {
            reals_[id].push_back({names_.unique(name + "/decoded"), order});
            encode(id, *codes_of(g[id]), name, reals_[id].back().name);
        } else {
            codes_[id].push_back({names_.unique(name + "/codes"), order});
            encode(id, *codes_of(g[id]), name, codes_[id].back().name);
        }
    }
    /// A graph output under `name`, in this order.
    void bind(value_id id, const layout& order, const std::string& name) {
        const form from = is_constant(id) ? form{take(id, order), order} : primary(id);
        for (const auto& f : reals_[id])
            if (!f.mixed && f.order == order)
                return f.name == name ? void() : emit({name, "Identity", {f.name}, {name}});
        const form flat = from.mixed ? plain(id) : from;
        if (flat.order == order)
            return emit({name, "Identity", {flat.name}, {name}});
        emit({name,
              "Transpose",
              {flat.name},
              {name},
              attribute_list{}.list("perm", permutation(flat.order, order))});
    }
    /// An output of the graph and the order in which its file is to have it.
    void promise(value_id id, layout order) {
        if (doors_.size() <= id)
            doors_.resize(g.values.size());
        if (!doors_[id])
            doors_[id] = std::move(order);
    }
    [[nodiscard]] const layout* promised(value_id id) const {
        return id < doors_.size() && doors_[id] ? &*doors_[id] : nullptr;
    }

    // Movement
    // ---------------------------------------------------------------------------------------------------

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
    [[nodiscard]] wholes sizes(const shape& file_dims, bool keeps_batch) {
        wholes out(file_dims.begin(), file_dims.end());
        if (std::find(out.begin(), out.end(), 0) != out.end()) // which a Reshape takes for an axis to copy
            refuse(errc::unsupported, "a value without elements cannot be written where its axes change");
        if (free_batch && keeps_batch && !out.empty())
            out[0] = 0;
        return out;
    }

    // Codes
    // ------------------------------------------------------------------------------------------------------

    /// What the node has computed becomes codes where its outputs have them.
    void settle() {
        const std::vector<pending_code> all = std::move(pending_);
        pending_.clear();
        for (const auto& p : all) {
            if (p.in_codes)
                cut(written_codes(p.id), p.from, p.to);
            else
                encode(p.id, written_codes(p.id), p.from, p.to);
        }
    }
    /// A moved copy of a value: between two operators, pairs need it in codes.
    [[nodiscard]] std::string recoded(value_id id, std::string name) {
        if (!is_coded(id) || style != onnx_codes::pairs)
            return name;
        std::string y = names_.unique(name + "/decoded");
        format::affine codes = *codes_of(g[id]);
        codes.lowest = 0;
        codes.highest = 255;
        encode(id, codes, name, y);
        return y;
    }
    /// The element type of a value's codes. @pre is_coded(id)
    [[nodiscard]] std::int64_t element_of_codes(value_id id) const {
        return g[id].encoded.with_codes([](const auto& f) { return element_of(f); });
    }
    /// The names of a value's scale and zero point. @pre is_coded(id), or coded weights
    [[nodiscard]] std::vector<std::string> code_of(value_id id) {
        const encoding& e = g[id].encoded;
        const std::string& stem = is_constant(id) ? g[id].name : names_of_[id];
        const bool one = e.scales.size() == 1;
        const shape dims = one ? shape{} : shape{static_cast<std::int64_t>(e.scales.size())};
        std::string zeros;
        for (std::size_t i = 0; i < e.scales.size(); ++i)
            append_element(zeros, static_cast<std::uint8_t>(e.codes().zero - e.codes().moved));
        const std::int64_t element = codes_of(g[id]) ? element_of_codes(id) : onnx::element::i8;
        return {initializer(stem + "/scale", tensor<float>(dims, e.scales), onnx::element::f32),
                initializer(stem + "/zero", dims, element, zeros)};
    }
    /// The bias of a conv2d or dense layer; in codes where its layer runs in codes.
    [[nodiscard]] std::string bias(const node<Layers>& n) {
        const value_id id = n.inputs[2];
        const auto* real = g[id].reals();
        if (!in_codes || real == nullptr)
            return take(id);
        const float from = codes_of(g[n.inputs[0]])->scale;
        const auto scales = weight_scales(g[n.inputs[1]]);
        const tensor<std::int32_t> codes(g[id].dims, bias_codes(real, from, scales));
        std::string name = initializer(g[id].name, codes, onnx::element::i32);
        if (on_codes)
            return name;
        std::vector<float> products;
        for (const float s : scales)
            products.push_back(from * s);
        const bool one = g[n.inputs[1]].encoded.scales.size() == 1;
        const tensor<float> factors =
            one ? tensor<float>(shape{}, products[0]) : tensor<float>(g[id].dims, std::move(products));
        attribute_list a;
        if (!one)
            a.whole("axis", 0);
        return decode({name, initializer(name + "/scale", factors, onnx::element::f32)}, a);
    }
    /// The name of a constant of the graph, arranged; codes are decoded unless the operator works on them.
    [[nodiscard]] std::string constant(value_id id, const arrangement& how) {
        const value<T>& v = g[id];
        std::string raw;
        if (v.wholes() != nullptr) {
            const auto x = arranged(*v.wholes(), how);
            append_elements(raw, v.type, x.data());
            return initializer(v.name, x.dims(), onnx::element_number(v.type), raw);
        }
        if (is_coded(id)) {
            auto codes = encode_tensor(v.encoded, *v.reals());
            const std::int32_t moved = v.encoded.codes().moved;
            for (auto& code : codes.data())
                code = static_cast<std::uint8_t>(code - moved);
            return codes_constant(id, arranged(std::move(codes), how), how, element_of_codes(id));
        }
        if (style != onnx_codes::none && has_weight_codes(v))
            return codes_constant(id, arranged(tensor<std::int8_t>(v.dims, weight_codes(v)), how), how,
                                  onnx::element::i8);
        const auto x = arranged(*v.reals(), how);
        append_elements(raw, v.type, x.data());
        return initializer(v.name, x.dims(), onnx::element_number(v.type), raw);
    }

private:
    struct pending_code { ///< a tensor that has been computed, to become codes
        value_id id;
        std::string from;
        std::string to;
        bool in_codes; ///< it has codes, to be cut
    };

    [[nodiscard]] std::vector<form>& forms(value_id id) {
        return on_codes && is_coded(id) ? codes_[id] : reals_[id];
    }
    /// A value's own name where it has the layout of the input or output, else another name.
    [[nodiscard]] std::string real_name(value_id id, const layout& order,
                                        const std::optional<mixed_axis>& mixed) {
        const layout* door = promised(id);
        const bool inside = door != nullptr && (*door != order || mixed);
        return inside ? names_.unique(names_of_[id] + "/inside") : names_of_[id];
    }
    /// The first codes of a value as real numbers.
    void decode_value(value_id id) {
        const form f = codes_[id].front();
        const bool given = std::find(g.inputs.begin(), g.inputs.end(), id) != g.inputs.end();
        const std::string name =
            given ? names_.unique(names_of_[id] + "/decoded") : real_name(id, f.order, f.mixed);
        auto inputs = code_of(id);
        inputs.insert(inputs.begin(), f.name);
        emit({name + "/decode", "DequantizeLinear", std::move(inputs), {name}});
        reals_[id].push_back({name, f.order, f.mixed});
    }
    [[nodiscard]] static bool is_cut(const format::affine& codes) noexcept {
        return codes.lowest > 0 || codes.highest < 255;
    }
    [[nodiscard]] format::affine written_codes(value_id id) const {
        return id == cut_value && cut_codes ? *cut_codes : *codes_of(g[id]);
    }

    /// Codes cut to those in use.
    void cut(const format::affine& codes, const std::string& x, const std::string& y) {
        const auto bound = [&](const char* suffix, std::int32_t code) {
            return initializer(y + suffix, shape{}, codes.moved != 0 ? onnx::element::i8 : onnx::element::u8,
                               std::string(1, static_cast<char>(code - codes.moved)));
        };
        emit({y, "Clip", {x, bound("/lowest", codes.lowest), bound("/highest", codes.highest)}, {y}});
    }
    /// x becomes codes y; in pairs, y is what they decode to, and codes that are cut pass a Clip of real
    /// numbers.
    void encode(value_id id, const format::affine& codes, const std::string& x, const std::string& y) {
        const std::vector<std::string> code = code_of(id);
        const auto quantized = [&](const std::string& from, const std::string& to) {
            emit({to, "QuantizeLinear", {from, code[0], code[1]}, {to}});
        };
        if (style == onnx_codes::operators) {
            if (!is_cut(codes))
                return quantized(x, y);
            const std::string wide = names_.unique(y + "/wide");
            quantized(x, wide);
            return cut(codes, wide, y);
        }
        const auto pass = [&](const std::string& from, const std::string& to) {
            const std::string held = names_.unique(to + "/codes");
            quantized(from, held);
            emit({to + "/decode", "DequantizeLinear", {held, code[0], code[1]}, {to}});
        };
        if (!is_cut(codes))
            return pass(x, y);
        const std::string wide = names_.unique(y + "/wide");
        const std::string narrow = names_.unique(y + "/cut");
        const auto bound = [&](const char* suffix, std::int32_t at) {
            const tensor<float> real(shape{}, format::decode(codes, at));
            return initializer(y + suffix, real, onnx::element::f32);
        };
        pass(x, wide);
        emit({narrow,
              "Clip",
              {wide, bound("/lowest", codes.lowest), bound("/highest", codes.highest)},
              {narrow}});
        pass(narrow, y);
    }
    /// A constant's codes and their scale, decoded; made once.
    [[nodiscard]] std::string decode(std::vector<std::string> inputs, attribute_list attributes) {
        for (const auto& d : decoded_)
            if (d.constant == inputs[0] && d.scale == inputs[1])
                return d.name;
        decoded_.push_back({inputs[0], inputs[1], names_.unique(inputs[0] + "/decoded")});
        std::string y = decoded_.back().name;
        emit({y, "DequantizeLinear", std::move(inputs), {y}, std::move(attributes)});
        return y;
    }
    /// A constant's codes; decoded, their scales lie along the axis that is the graph's axis 0.
    template <class E>
    [[nodiscard]] std::string codes_constant(value_id id, const tensor<E>& codes, const arrangement& how,
                                             std::int64_t element) {
        std::string name;
        if (element == onnx::element::i8 && narrow_weights && fits_four_bits(g[id].encoded.codes())) {
            std::string raw;
            append_elements(raw, format::dtype::i4, codes.data());
            const std::string packed = initializer(g[id].name, codes.dims(), onnx::element::i4, raw);
            name = widened(packed);
        } else {
            name = initializer(g[id].name, codes, element);
        }
        if (on_codes)
            return name;
        attribute_list a;
        if (g[id].encoded.scales.size() > 1)
            a.whole("axis", stored_axis(how.order, 0));
        auto inputs = code_of(id);
        inputs.insert(inputs.begin(), name);
        return decode(std::move(inputs), a);
    }

    [[nodiscard]] static bool fits_four_bits(const format::affine_codes& e) noexcept {
        return e.lowest >= -8 && e.highest <= 7;
    }
    /// Four-bit codes as eight-bit ones: a runtime does that once, when it loads the model, and then has the
    /// weights its integer kernels take. (ONNX Runtime 1.30 computes a convolution whose int4 weights are
    /// decoded directly in floating point, with other bits.)
    [[nodiscard]] std::string widened(const std::string& packed) {
        for (const auto& d : decoded_)
            if (d.constant == packed && d.scale.empty())
                return d.name;
        decoded_.push_back({packed, {}, names_.unique(packed + "/wide")});
        std::string y = decoded_.back().name;
        emit({y, "Cast", {packed}, {y}, attribute_list{}.whole("to", onnx::element::i8)});
        return y;
    }

    /// A flattened image unfolded, brought into the graph's order and flattened again.
    [[nodiscard]] form unmixed(value_id id, const form& from) {
        shape image{dims(id)[0]};
        layout order{0};
        for (const auto a : from.mixed->order)
            order.push_back(static_cast<std::int8_t>(a + 1));
        for (const auto d : from.mixed->inner)
            image.push_back(d);
        const std::string picture = reshaped(from.name, sizes(stored_dims(image, order), true));
        const std::string moved = transposed({picture, order}, identity_layout(image.rank()));
        form out{recoded(id, reshaped(moved, sizes(dims(id), true))), identity(id)};
        forms(id).push_back(out);
        return out;
    }
    [[nodiscard]] static wholes permutation(const layout& from, const layout& to) {
        wholes out;
        for (const auto a : to)
            out.push_back(stored_axis(from, static_cast<std::size_t>(a)));
        return out;
    }

    struct decoded_constant {
        std::string constant, scale, name;
    };

    std::vector<shape> dims_;
    std::vector<std::vector<form>> reals_; ///< by value; the first is how it was made
    std::vector<std::vector<form>> codes_; ///< likewise, of operators on codes
    std::vector<std::string> names_of_;
    std::vector<bool> keeps_;
    std::vector<decoded_constant> decoded_;
    std::vector<std::optional<layout>> doors_; ///< by value
    std::vector<pending_code> pending_;
};

} // namespace pith::io::onnx_write

#endif
