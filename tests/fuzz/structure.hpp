// SPDX-License-Identifier: MIT
#ifndef PITH_TESTS_FUZZ_STRUCTURE_HPP
#define PITH_TESTS_FUZZ_STRUCTURE_HPP
/// Well-formed ONNX models whose structure is wrong: other operators, ranks, sizes, types, attributes and
/// edges than they were written with. Tensors keep as many elements as their sizes say, so that damage is met
/// behind the door's first checks.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <pith/base/random.hpp>

#include "message_tree.hpp"

namespace fuzz {

/// What mutants are made of besides the model itself.
struct parts {
    std::vector<std::pair<std::string, std::string>> operators; ///< name and domain
    std::vector<std::string> models;                            ///< whose nodes are taken over
};

class restructurer {
public:
    restructurer(std::string_view model, const parts& from, pith::random_bits& bits)
        : from_(from), bits_(bits), tree_(parse(model, message::model)) {}

    [[nodiscard]] std::string mutant() {
        for (std::uint32_t left = 1 + bits_.below(4); left > 0; --left)
            change();
        return format(tree_);
    }

private:
    using fields = std::vector<field>;

    void change() {
        field* g = child(tree_, 7);
        if (g == nullptr)
            return;
        switch (bits_.below(16)) {
        case 0:
        case 1:
            return rename_operator(*g);
        case 2:
        case 3:
        case 4:
            return resize_value(*g);
        case 5:
        case 6:
            return resize_tensor(*g);
        case 7:
            return change_type(*g);
        case 8:
        case 9:
            return change_attribute(*g);
        case 10:
        case 11:
            return change_edge(*g);
        case 12:
            return take_over_node(*g);
        case 13:
            return change_opset();
        default:
            surgeon(tree_, bits_).operate();
        }
    }

    static field* child(fields& of, std::uint32_t tag) {
        for (auto& f : of)
            if (f.tag == tag)
                return &f;
        return nullptr;
    }
    field* any_child(fields& of, std::uint32_t tag) {
        std::vector<field*> all;
        for (auto& f : of)
            if (f.tag == tag)
                all.push_back(&f);
        return all.empty() ? nullptr : all[bits_.below(all.size())];
    }
    static field varint(std::uint32_t tag, std::uint64_t v) {
        field f;
        f.tag = tag;
        f.number = v;
        return f;
    }
    static field text(std::uint32_t tag, std::string v) {
        field f;
        f.tag = tag;
        f.wire = 2;
        f.kind = message::text;
        f.bytes = std::move(v);
        return f;
    }

    [[nodiscard]] std::uint64_t any_size() {
        const std::uint64_t choices[] = {0,
                                         0,
                                         1,
                                         1,
                                         1,
                                         2,
                                         2,
                                         3,
                                         3,
                                         4,
                                         5,
                                         6,
                                         7,
                                         8,
                                         16,
                                         64,
                                         1000,
                                         65536,
                                         1 << 20,
                                         ~std::uint64_t{0},
                                         std::uint64_t{1} << 31};
        return choices[bits_.below(std::size(choices))];
    }
    [[nodiscard]] std::uint64_t any_whole() {
        return bits_.below(3) == 0 ? static_cast<std::uint64_t>(-static_cast<std::int64_t>(bits_.below(9)))
                                   : any_size();
    }

    void rename_operator(field& g) {
        field* n = any_child(g.fields, 1);
        if (n == nullptr || from_.operators.empty())
            return;
        const auto& [op, domain] = from_.operators[bits_.below(from_.operators.size())];
        std::erase_if(n->fields, [](const field& f) { return f.tag == 4 || f.tag == 7; });
        n->fields.push_back(text(4, op));
        if (!domain.empty())
            n->fields.push_back(text(7, domain));
    }

    /// A graph input's rank, or one of its sizes.
    void resize_value(field& g) {
        field* v = any_child(g.fields, 11);
        field* type = v == nullptr ? nullptr : child(v->fields, 2);
        field* tensor = type == nullptr ? nullptr : child(type->fields, 1);
        field* dims = tensor == nullptr ? nullptr : child(tensor->fields, 2);
        if (dims == nullptr)
            return;
        auto& list = dims->fields;
        field dim;
        dim.tag = 1;
        dim.wire = 2;
        dim.kind = message::dim;
        dim.fields = {varint(1, any_size())};
        switch (bits_.below(4)) {
        case 0:
            if (!list.empty())
                list.erase(list.begin() + bits_.below(list.size()));
            break;
        case 1:
            list.insert(list.begin() + bits_.below(list.size() + 1), dim);
            break;
        case 2:
            list.clear();
            for (std::uint32_t rank = bits_.below(6); rank > 0; --rank) {
                dim.fields = {varint(1, bits_.below(5))};
                list.push_back(dim);
            }
            break;
        default:
            if (!list.empty())
                list[bits_.below(list.size())] = dim;
        }
    }

