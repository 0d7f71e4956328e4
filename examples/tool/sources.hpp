// SPDX-License-Identifier: MIT
#ifndef PITH_EXAMPLES_TOOL_SOURCES_HPP
#define PITH_EXAMPLES_TOOL_SOURCES_HPP
/// Where the values of a network come from: a graph that is evaluated, a program that is run, or a folder of
/// tensor files that another runtime wrote. All of them fill a table by the values of one graph, the
/// reference.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "model.hpp"
#include "pith/graph/error_statistics.hpp"
#include "pith/graph/file_order.hpp"
#include "tensor_files.hpp"

namespace tool {

using reference = pith::graph<float>;
/// By value of the reference and in its order of elements; empty where it is not known.
using value_table = std::vector<pith::tensor<float>>;
/// For each element of the reference its place in what is read; empty: the same order.
using places = std::vector<std::size_t>;

[[nodiscard]] inline pith::tensor<float> arranged(const std::vector<float>& x, const pith::shape& dims,
                                                  const places& from) {
    pith::tensor<float> out(dims);
    for (std::size_t i = 0; i < out.size(); ++i)
        out[i] = x[from.empty() ? i : from[i]];
    return out;
}

/// File names must not hold everything that names of values may.
[[nodiscard]] inline std::string file_name_of(std::string_view value) {
    constexpr char digits[] = "0123456789ABCDEF";
    std::string out;
    for (const char c : value) {
        const auto code = static_cast<unsigned char>(c);
        const bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                           c == '_' || c == '-' || (c == '.' && !out.empty());
        if (plain)
            out += c;
        else
            (out += '%').append({digits[code >> 4], digits[code & 15]});
    }
    return out;
}
[[nodiscard]] inline std::string value_name_of(std::string_view file) {
    std::string out;
    const auto digit = [](char c) {
        return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
    };
    for (std::size_t i = 0; i < file.size(); ++i) {
        const bool coded =
            file[i] == '%' && i + 2 < file.size() && digit(file[i + 1]) >= 0 && digit(file[i + 2]) >= 0;
        out += coded ? static_cast<char>(digit(file[i + 1]) * 16 + digit(file[i + 2])) : file[i];
        i += coded ? 2 : 0;
    }
    return out;
}
/// What is left of a name where a runtime replaces everything special in it.
[[nodiscard]] inline std::string plain_name(std::string_view name) {
    std::string out;
    for (const char c : name) {
        const bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        out += plain ? c : '_';
    }
    return out;
}

/// A name without what quantisers append to it.
[[nodiscard]] inline std::string plain_value(std::string name) {
    for (bool cut = true; cut;) {
        cut = false;
        for (const std::string_view suffix :
             {"_QuantizeLinear_Output", "_QuantizeLinear_Input", "_DequantizeLinear_Output",
              "_QuantizeLinear", "_DequantizeLinear", "_quantized", "_quant", "_output_quantized", "/codes",
              "/real", "/decoded", "/decode"})
            if (name.size() > suffix.size() && name.ends_with(suffix)) {
                name.resize(name.size() - suffix.size());
                cut = true;
            }
    }
    return name;
}

[[nodiscard]] inline bool is_named(const reference& g, pith::value_id id) {
    return g[id].layout.has_value() && !g[id].is_constant();
}

/// The sizes a value has in the model's file.
[[nodiscard]] inline pith::shape file_shape(const pith::value<float>& v) {
    const auto dims = v.layout ? pith::file_dims(*v.layout, v.dims) : std::nullopt;
    return dims ? *dims : v.dims;
}

/// How `own` becomes the reference's `v`, if both hold the same elements.
[[nodiscard]] inline std::optional<places> places_between(const pith::value<float>& v,
                                                          const pith::value<float>& own) {
    if (v.dims == own.dims && (v.layout == own.layout || !v.layout || !own.layout))
        return places{};
    if (v.dims.elements() != own.dims.elements() || !v.layout || !own.layout ||
        !pith::file_dims(*v.layout, v.dims) || !pith::file_dims(*own.layout, own.dims))
        return std::nullopt;
    const auto theirs = pith::file_places(*own.layout, own.dims);
    places back(theirs.size());
    for (std::size_t i = 0; i < theirs.size(); ++i)
        back[theirs[i]] = i;
    places out = pith::file_places(*v.layout, v.dims);
    for (auto& p : out)
        p = back[p];
    return out;
}

/// A name that found no value, and why.
struct unmatched {
    std::string name;
    const char* why;
};

/// Which value each of a program's steps ends with, knowing only the names of their layers: a step computes
/// its own node and those behind it that have no step of their own. Of two steps that lead into the same node
/// the later one computes it.
/// @param elements of each step's result
[[nodiscard]] inline std::vector<pith::value_id> values_of_steps(const reference& g,
                                                                 const std::vector<std::string>& names,
                                                                 const std::vector<std::int64_t>& elements) {
    const auto uses = pith::uses_of(g);
    const auto value_named = [&](std::size_t s) {
        for (pith::value_id v = 0; v < g.values.size(); ++v)
            if (g[v].name == names[s] && g[v].dims.elements() == elements[s])
                return v;
        return pith::no_value;
    };
    const auto is_step = [&](const std::string& name) {
        return std::find(names.begin(), names.end(), name) != names.end();
    };
    std::vector<pith::value_id> out(names.size(), pith::no_value);
    std::vector<bool> claimed(g.values.size(), false);
    for (std::size_t s = names.size(); s-- > 0;) {
        const auto node =
            std::find_if(g.nodes.begin(), g.nodes.end(), [&](const auto& n) { return n.name == names[s]; });
        const bool again = std::find(names.begin() + static_cast<std::ptrdiff_t>(s) + 1, names.end(),
                                     names[s]) != names.end(); // only prepares what the later one reads
        if (g.nodes.empty() && !again && !names[s].empty())
            out[s] = value_named(s); // nothing but names to go by
        if (names[s].empty() || again || node == g.nodes.end() || node->outputs.empty())
            continue;
        std::vector<pith::value_id> passed;
        for (auto v = node->outputs[0]; v != pith::no_value && !claimed[v];) {
            passed.push_back(v);
            if (g[v].dims.elements() == elements[s]) {
                out[s] = v;
                for (; !passed.empty(); passed.pop_back())
                    claimed[passed.back()] = true;
            }
            const auto next = pith::has_one_reader(uses[v]) ? uses[v].readers[0] : pith::no_node;
            if (next == pith::no_node || is_step(g.nodes[next].name) || g.nodes[next].outputs.size() != 1)
                break;
            v = g.nodes[next].outputs[0];
        }
    }
    return out;
}

/// A graph, evaluated, in codes where it carries encodings.
struct graph_source {
    reference net;
    std::vector<pith::value_id> to; ///< by value of `net`: of the reference, or no_value
    std::vector<places> from;
    std::vector<unmatched> rest;

