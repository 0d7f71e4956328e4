// SPDX-License-Identifier: MIT
#ifndef PITH_EXAMPLES_TOOL_DUMPS_HPP
#define PITH_EXAMPLES_TOOL_DUMPS_HPP
/// A folder of tensor files, one for each value of a network: NAME.npy or NAME.pb as another runtime writes
/// them, or as `pith run --dump` does. Of a program, which knows its layers' names only, the files are
/// "0012@LAYER.npy", step by step.

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "sources.hpp"

namespace tool {

struct dumped {
    std::string name;
    bool step = false; ///< the name is that of a program's layer
    std::vector<float> elements;
    pith::shape dims;
};

[[nodiscard]] inline pith::result<std::vector<dumped>> read_dumps(const std::string& folder) {
    std::vector<std::string> files;
    std::error_code failed;
    for (const auto& entry : std::filesystem::directory_iterator(folder, failed)) {
        const auto name = entry.path().filename().string();
        if (name.ends_with(".npy") || name.ends_with(".pb"))
            files.push_back(name);
    }
    if (failed)
        return pith::fault{pith::errc::io, "the folder cannot be read", folder};
    if (files.empty())
        return pith::fault{pith::errc::missing, "the folder holds no .npy or .pb files", folder};
    std::sort(files.begin(), files.end());
    std::vector<dumped> out;
    for (const auto& file : files) {
        auto a = load_tensor(folder + "/" + file);
        if (!a)
            return pith::fault{a.error().code, a.error().what, file};
        dumped d;
        std::string stem = file.substr(0, file.rfind('.'));
        const auto at = stem.find('@');
        d.step = at != std::string::npos && at > 0 && stem.find_first_not_of("0123456789") == at;
        d.name = value_name_of(d.step ? stem.substr(at + 1) : stem);
        if (!d.step && !a->name.empty())
            d.name = a->name;
        d.dims = a->dims();
        if (const auto* reals = a->reals())
            d.elements.assign(reals->data().begin(), reals->data().end());
        else
            for (const auto e : a->wholes()->data())
                d.elements.push_back(static_cast<float>(e));
        out.push_back(std::move(d));
    }
    return out;
}

/// The two orders in which a file may hold a value that is channels last inside, and how sure that is.
struct reading {
    places file;         ///< the model's own order
    bool either = false; ///< its sizes do not tell whether it is that or the stored order
};

[[nodiscard]] inline pith::shape without_ones(const pith::shape& s) {
    pith::shape out;
    for (const auto d : s)
        if (d != 1)
            out.push_back(d);
    return out;
}

/// Values that another runtime wrote.
struct folder_source {
    std::vector<dumped> files;
    std::vector<pith::value_id> to; ///< by file
    std::vector<unmatched> rest;

    void match(const reference& g) {
        std::vector<std::string> steps;
        std::vector<std::int64_t> elements;
        for (const auto& f : files) {
            steps.push_back(f.step ? f.name : std::string{});
            elements.push_back(static_cast<std::int64_t>(f.elements.size()));
        }
        to = values_of_steps(g, steps, elements);
        for (std::size_t i = 0; i < files.size(); ++i) {
            if (to[i] == pith::no_value)
                to[i] = find(g, files[i].name);
            if (to[i] == pith::no_value)
                rest.push_back({files[i].name, "has no value of that name beside it"});
            else if (g[to[i]].dims.elements() != static_cast<std::int64_t>(files[i].elements.size())) {
                rest.push_back({files[i].name, "has another size"});
                to[i] = pith::no_value;
            }
        }
    }

    /// @param other the values beside it: they decide where sizes do not tell the order of axes
    [[nodiscard]] value_table values(const reference& g, const value_table* other) const {
        value_table out(g.values.size());
        for (std::size_t i = 0; i < files.size(); ++i) {
            if (to[i] == pith::no_value)
                continue;
            const auto& v = g[to[i]];
            const auto how = reading_of(v, files[i].dims);
            out[to[i]] = arranged(files[i].elements, v.dims, how.file);
            if (!how.either || other == nullptr || (*other)[to[i]].empty())
                continue;
            auto stored = arranged(files[i].elements, v.dims, {});
            const auto noise = [&](const pith::tensor<float>& x) {
                return pith::error_statistics_of((*other)[to[i]].data(), x.data()).noise;
            };
            if (noise(stored) < noise(out[to[i]]))
                out[to[i]] = std::move(stored);
        }
        return out;
    }

private:
    [[nodiscard]] static pith::value_id find(const reference& g, const std::string& name) {
        for (pith::value_id v = 0; v < g.values.size(); ++v)
            if (is_named(g, v) && g[v].name == name)
                return v;
        pith::value_id like = pith::no_value;
        for (pith::value_id v = 0; v < g.values.size(); ++v)
            if (is_named(g, v) && plain_name(g[v].name) == plain_name(name)) {
                if (like != pith::no_value)
                    return pith::no_value; // two could be meant
                like = v;
            }
        return like;
    }

