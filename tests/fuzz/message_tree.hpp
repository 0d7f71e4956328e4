// SPDX-License-Identifier: MIT
#ifndef PITH_TESTS_FUZZ_MESSAGE_TREE_HPP
#define PITH_TESTS_FUZZ_MESSAGE_TREE_HPP
/// An ONNX file as a tree of protocol-buffer fields, so that damage goes behind the wire format: numbers,
/// names and whole messages change and every length stays right.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <pith/base/random.hpp>

namespace fuzz {

/// The messages of onnx.proto that are entered; `numbers` is a packed list, `words` raw 64-bit integers.
enum class message : std::uint8_t {
    model,
    graph,
    node,
    attribute,
    tensor,
    value,
    type,
    tensor_type,
    shape,
    dim,
    function,
    opset,
    entry,
    text,
    numbers,
    opaque
};

struct field {
    std::uint32_t tag = 0;
    std::uint32_t wire = 0; ///< 0 varint, 1 eight bytes, 2 length and bytes, 5 four bytes
    message kind = message::opaque;
    std::uint64_t number = 0;
    std::string bytes;
    std::vector<field> fields; ///< of messages, and of lists of numbers
};

[[nodiscard]] inline message kind_of(message in, std::uint32_t tag) {
    struct rule {
        message in;
        std::uint32_t tag;
        message is;
    };
    using m = message;
    constexpr rule rules[] = {
        {m::model, 7, m::graph},       {m::model, 8, m::opset},     {m::model, 14, m::entry},
        {m::model, 25, m::function},   {m::graph, 1, m::node},      {m::graph, 2, m::text},
        {m::graph, 5, m::tensor},      {m::graph, 11, m::value},    {m::graph, 12, m::value},
        {m::graph, 13, m::value},      {m::node, 1, m::text},       {m::node, 2, m::text},
        {m::node, 3, m::text},         {m::node, 4, m::text},       {m::node, 5, m::attribute},
        {m::node, 7, m::text},         {m::attribute, 1, m::text},  {m::attribute, 4, m::text},
        {m::attribute, 5, m::tensor},  {m::attribute, 6, m::graph}, {m::attribute, 8, m::numbers},
        {m::attribute, 11, m::graph},  {m::tensor, 1, m::numbers},  {m::tensor, 5, m::numbers},
        {m::tensor, 7, m::numbers},    {m::tensor, 8, m::text},     {m::tensor, 13, m::entry},
        {m::value, 1, m::text},        {m::value, 2, m::type},      {m::type, 1, m::tensor_type},
        {m::tensor_type, 2, m::shape}, {m::shape, 1, m::dim},       {m::dim, 2, m::text},
        {m::function, 1, m::text},     {m::function, 4, m::text},   {m::function, 5, m::text},
        {m::function, 7, m::node},     {m::function, 9, m::opset},  {m::function, 11, m::attribute},
        {m::opset, 1, m::text},        {m::entry, 1, m::text},      {m::entry, 2, m::text},
    };
    for (const auto& r : rules)
        if (r.in == in && r.tag == tag)
            return r.is;
    return m::opaque;
}

[[nodiscard]] inline bool is_message(message kind) {
    return kind < message::text;
}

[[nodiscard]] inline std::uint64_t take_varint(std::string_view& from) {
    std::uint64_t v = 0;
    for (unsigned shift = 0; !from.empty() && shift < 64; shift += 7) {
        const auto byte = static_cast<unsigned char>(from.front());
        from.remove_prefix(1);
        v |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
        if (byte < 0x80)
            break;
    }
    return v;
}
inline void put_varint(std::string& to, std::uint64_t v) {
    for (; v >= 0x80; v >>= 7)
        to += static_cast<char>(v | 0x80);
    to += static_cast<char>(v);
}

/// The fields of a well-formed message.
[[nodiscard]] inline std::vector<field> parse(std::string_view text, message in) {
    std::vector<field> out;
    while (!text.empty()) {
        field f;
        const std::uint64_t key = in == message::numbers ? 0 : take_varint(text);
        f.tag = static_cast<std::uint32_t>(key >> 3);
        f.wire = static_cast<std::uint32_t>(key & 7);
        if (f.wire == 0) {
            f.number = take_varint(text);
        } else {
            const std::size_t want = f.wire == 1   ? 8
                                     : f.wire == 5 ? 4
                                                   : static_cast<std::size_t>(take_varint(text));
            const std::size_t size = std::min(want, text.size());
            f.bytes = text.substr(0, size);
            text.remove_prefix(size);
            f.kind = f.wire == 2 ? kind_of(in, f.tag) : message::opaque;
            if (is_message(f.kind) || f.kind == message::numbers) {
                f.fields = parse(f.bytes, f.kind);
                f.bytes.clear();
            }
        }
        out.push_back(std::move(f));
    }
    return out;
}

[[nodiscard]] inline std::string format(const std::vector<field>& fields, bool packed = false) {
    std::string out;
    for (const auto& f : fields) {
        if (!packed)
            put_varint(out, std::uint64_t{f.tag} << 3 | f.wire);
        if (f.wire == 0) {
            put_varint(out, f.number);
            continue;
        }
        const bool nested = is_message(f.kind) || f.kind == message::numbers;
        const std::string inner = nested ? format(f.fields, f.kind == message::numbers) : f.bytes;
        if (f.wire == 2)
            put_varint(out, inner.size());
        out += inner;
    }
    return out;
}

/// Changes one field, list or message of a tree.
class surgeon {
public:
    surgeon(std::vector<field>& model, pith::random_bits& bits) : bits_(bits) { visit(model); }