    [[nodiscard]] bool has_codes() const {
        return std::any_of(net.values.begin(), net.values.end(), [](const auto& v) { return v.is_coded(); });
    }

    void match(const reference& g) {
        to.assign(net.values.size(), pith::no_value);
        from.assign(net.values.size(), {});
        std::set<std::string> names;
        for (pith::value_id own = 0; own < net.values.size(); ++own)
            if (is_named(net, own))
                names.insert({net[own].name, plain_value(net[own].name)});
        for (pith::value_id own = 0; own < net.values.size(); ++own) {
            if (!is_named(net, own))
                continue;
            const auto& name = net[own].name;
            auto at = named(g, name);
            if (at == pith::no_value)
                at = behind_activation(g, named(g, plain_value(name)), names);
            if (at == pith::no_value)
                at = likely(g, plain_value(name));
            if (at == pith::no_value) {
                rest.push_back({name, "has no value of that name beside it"});
            } else if (auto p = places_between(g[at], net[own])) {
                to[own] = at;
                from[own] = std::move(*p);
            } else {
                rest.push_back({name, "has another size"});
            }
        }
    }

    [[nodiscard]] pith::result<value_table> values(const reference& g,
                                                   const pith::any_tensors<float>& inputs) const {
        value_table out(g.values.size());
        const auto keep = [&](pith::value_id own, const auto& t) {
            if (own >= to.size() || to[own] == pith::no_value)
                return;
            std::vector<float> x(t.size());
            for (std::size_t i = 0; i < x.size(); ++i)
                x[i] = static_cast<float>(t[i]);
            if constexpr (std::is_same_v<std::decay_t<decltype(t[0])>, std::uint8_t>)
                for (auto& e : x)
                    e = pith::format::decode(*pith::codes_of(net[own]), static_cast<std::int32_t>(e));
            if (static_cast<std::int64_t>(x.size()) == g[to[own]].dims.elements())
                out[to[own]] = arranged(x, g[to[own]].dims, from[own]);
        };
        const auto seen = [&](pith::value_id own, const auto& t) {
            if (std::find(net.inputs.begin(), net.inputs.end(), own) == net.inputs.end())
                keep(own, t);
        };
        for (std::size_t i = 0; i < inputs.size() && i < net.inputs.size();
             ++i) // as they are before any code
            std::visit([&](const auto& t) { keep(net.inputs[i], t); }, inputs[i]);
        auto done = pith::simulate(net, inputs, seen);
        if (!done)
            return done.error();
        return out;
    }

private:
    [[nodiscard]] static pith::value_id named(const reference& g, const std::string& name) {
        for (pith::value_id v = 0; v < g.values.size(); ++v)
            if (is_named(g, v) && g[v].name == name)
                return v;
        return pith::no_value;
    }
    /// The only value whose name is that one but for what quantisers append.
    [[nodiscard]] static pith::value_id likely(const reference& g, const std::string& plain) {
        pith::value_id found = pith::no_value;
        for (pith::value_id v = 0; v < g.values.size(); ++v)
            if (is_named(g, v) && plain_value(g[v].name) == plain) {
                if (found != pith::no_value)
                    return pith::no_value;
                found = v;
            }
        return found;
    }
    /// A quantiser lets an activation go into the codes before it and keeps the name of what it read.
    [[nodiscard]] static pith::value_id behind_activation(const reference& g, pith::value_id v,
                                                          const std::set<std::string>& names) {
        if (v == pith::no_value)
            return v;
        const auto uses = pith::uses_of(g);
        while (pith::has_one_reader(uses[v])) {
            const auto& n = g.nodes[uses[v].readers[0]];
            const auto* f = layer_of<pith::unary>(n);
            const bool goes =
                f != nullptr && (f->op == pith::unary_op::relu || f->op == pith::unary_op::clip);
            if (!goes || names.count(g[n.outputs[0]].name) != 0)
                break;
            v = n.outputs[0];
        }
        return v;
    }
};

/// Refuses programs with steps whose results are of a type that no tensor here can hold.
[[nodiscard]] inline pith::result<void> check_steps(const pith::run::program_view& p) {
    std::size_t index = 0;
    for (const auto op : p.ops()) {
        const auto type = pith::run::type_of(p.tensor(op.head().output));
        if (!can_hold(type))
            return pith::fault{
                pith::errc::unsupported, "the program has a step of a type that the tool cannot write",
                std::string(p.op_name(index)) + ", " + std::string(pith::format::name_of(type))};
        ++index;
    }
    return {};
}

/// A program, run step by step. Its doors and steps are of types that can be held.
struct program_source {
    pith::run::session session;
    std::vector<pith::value_id> to; ///< by step
    std::vector<std::pair<std::size_t, pith::value_id>> outputs;
    std::vector<unmatched> rest;