    [[nodiscard]] static reading reading_of(const pith::value<float>& v, const pith::shape& have) {
        const auto outside = v.layout ? pith::file_dims(*v.layout, v.dims) : std::nullopt;
        if (!outside)
            return {};
        reading r{pith::file_places(*v.layout, v.dims), false};
        const bool same_order = std::is_sorted(r.file.begin(), r.file.end());
        const bool as_file = without_ones(have) == without_ones(*outside);
        const bool as_stored = without_ones(have) == without_ones(v.dims);
        if (!same_order && as_stored && !as_file)
            return {};
        r.either = !same_order && (as_stored || !as_file);
        return r;
    }
};

/// A graph of values alone, for comparisons without a model: names and sizes, no nodes.
struct values_alone {
    reference g;

    void add(const std::string& name, const pith::shape& dims) {
        for (const auto& v : g.values)
            if (v.name == name)
                return;
        pith::value<float> v;
        v.name = name;
        v.dims = dims;
        v.layout = pith::file_layout{};
        for (std::size_t i = 0; i < dims.rank(); ++i)
            v.layout->order.push_back(static_cast<std::int8_t>(i));
        g.add_value(std::move(v));
    }
    /// The inputs of a program, channels last.
    void add_inputs(const program_source& s) {
        const auto& p = s.session.program();
        for (std::size_t i = 0; g.inputs.size() < p.input_count(); ++i) {
            const auto door = p.input(i);
            pith::value<float> v;
            v.name = door.name;
            v.dims = door.dims;
            v.type = pith::run::type_of(p.tensor(door.tensor));
            v.layout = pith::file_layout{};
            for (std::size_t k = 0; k < door.dims.rank(); ++k)
                v.layout->order.push_back(
                    static_cast<std::int8_t>(door.permutation.empty() ? k : door.permutation[k]));
            g.inputs.push_back(g.add_value(std::move(v)));
            g.input_layouts.push_back({{door.permutation.begin(), door.permutation.end()}});
        }
    }
    void add(const folder_source& s) {
        for (const auto& f : s.files)
            add(f.name, f.dims);
    }
    /// The last of several steps of one name is the layer's own.
    void add(const program_source& s) {
        const auto& p = s.session.program();
        std::vector<std::pair<std::string, pith::shape>> steps;
        std::size_t index = 0;
        for (const auto op : p.ops())
            steps.emplace_back(p.op_name(index++), pith::run::output_shape(p, op));
        for (std::size_t i = 0; i < steps.size(); ++i) {
            bool last = !steps[i].first.empty();
            for (std::size_t k = i + 1; k < steps.size(); ++k)
                last = last && steps[k].first != steps[i].first;
            if (last)
                add(steps[i].first, steps[i].second);
        }
        for (std::size_t i = 0; i < p.output_count(); ++i)
            add(std::string(p.output(i).name), outside_shape(p.output(i)));
    }
};

/// Writes FOLDER/NAME.npy.
[[nodiscard]] inline pith::result<void> write_dump(const std::string& folder, const std::string& name,
                                                   pith::tensor<float> x) {
    pith::io::array a;
    a.data = std::move(x);
    return pith::io::save_npy(folder + "/" + name + ".npy", a);
}

[[nodiscard]] inline pith::result<void> make_folder(const std::string& folder) {
    std::error_code failed;
    std::filesystem::create_directories(folder, failed);
    if (failed)
        return pith::fault{pith::errc::io, "the folder cannot be made", folder};
    return {};
}

/// Every value of a model on its inputs, in the order of its own file.
[[nodiscard]] inline pith::result<std::size_t>
dump_graph(const reference& g, const pith::any_tensors<float>& inputs, const std::string& folder) {
    graph_source all{g, {}, {}, {}};
    all.match(g);
    const auto table = all.values(g, inputs);
    if (!table)
        return table.error();
    PITH_TRY(make_folder(folder));
    std::size_t count = 0;
    for (pith::value_id v = 0; v < g.values.size(); ++v) {
        if ((*table)[v].empty() || !is_named(g, v) || !pith::file_dims(*g[v].layout, g[v].dims))
            continue;
        PITH_TRY(write_dump(folder, file_name_of(g[v].name), pith::to_file((*table)[v], *g[v].layout)));
        ++count;
    }
    return count;
}

/// What every step of a program writes, channels last, and its inputs and outputs in the model's order.
[[nodiscard]] inline pith::result<std::size_t> dump_program(pith::run::session session,
                                                            const std::string& folder) {
    PITH_TRY(check_types(session.program()));
    PITH_TRY(check_steps(session.program()));
    PITH_TRY(make_folder(folder));
    program_source source{std::move(session), {}, {}, {}};
    auto& s = source.session;
    pith::result<void> written;
    std::size_t count = s.program().input_count();
    for (std::size_t i = 0; i < count; ++i)
        PITH_TRY(
            pith::io::save_npy(folder + "/" + file_name_of(s.program().input(i).name) + ".npy", fed(s, i)));
    s.run([&](std::size_t step, pith::run::op_view op) {
        const auto name = s.program().op_name(step);
        if (name.empty() || !written)
            return;
        written = write_dump(folder, fmt::format("{:04}@", step) + file_name_of(name),
                             {pith::run::output_shape(s.program(), op), source.written(op)});
        ++count;
    });
    if (!written)
        return written.error();
    for (std::size_t i = 0; i < s.program().output_count(); ++i) {
        PITH_TRY(pith::io::save_npy(folder + "/" + file_name_of(s.program().output(i).name) + ".npy",
                                    fetch(s, i)));
        ++count;
    }
    return count;
}

} // namespace tool

#endif
