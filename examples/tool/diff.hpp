// SPDX-License-Identifier: MIT
#ifndef PITH_EXAMPLES_TOOL_DIFF_HPP
#define PITH_EXAMPLES_TOOL_DIFF_HPP
/// `pith diff`: two versions of a network side by side, layer by layer. Each side is an .onnx model, a .pith
/// program or a folder of dumps.

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "data.hpp"
#include "diff_report.hpp"
#include "dumps.hpp"
#include "outputs.hpp"
#include "pith/graph/evaluate_with_overrides.hpp"
#include "report.hpp"
#include "sources.hpp"

namespace tool {

struct diff_options {
    std::string a;
    std::string b;
    std::string model; ///< names the values where neither side can
    std::string data;
    std::string normalize = "none";
    std::vector<std::string> inputs;
    std::size_t samples = 8;
    std::optional<double> least; ///< decibels
    std::string json;
    bool force = false;
};

using any_source = std::variant<graph_source, program_source, folder_source>;

[[nodiscard]] inline pith::result<any_source> open_source(const std::string& path) {
    if (std::filesystem::is_directory(path)) {
        auto files = read_dumps(path);
        if (!files)
            return files.error();
        return any_source(folder_source{std::move(*files), {}, {}});
    }
    if (is_onnx(path)) {
        auto g = load_whole_graph(path);
        if (!g)
            return g.error();
        return any_source(graph_source{std::move(*g), {}, {}, {}});
    }
    auto m = load_model(path);
    if (!m)
        return m.error();
    PITH_TRY(check_types(m->session.program()));
    PITH_TRY(check_steps(m->session.program()));
    return any_source(program_source{std::move(m->session), {}, {}, {}});
}

/// What names the values: A's graph, the one of --model, B's, or else only A's names of dumps or steps.
[[nodiscard]] inline pith::result<reference> reference_of(const diff_options& o, const any_source& a,
                                                          const any_source& b) {
    if (const auto* g = std::get_if<graph_source>(&a))
        return g->net;
    if (!o.model.empty())
        return load_whole_graph(o.model);
    if (const auto* g = std::get_if<graph_source>(&b))
        return g->net;
    values_alone known;
    for (const auto* s : {&a, &b})
        if (const auto* program = std::get_if<program_source>(s))
            known.add_inputs(*program);
    if (const auto* files = std::get_if<folder_source>(&a))
        known.add(*files);
    else
        known.add(std::get<program_source>(a));
    return known.g;
}

/// The inputs of image i in the reference's order; none when there are no more.
class feeder {
public:
    [[nodiscard]] static pith::result<feeder> open(const diff_options& o, const reference& g,
                                                   const any_source& a, const any_source& b) {
        feeder f;
        const auto* dumps = std::get_if<folder_source>(&a);
        dumps = dumps != nullptr ? dumps : std::get_if<folder_source>(&b);
        f.count_ = 1;
        if (!o.inputs.empty()) {
            PITH_TRY(f.read(o.inputs, g));
        } else if (dumps != nullptr && f.take(*dumps, g)) {
        } else if (!o.data.empty() && g.inputs.size() == 1) {
            pith::shape image;
            const auto& dims = g[g.inputs[0]].dims;
            for (std::size_t i = 1; i < dims.rank(); ++i)
                image.push_back(dims[i]);
            auto data = open_data(o.data, o.normalize, image, g.input_layouts[0].permutation);
            if (!data)
                return data.error();
            f.at_once_ = dims.rank() > 0 ? static_cast<std::size_t>(dims[0]) : 1;
            if (f.at_once_ == 0 || data->size() < f.at_once_)
                return pith::fault{
                    pith::errc::missing, "the data set has fewer images than the model takes at once",
                    std::to_string(data->size()) + " images, " + std::to_string(f.at_once_) + " at once"};
            const auto runs = std::min(o.samples, data->size()) / f.at_once_;
            f.count_ = dumps != nullptr ? 1 : std::max<std::size_t>(runs, 1);
            f.images_ = std::move(*data);
        } else {
            return pith::fault{pith::errc::missing,
                               "give images with --data SET, or one file for each input with --input"};
        }
        return f;
    }

    /// Runs, each of at_once() images.
    [[nodiscard]] std::size_t count() const { return count_; }
    [[nodiscard]] std::size_t at_once() const { return at_once_; }
    [[nodiscard]] pith::any_tensors<float> image(std::size_t i, const reference& g) const {
        if (!images_)
            return given_;
        pith::any_tensors<float> x;
        pith::tensor<float> batch(g[g.inputs[0]].dims);
        const auto elements = batch.size() / at_once_;
        for (std::size_t k = 0; k < at_once_; ++k)
            images_->image(i * at_once_ + k, batch.data().subspan(k * elements, elements));
        x.emplace_back(std::move(batch));
        return x;
    }

private:
    [[nodiscard]] pith::result<void> read(const std::vector<std::string>& paths, const reference& g) {
        if (paths.size() != g.inputs.size())
            return pith::fault{pith::errc::missing, "give one --input file for each input of the model",
                               std::to_string(g.inputs.size()) + " inputs"};
        for (std::size_t i = 0; i < paths.size(); ++i) {
            auto t = load_tensor(paths[i]);
            if (!t)
                return t.error();
            const auto& v = g[g.inputs[i]];
            if (t->dims().elements() != v.dims.elements())
                return pith::fault{pith::errc::bad_shape,
                                   "the tensor has another size than the model's input", paths[i]};
            std::visit([&](const auto& x) { given_.emplace_back(pith::from_file(x, *v.layout, v.dims)); },
                       t->data);
        }
        return {};
    }
    /// The inputs are among the dumps.
    [[nodiscard]] bool take(const folder_source& dumps, const reference& g) {
        if (g.inputs.empty())
            return true;
        const auto table = dumps.values(g, nullptr);
        for (const auto id : g.inputs) {
            if (table[id].empty() || !pith::is_real(g[id].type)) {
                given_.clear();
                return false;
            }
            given_.emplace_back(table[id]);
        }
        return true;
    }