    /// An initializer with other sizes, and elements for them.
    void resize_tensor(field& g) {
        field* t = any_child(g.fields, 5);
        if (t == nullptr)
            return;
        std::vector<std::uint64_t> dims;
        for (std::uint32_t rank = bits_.below(6); rank > 0; --rank)
            dims.push_back(bits_.below(6));
        std::uint64_t count = 1;
        for (const auto d : dims)
            count *= d;
        const field* type = child(t->fields, 2);
        const std::uint64_t element = type == nullptr ? 1 : type->number;
        std::erase_if(t->fields, [](const field& f) { return f.tag != 2 && f.tag != 8; });
        for (const auto d : dims)
            t->fields.push_back(varint(1, d));
        for (std::uint64_t i = 0; i < count; ++i)
            t->fields.push_back(element_of(element));
    }
    [[nodiscard]] field element_of(std::uint64_t type) {
        if (type == 1 || type == 11) {
            const double v = static_cast<double>(bits_.unit()) * 4 - 2;
            const auto single = static_cast<float>(v);
            field f;
            f.tag = type == 1 ? 4 : 10;
            f.wire = type == 1 ? 5 : 1;
            f.bytes.resize(type == 1 ? 4 : 8);
            if (type == 1)
                std::memcpy(f.bytes.data(), &single, 4);
            else
                std::memcpy(f.bytes.data(), &v, 8);
            return f;
        }
        return varint(type == 7 ? 7 : type == 12 || type == 13 ? 11 : 5, any_whole());
    }

    void change_type(field& g) {
        const std::uint64_t type = 1 + bits_.below(24);
        if (bits_.below(2) == 0) {
            if (field* t = any_child(g.fields, 5))
                if (field* f = child(t->fields, 2))
                    f->number = type;
            return;
        }
        field* v = any_child(g.fields, 11);
        field* of = v == nullptr ? nullptr : child(v->fields, 2);
        field* tensor = of == nullptr ? nullptr : child(of->fields, 1);
        if (field* f = tensor == nullptr ? nullptr : child(tensor->fields, 1))
            f->number = type;
    }

    void change_attribute(field& g) {
        field* n = any_child(g.fields, 1);
        if (n == nullptr)
            return;
        if (bits_.below(4) == 0) {
            std::erase_if(n->fields, [&](const field& f) { return f.tag == 5 && bits_.below(2) == 0; });
            return;
        }
        constexpr const char* names[] = {"axis",
                                         "axes",
                                         "kernel_shape",
                                         "strides",
                                         "pads",
                                         "dilations",
                                         "group",
                                         "auto_pad",
                                         "perm",
                                         "keepdims",
                                         "transA",
                                         "transB",
                                         "alpha",
                                         "beta",
                                         "mode",
                                         "block_size",
                                         "blocksize",
                                         "num_heads",
                                         "q_num_heads",
                                         "kv_num_heads",
                                         "is_causal",
                                         "to",
                                         "size",
                                         "p",
                                         "ceil_mode",
                                         "batch_dims",
                                         "num_groups",
                                         "noop_with_empty_axes",
                                         "output_shape",
                                         "output_padding",
                                         "equation",
                                         "split",
                                         "num_outputs",
                                         "exclusive",
                                         "reverse",
                                         "upper",
                                         "k",
                                         "depth",
                                         "largest",
                                         "select_last_index",
                                         "count_include_pad",
                                         "coordinate_transformation_mode",
                                         "nearest_mode",
                                         "antialias",
                                         "keep_aspect_ratio_policy",
                                         "channels_last",
                                         "output_dtype",
                                         "training_mode",
                                         "onesided",
                                         "inverse",
                                         "rotary_embedding_dim",
                                         "interleaved",
                                         "direction",
                                         "fmod",
                                         "batch_axis",
                                         "time_axis",
                                         "start",
                                         "end",
                                         "reduction",
                                         "storage_order",
                                         "starts",
                                         "ends",
                                         "shape",
                                         "scales",
                                         "qk_matmul_output_mode",
                                         "softcap",
                                         "opset",
                                         "narrow",
                                         "signed",
                                         "rounding_mode",
                                         "spatial",
                                         "epsilon",
                                         "allowzero",
                                         "saturate"};
        constexpr const char* words[] = {"SAME_UPPER",
                                         "SAME_LOWER",
                                         "VALID",
                                         "NOTSET",
                                         "reflect",
                                         "edge",
                                         "wrap",
                                         "linear",
                                         "cubic",
                                         "nearest",
                                         "CRD",
                                         "align_corners",
                                         "add",
                                         "max",
                                         "tf_crop_and_resize",
                                         "half_pixel",
                                         "not_larger",
                                         "ab,bc->ca",
                                         "...i,i...->...",
                                         "aa->a",
                                         "ij->ji",
                                         "->",
                                         "LEFT",
                                         "RIGHT",
                                         "FLOOR"};
        field a;
        a.tag = 5;
        a.wire = 2;
        a.kind = message::attribute;
        a.fields.push_back(text(1, names[bits_.below(std::size(names))]));
        switch (bits_.below(8)) {
        case 0:
            a.fields.push_back(text(4, words[bits_.below(std::size(words))]));
            a.fields.push_back(varint(20, 3));
            break;
        case 1: {
            field f;
            f.tag = 2;
            f.wire = 5;
            const float v = bits_.unit() * 4 - 2;
            f.bytes.resize(4);
            std::memcpy(f.bytes.data(), &v, 4);
            a.fields.push_back(f);
            a.fields.push_back(varint(20, 1));
            break;
        }
        case 2:
        case 3:
        case 4:
            a.fields.push_back(varint(3, any_whole()));
            a.fields.push_back(varint(20, 2));
            break;
        default:
            for (std::uint32_t left = bits_.below(7); left > 0; --left)
                a.fields.push_back(varint(8, bits_.below(4) == 0 ? any_whole() : bits_.below(4)));
            a.fields.push_back(varint(20, 7));
        }
        std::erase_if(n->fields, [&](const field& f) {
            return f.tag == 5 && !f.fields.empty() && f.fields[0].bytes == a.fields[0].bytes;
        });
        n->fields.push_back(std::move(a));
    }

