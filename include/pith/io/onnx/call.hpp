// SPDX-License-Identifier: MIT
#ifndef PITH_IO_ONNX_CALL_HPP
#define PITH_IO_ONNX_CALL_HPP
/// One node being imported: its attributes, inputs and outputs, as an operator's handler sees them.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "builder.hpp"
#include "message.hpp"
#include "name_table.hpp"

namespace pith::io::onnx {

using symbol_table = name_table<operand>;

/// @tparam G the graph that is made
template <class G>
class call {
public:
    builder<G>& make;
    std::int64_t opset;

    call(builder<G>& b, symbol_table& symbols, const node_proto& node, std::int64_t version)
        : make(b), opset(version), symbols_(symbols), node_(node) {}

    [[nodiscard]] const node_proto& node() const noexcept { return node_; }
    [[noreturn]] void refuse(errc code, const char* what) const { onnx::refuse(code, what, make.where()); }
    void expect(bool holds, errc code, const char* what) const {
        if (!holds)
            refuse(code, what);
    }

    // Inputs
    // -------------------------------------------------------------------------------------------------

    [[nodiscard]] std::size_t inputs() const noexcept {
        return given_ != nullptr ? given_->size() : node_.inputs.size();
    }
    [[nodiscard]] bool has(std::size_t i) const noexcept {
        if (given_ != nullptr)
            return i < given_->size() && (*given_)[i].has_value();
        return i < node_.inputs.size() && !node_.inputs[i].empty();
    }
    /// Whatever its layout, its last axis possibly mixed.
    [[nodiscard]] const operand& raw(std::size_t i) const {
        expect(has(i), errc::missing, "the node lacks an input that its operator needs");
        return given_ != nullptr ? *(*given_)[i] : symbols_.find(node_.inputs[i])->second;
    }
    /// Whatever its layout.
    [[nodiscard]] operand in(std::size_t i) { return make.unmixed(raw(i)); }
    [[nodiscard]] bool is_constant(std::size_t i) const { return make.is_constant(raw(i)); }

    /// A constant input of whole numbers.
    [[nodiscard]] std::vector<std::int64_t> constant_wholes(std::size_t i) {
        const auto* t = make.net[make.place(raw(i))].wholes();
        expect(t != nullptr, errc::unsupported,
               "an input that decides shapes is computed at run time; only constant ones are supported");
        make.left().spend(t->size(), make.where());
        return {t->data().begin(), t->data().end()};
    }
    /// A constant input of real numbers.
    [[nodiscard]] std::vector<float> constant_reals(std::size_t i) {
        const auto* t = make.net[make.place(raw(i))].reals();
        expect(t != nullptr, errc::unsupported,
               "an input that must be constant here is computed at run time, or is not floating point");
        make.left().spend(t->size(), make.where());
        std::vector<float> out;
        for (const scalar_of<G> v : t->data())
            out.push_back(static_cast<float>(v));
        return out;
    }

    // Attributes
    // ---------------------------------------------------------------------------------------------

    [[nodiscard]] const attribute* find(std::string_view name) const noexcept {
        for (const auto& a : node_.attributes)
            if (a.name == name)
                return &a;
        return nullptr;
    }
    [[nodiscard]] bool has_attribute(std::string_view name) const noexcept { return find(name) != nullptr; }

    [[nodiscard]] std::int64_t whole(std::string_view name, std::int64_t otherwise) const {
        read(name, attribute_type::whole, 3, [&](pbf_reader& r) { otherwise = read_int(r); });
        return otherwise;
    }
    [[nodiscard]] float real(std::string_view name, float otherwise) const {
        read(name, attribute_type::real, 2, [&](pbf_reader& r) { otherwise = read_float(r); });
        return otherwise;
    }
    [[nodiscard]] std::string_view text(std::string_view name, std::string_view otherwise) const {
        read(name, attribute_type::text, 4, [&](pbf_reader& r) { otherwise = read_text(r); });
        return otherwise;
    }
    [[nodiscard]] std::vector<std::int64_t> wholes(std::string_view name) const {
        std::vector<std::int64_t> out;
        read(name, attribute_type::wholes, 8, [&](pbf_reader& r) {
            read_ints(r, [&](std::int64_t v) {
                expect(out.size() < max_list, errc::bad_file, "an attribute's list is too long");
                out.push_back(v);
            });
        });
        return out;
    }
    [[nodiscard]] std::vector<float> reals(std::string_view name) const {
        std::vector<float> out;
        read(name, attribute_type::reals, 7, [&](pbf_reader& r) {
            read_fixed<float>(r, [&](float v) {
                expect(out.size() < max_list, errc::bad_file, "an attribute's list is too long");
                out.push_back(v);
            });
        });
        return out;
    }
    [[nodiscard]] std::optional<tensor_proto> tensor(std::string_view name) const {
        std::optional<tensor_proto> out;
        read(name, attribute_type::tensor, 5, [&](pbf_reader& r) { out = read_tensor_header(read_text(r)); });
        return out;
    }

    // Shapes
    // -------------------------------------------------------------------------------------------------