    std::size_t count_ = 0;
    std::size_t at_once_ = 1;
    std::optional<pith::data::dataset> images_;
    pith::any_tensors<float> given_;
};

[[nodiscard]] inline pith::result<value_table> values_of(any_source& s, const reference& g,
                                                         const pith::any_tensors<float>& inputs,
                                                         const value_table* other) {
    if (auto* graph = std::get_if<graph_source>(&s))
        return graph->values(g, inputs);
    if (auto* program = std::get_if<program_source>(&s))
        return program->values(g, inputs);
    return std::get<folder_source>(s).values(g, other);
}

/// Whether A computes in float, so that its layers can be run on B's values.
[[nodiscard]] inline bool is_float_graph(const any_source& s) {
    const auto* g = std::get_if<graph_source>(&s);
    return g != nullptr && !g->has_codes();
}

/// One image more.
[[nodiscard]] inline pith::result<void> compare_image(comparison& c, any_source& a, any_source& b,
                                                      const pith::any_tensors<float>& inputs) {
    const auto have_a = values_of(a, c.g, inputs, nullptr);
    if (!have_a)
        return have_a.error();
    const auto have_b = values_of(b, c.g, inputs, &*have_a);
    if (!have_b)
        return have_b.error();
    for (pith::value_id v = 0; v < c.g.values.size(); ++v) {
        const auto& x = (*have_a)[v];
        const auto& y = (*have_b)[v];
        if (x.empty() || y.empty())
            continue;
        c.layers[v].compared = true;
        pith::add(c.layers[v].total, pith::error_statistics_of(x.data(), y.data()));
    }
    if (!is_float_graph(a))
        return {};
    return pith::evaluate_with_overrides(c.g, *have_b, inputs, [&](pith::value_id v, const auto& alone) {
        const auto& y = (*have_b)[v];
        if constexpr (std::is_same_v<std::decay_t<decltype(alone[0])>, float>)
            if (c.layers[v].compared && alone.size() == y.size()) {
                c.layers[v].isolated = true;
                pith::add(c.layers[v].added, pith::error_statistics_of(alone.data(), y.data()));
            }
    });
}

inline exit_code run_diff(const diff_options& o) {
    const auto files = file_list(o.force)
                           .read({o.a, o.b, o.model})
                           .read(o.inputs)
                           .read_data(o.data)
                           .write_report(o.json)
                           .check();
    if (!files)
        return refuse(files.error());
    auto a = open_source(o.a);
    if (!a)
        return refuse(a.error());
    auto b = open_source(o.b);
    if (!b)
        return refuse(b.error());
    auto g = reference_of(o, *a, *b);
    if (!g)
        return refuse(g.error());
    comparison c{std::move(*g), {}, 0};
    c.layers.resize(c.g.values.size());
    for (auto* s : {&*a, &*b})
        std::visit([&](auto& source) { source.match(c.g); }, *s);
    const auto images = feeder::open(o, c.g, *a, *b);
    if (!images)
        return refuse(images.error());
    {
        progress line("diff", images->count());
        for (std::size_t i = 0; i < images->count(); ++i, c.images += images->at_once()) {
            if (const auto done = compare_image(c, *a, *b, images->image(i, c.g)); !done)
                return refuse(done.error());
            line.reached(i);
        }
    }
    const auto worst = settle(c);
    const auto rows = rows_of(c);
    if (rows.empty())
        return refuse({pith::errc::missing, "the two sides have no value of the same name and size", o.b});
    print_rows(c);
    print_uncompared(c);
    std::visit([](const auto& s) { print_unmatched("A", s.rest); }, *a);
    std::visit([](const auto& s) { print_unmatched("B", s.rest); }, *b);
    print_verdict(c, worst);
    if (const auto written = write_report(o.json, json_of(c, worst)); !written)
        return refuse(written.error());
    std::size_t below = 0;
    for (const auto v : rows)
        below += o.least && pith::sqnr(c.layers[v].total) < *o.least ? 1u : 0u;
    if (below != 0)
        fmt::print(stderr, "pith: {} of {} values are below {:.1f} dB\n", below, rows.size(), *o.least);
    return below != 0 ? mismatch : done;
}

} // namespace tool

#endif