    /// Every name that something in the graph gives or reads.
    [[nodiscard]] std::vector<std::string> names_in(const field& g) const {
        std::vector<std::string> names{""};
        for (const auto& f : g.fields)
            for (const auto& inner : f.fields)
                if ((f.tag == 1 && (inner.tag == 1 || inner.tag == 2)) || (f.tag == 5 && inner.tag == 8) ||
                    (f.tag == 11 && inner.tag == 1))
                    names.push_back(inner.bytes);
        return names;
    }

    /// An input of a node missing, doubled, exchanged or another value: cycles among them.
    void change_edge(field& g) {
        field* n = any_child(g.fields, 1);
        if (n == nullptr)
            return;
        const auto names = names_in(g);
        const std::string& name = names[bits_.below(names.size())];
        field* edge = any_child(n->fields, bits_.below(5) == 0 ? 2 : 1);
        switch (bits_.below(4)) {
        case 0:
            if (edge != nullptr)
                edge->bytes.clear();
            break;
        case 1:
            n->fields.insert(n->fields.begin(), text(bits_.below(4) == 0 ? 2 : 1, name));
            break;
        case 2:
            if (edge != nullptr)
                std::erase_if(n->fields, [&](const field& f) { return &f == edge; });
            break;
        default:
            if (edge != nullptr)
                edge->bytes = name;
        }
    }

    /// Another model's node, reading and giving values of this one.
    void take_over_node(field& g) {
        if (from_.models.empty())
            return;
        auto other = parse(from_.models[bits_.below(from_.models.size())], message::model);
        field* theirs = child(other, 7);
        field* n = theirs == nullptr ? nullptr : any_child(theirs->fields, 1);
        if (n == nullptr || format({*n}).size() > 4096)
            return;
        const auto names = names_in(g);
        for (auto& f : n->fields)
            if (f.tag == 1)
                f.bytes = names[bits_.below(names.size())];
        field copy = *n;
        if (field* here = any_child(g.fields, 1); here != nullptr && bits_.below(2) == 0) {
            std::vector<field> outputs; // in its place
            for (const auto& f : here->fields)
                if (f.tag == 2)
                    outputs.push_back(f);
            std::erase_if(copy.fields, [](const field& f) { return f.tag == 2; });
            copy.fields.insert(copy.fields.end(), outputs.begin(), outputs.end());
            *here = std::move(copy);
        } else {
            g.fields.insert(g.fields.begin(), std::move(copy));
        }
    }

    void change_opset() {
        field* o = any_child(tree_, 8);
        if (o == nullptr)
            return;
        if (field* v = child(o->fields, 2))
            v->number = 1 + bits_.below(24);
    }

    const parts& from_;
    pith::random_bits& bits_;
    fields tree_;
};

} // namespace fuzz

#endif