    /// An axis counted from the end where negative.
    [[nodiscard]] std::size_t axis(std::int64_t value, std::size_t rank) const {
        const auto n = static_cast<std::int64_t>(rank);
        expect(value >= -n && value < n, errc::bad_shape, "an axis is out of range");
        return static_cast<std::size_t>(value < 0 ? value + n : value);
    }
    /// A size or count of an attribute that must fit 32 bits.
    [[nodiscard]] std::uint32_t small(std::int64_t value) const {
        expect(value >= 0 && value < (1 << 24), errc::bad_option, "an attribute is negative or too large");
        return static_cast<std::uint32_t>(value);
    }

    // Outputs
    // ------------------------------------------------------------------------------------------------

    [[nodiscard]] bool wants(std::size_t i) const noexcept {
        return i < node_.outputs.size() && !node_.outputs[i].empty();
    }
    void out(std::size_t i, operand x) {
        if (made_ != nullptr) {
            made_->resize(std::max(made_->size(), i + 1));
            (*made_)[i] = std::move(x);
            return;
        }
        if (!wants(i))
            return;
        make.name_value(x, x.coded ? name_of_codes(node_.outputs[i]) : node_.outputs[i]);
        symbols_[node_.outputs[i]] = std::move(x);
    }
    /// What another operator's handler, told this node's attributes, makes of other inputs.
    [[nodiscard]] std::vector<operand> outputs_of(void (*import)(call&),
                                                  const std::vector<std::optional<operand>>& inputs) {
        std::vector<operand> made;
        const auto* const given = std::exchange(given_, &inputs);
        auto* const kept = std::exchange(made_, &made);
        import(*this);
        given_ = given;
        made_ = kept;
        return made;
    }
    /// The first one.
    [[nodiscard]] operand output_of(void (*import)(call&),
                                    const std::vector<std::optional<operand>>& inputs) {
        return outputs_of(import, inputs).at(0);
    }
    /// A stored value as the model sees it.
    [[nodiscard]] operand stored(value_id id, const layout& order) const {
        const shape& lies = make.net[id].dims;
        operand x{id, {}, order, std::nullopt, make.net[id].type};
        const std::size_t rank = without_units(order).size();
        for (std::size_t axis = 0; axis < rank; ++axis)
            x.dims.push_back(lies[stored_axis(order, axis)]);
        return x;
    }
    /// A value in the model's own order.
    [[nodiscard]] operand plain(value_id id) const {
        const shape& dims = make.net[id].dims;
        return {id, dims, identity_layout(dims.rank()), std::nullopt, make.net[id].type};
    }

private:
    /// Our writer calls a value's codes like the value, with an ending.
    [[nodiscard]] static std::string_view name_of_codes(std::string_view name) noexcept {
        constexpr std::string_view ending = "/codes";
        const bool ours = name.size() > ending.size() && name.substr(name.size() - ending.size()) == ending;
        return ours ? name.substr(0, name.size() - ending.size()) : name;
    }

    static constexpr std::size_t max_list = 1U << 16U;

    template <class Read>
    void read(std::string_view name, attribute_type type, protozero::pbf_tag_type tag,
              const Read& take) const {
        const attribute* a = find(name);
        if (a == nullptr)
            return;
        expect(a->type == type || a->type == attribute_type::none, errc::bad_file,
               "an attribute has another type than its operator defines");
        for_each_field(a->body, [&](pbf_reader& r) {
            if (r.tag() == tag)
                take(r);
            else
                r.skip();
        });
    }

    symbol_table& symbols_;
    const node_proto& node_;
    const std::vector<std::optional<operand>>* given_ = nullptr; ///< inputs in place of the node's
    std::vector<operand>* made_ = nullptr;                       ///< where outputs go instead of the symbols
};

template <class G>
using handler = void (*)(call<G>&);

/// One line of the operator table.
template <class G>
struct operator_entry {
    std::string_view op_type;
    handler<G> import;
    std::string_view domain = {};
};

/// Of a kind of layer L that operators of its own become, specialised beside it, in namespace
/// pith::io::onnx, before a model is read as a graph of a list with L:
///   template <class G> static void read(call<G>&)   (as many as needed, of any name)
///   template <class G> static constexpr operator_entry<G> operators[] = {{"MyOp", &read<G>, "my.domain"}};
/// They come before the library's. A model with an operator that is in no table is refused by its name.
template <class Layer>
struct layer_reading;

namespace detail {

template <class L>
concept has_layer_reading = requires {
    sizeof(layer_reading<L>);
};

/// layer_reading<L>, or one error that names L and what it lacks; nothing where L has no operators of its
/// own.
template <class G, class L>
[[nodiscard]] handler<G> own_handler(std::string_view domain, std::string_view op_type) noexcept {
    if constexpr (has_layer_reading<L>) {
        constexpr bool complete = requires {
            layer_reading<L>::template operators<G>;
        };
        static_assert(complete, "pith::io::onnx::layer_reading<L>::operators is missing");
        if constexpr (complete)
            for (const operator_entry<G>& entry : layer_reading<L>::template operators<G>)
                if (entry.op_type == op_type && entry.domain == domain)
                    return entry.import;
    }
    return nullptr;
}

} // namespace detail

} // namespace pith::io::onnx

#endif