    /// What an operation wrote, as real numbers [n, h, w, c] without border.
    [[nodiscard]] std::vector<float> written(pith::run::op_view op) {
        const auto t = session.program().tensor(op.head().output);
        const auto type = pith::run::type_of(t);
        const auto width = pith::run::element_bytes(t);
        const std::byte* base = session.arena().data() + t.offset;
        std::vector<float> out;
        out.reserve(static_cast<std::size_t>(pith::run::elements_of(t)));
        for (std::uint64_t n = 0; n < t.dims[0]; ++n)
            for (std::uint64_t h = 0; h < t.dims[1]; ++h)
                for (std::uint64_t k = 0; k < std::uint64_t{t.dims[2]} * t.dims[3]; ++k) {
                    const std::byte* p =
                        base + (n * pith::run::image_stride(t) + h * pith::run::row_stride(t) + k) * width;
                    if (type == pith::format::dtype::f32)
                        out.push_back(pith::load_le<float>(p));
                    else if (type == pith::format::dtype::u8 && t.scale > 0)
                        out.push_back(t.scale * static_cast<float>(std::to_integer<int>(*p) - t.zero));
                    else
                        with_whole(type, [&]<class E>(E) {
                            out.push_back(static_cast<float>(pith::load_le<E>(p)));
                        });
                }
        return out;
    }