    void operate() {
        if (lists_.empty())
            return;
        switch (bits_.below(10)) {
        case 0:
        case 1:
        case 2:
            return change_number();
        case 3:
        case 4:
            return change_name();
        case 5:
            return change_raw();
        case 6:
            return remove();
        case 7:
            return repeat();
        case 8:
            return exchange();
        default:
            return transplant();
        }
    }

private:
    void visit(std::vector<field>& list) {
        lists_.push_back(&list);
        for (auto& f : list) {
            if (f.wire == 0)
                numbers_.push_back(&f);
            else if (f.kind == message::text)
                names_.push_back(&f);
            else if (f.wire == 2 && f.kind == message::opaque)
                raws_.push_back(&f);
            visit(f.fields);
        }
    }
    [[nodiscard]] std::uint64_t odd_number(std::uint64_t old) {
        const std::uint64_t choices[] = {0,
                                         1,
                                         2,
                                         3,
                                         7,
                                         64,
                                         255,
                                         65535,
                                         1u << 24,
                                         0x7FFFFFFF,
                                         0x80000000u,
                                         0xFFFFFFFFu,
                                         std::uint64_t{1} << 40,
                                         std::uint64_t{1} << 62,
                                         ~std::uint64_t{0} >> 1,
                                         std::uint64_t{1} << 63,
                                         ~std::uint64_t{0},
                                         ~std::uint64_t{0} - 1,
                                         old + 1,
                                         old - 1,
                                         old * 2,
                                         old << 20,
                                         0 - old,
                                         bits_.below(32)};
        return choices[bits_.below(std::size(choices))];
    }
    template <class List>
    auto& any(List& list) {
        return list[bits_.below(list.size())];
    }
    std::vector<field>* any_list() {
        for (int i = 0; i < 20; ++i)
            if (auto* list = any(lists_); !list->empty())
                return list;
        return nullptr;
    }

    void change_number() {
        if (!numbers_.empty())
            any(numbers_)->number = odd_number(any(numbers_)->number);
    }
    /// Names meet: values computed twice, cycles, attributes and operators that are others.
    void change_name() {
        if (names_.empty())
            return;
        field& f = *any(names_);
        const auto what = bits_.below(16);
        f.bytes = what == 0   ? std::string{}
                  : what == 1 ? std::string(1u << bits_.below(13), 'n')
                              : any(names_)->bytes;
    }
    /// Weights, and 64-bit sizes given as raw bytes.
    void change_raw() {
        if (raws_.empty())
            return;
        std::string& raw = any(raws_)->bytes;
        if (raw.size() >= 8 && bits_.below(4) != 0) {
            const std::uint64_t v = odd_number(5);
            std::memcpy(raw.data() + bits_.below(raw.size() / 8) * 8, &v, 8);
        } else {
            raw.resize(bits_.below(raw.size() + 9));
        }
    }
    void remove() {
        if (auto* list = any_list())
            list->erase(list->begin() + bits_.below(list->size()));
    }
    void repeat() {
        auto* list = any_list();
        if (list == nullptr)
            return;
        const field copy = any(*list);
        const bool small = format({copy}).size() < 4096;
        const std::uint32_t times = small ? 1 + bits_.below(bits_.below(8) == 0 ? 64 : 3) : 1;
        for (std::uint32_t i = 0; i < times; ++i)
            list->insert(list->begin() + bits_.below(list->size() + 1), copy);
    }
    void exchange() {
        if (auto* list = any_list())
            std::swap(any(*list), any(*list));
    }
    /// A message where another one belongs: graphs in graphs, nodes in tensors.
    void transplant() {
        auto* from = any_list();
        auto* to = any_list();
        if (from == nullptr || to == nullptr)
            return;
        field copy = any(*from);
        field& place = any(*to);
        copy.tag = place.tag;
        place = std::move(copy);
    }

    pith::random_bits& bits_;
    std::vector<std::vector<field>*> lists_;
    std::vector<field*> numbers_;
    std::vector<field*> names_;
    std::vector<field*> raws_;
};

/// One to three changes behind the wire format.
[[nodiscard]] inline std::string operated(std::string_view model, pith::random_bits& bits) {
    auto tree = parse(model, message::model);
    for (std::uint32_t left = 1 + bits.below(3); left > 0; --left)
        surgeon(tree, bits).operate();
    return format(tree);
}

} // namespace fuzz

#endif
