// SPDX-License-Identifier: MIT
#ifndef PITH_IO_ONNX_FUNCTIONS_HPP
#define PITH_IO_ONNX_FUNCTIONS_HPP
/// Model-local functions written out where they are called.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "message.hpp"
#include "name_table.hpp"

namespace pith::io::onnx {

/// @tparam Model model_proto; a parameter, so that only who loads a model pays for it
template <class Model>
class function_writer {
public:
    function_writer(const Model& model, budget& left) : model_(model), left_(left) {}

    /// All nodes of the graph, calls replaced by bodies. The views live as long as this object.
    [[nodiscard]] std::vector<node_proto> nodes() {
        for (const auto& f : model_.functions) {
            auto& named = by_name_[f.name];
            if (named.size() == most_of_a_name)
                refuse(errc::unsupported, "more than 64 functions have the same name", f.name);
            named.push_back(&f);
        }
        for (const auto& n : model_.graph.nodes)
            add(n, 0);
        return std::move(out_);
    }

private:
    static constexpr int max_depth = 16;
    static constexpr std::size_t most_of_a_name = 64; ///< in so many domains
    /// What a call and a node of a body may cost in all, down to the graph: functions that call each other
    /// twice write out far more than a file says.
    static constexpr std::uint64_t written_bytes = 4096;

    [[nodiscard]] const function_proto* find(const node_proto& n) const {
        const auto* named = find_name(by_name_, n.op_type);
        for (std::size_t i = 0; named != nullptr && i < named->size(); ++i)
            if ((*named)[i]->domain == n.domain)
                return (*named)[i];
        return nullptr;
    }

    void add(const node_proto& n, int depth) {
        const function_proto* f = model_.functions.empty() ? nullptr : find(n);
        if (f != nullptr || depth > 0)
            left_.charge(written_bytes);
        if (f == nullptr) {
            left_.charge(sizeof n + n.inputs.size() * 32 + n.attributes.size() * sizeof(attribute));
            out_.push_back(n);
            return;
        }
        if (depth == max_depth)
            refuse(errc::unsupported, "functions call each other too deeply", describe(n));
        name_table<std::string_view> names;
        for (std::size_t i = 0; i < f->inputs.size(); ++i)
            names[f->inputs[i]] = i < n.inputs.size() ? n.inputs[i] : std::string_view{};
        for (std::size_t i = 0; i < f->outputs.size(); ++i)
            names[f->outputs[i]] =
                i < n.outputs.size() && !n.outputs[i].empty() ? n.outputs[i] : fresh(f->outputs[i]);
        ++calls_;
        for (const auto& inner : f->nodes)
            add(bound(inner, n, *f, names), depth + 1);
    }

    /// A body's node with the call's names and attributes.
    [[nodiscard]] node_proto bound(node_proto inner, const node_proto& n, const function_proto& f,
                                   name_table<std::string_view>& names) {
        const auto rename = [&](std::string_view& name) {
            if (name.empty())
                return;
            const auto [known, first] = names.try_emplace(name);
            if (first)
                known->second = fresh(name);
            name = known->second;
        };
        for (auto& name : inner.inputs)
            rename(name);
        for (auto& name : inner.outputs)
            rename(name);
        std::vector<attribute> attributes;
        for (const auto& a : inner.attributes) {
            const attribute* given = &a;
            if (!a.reference.empty()) {
                given = named(n.attributes, a.reference);
                if (given == nullptr)
                    given = named(f.defaults, a.reference);
            }
            if (given != nullptr) {
                attributes.push_back(*given);
                attributes.back().name = a.name;
            }
        }
        inner.attributes = std::move(attributes);
        inner.name = n.name.empty() ? inner.name : n.name;
        for (const auto& o : f.opsets)
            if (o.domain == inner.domain)
                inner.opset = o.version;
        return inner;
    }

    [[nodiscard]] static const attribute* named(const std::vector<attribute>& list, std::string_view name) {
        for (const auto& a : list)
            if (a.name == name)
                return &a;
        return nullptr;
    }

    [[nodiscard]] std::string_view fresh(std::string_view name) {
        left_.charge(name.size() + 64);
        const std::string made = std::string(name) + "#" + std::to_string(calls_);
        names_.emplace_back(made.begin(), made.end());
        return {names_.back().data(), made.size()};
    }

    const Model& model_;
    budget& left_;
    name_table<std::vector<const function_proto*>> by_name_;
    std::vector<node_proto> out_;
    std::vector<std::vector<char>> names_; ///< whose characters stay where they are as others come
    std::size_t calls_ = 0;
};

} // namespace pith::io::onnx

#endif