    void match(const reference& g) {
        const auto& p = session.program();
        std::vector<std::string> names;
        std::vector<std::int64_t> elements;
        std::size_t index = 0;
        for (const auto op : p.ops()) {
            names.emplace_back(p.op_name(index++));
            elements.push_back(static_cast<std::int64_t>(pith::run::elements_of(p.tensor(op.head().output))));
        }
        to = values_of_steps(g, names, elements);
        for (std::size_t i = 0; i < names.size(); ++i)
            if (to[i] == pith::no_value && !names[i].empty() &&
                std::find(names.begin() + static_cast<std::ptrdiff_t>(i) + 1, names.end(), names[i]) ==
                    names.end())
                rest.push_back({names[i], "is a step whose layer is not there, or has another size"});
        for (std::size_t i = 0; i < p.output_count(); ++i)
            for (pith::value_id v = 0; v < g.values.size(); ++v)
                if (is_named(g, v) && g[v].name == p.output(i).name &&
                    g[v].dims.elements() == p.output(i).dims.elements())
                    outputs.emplace_back(i, v);
    }

    [[nodiscard]] pith::result<value_table> values(const reference& g,
                                                   const pith::any_tensors<float>& inputs) {
        value_table out(g.values.size());
        const auto& p = session.program();
        if (inputs.size() != p.input_count())
            return pith::fault{
                pith::errc::missing, "the program takes another number of inputs than were given",
                std::to_string(p.input_count()) + " inputs, given " + std::to_string(inputs.size())};
        for (std::size_t i = 0; i < inputs.size(); ++i) {
            pith::io::array a;
            a.data = inputs[i];
            if (!g.inputs.empty() && g[g.inputs[i]].layout) {
                if (const auto* reals = a.reals())
                    a.data = pith::to_file(*reals, *g[g.inputs[i]].layout);
                else
                    a.data = pith::to_file(*a.wholes(), *g[g.inputs[i]].layout);
            }
            PITH_TRY(feed(session, i, a, g.inputs.empty() ? "the input" : g[g.inputs[i]].name));
        }
        session.run([&](std::size_t step, pith::run::op_view op) {
            if (to[step] != pith::no_value)
                out[to[step]] = arranged(written(op), g[to[step]].dims, {});
        });
        for (const auto& [door, v] : outputs) {
            const auto a = fetch(session, door);
            std::vector<float> x;
            if (const auto* reals = a.reals())
                x.assign(reals->data().begin(), reals->data().end());
            else
                for (const auto e : a.wholes()->data())
                    x.push_back(static_cast<float>(e));
            out[v] =
                arranged(x, g[v].dims, g[v].layout ? pith::file_places(*g[v].layout, g[v].dims) : places{});
        }
        return out;
    }
};

} // namespace tool

#endif
