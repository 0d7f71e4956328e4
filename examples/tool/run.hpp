// SPDX-License-Identifier: MIT
#ifndef PITH_EXAMPLES_TOOL_RUN_HPP
#define PITH_EXAMPLES_TOOL_RUN_HPP
/// `pith run`: a model on given tensors, compared with expected ones, or timed.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dumps.hpp"
#include "layer_times.hpp"
#include "model.hpp"
#include "outputs.hpp"
#include "report.hpp"
#include "run_graph.hpp"
#include "tensor_files.hpp"
#include "timing.hpp"

namespace tool {

struct run_options {
    std::string model;
    std::vector<std::string> inputs;
    std::vector<std::string> outputs;
    std::vector<std::string> expect;
    double rtol = 1e-3;
    double atol = 1e-5;
    std::string dump; ///< folder for every value
    std::string kernels;
    std::string json;
    std::size_t repeat = 0; ///< timed runs; 0: 100 without input or with `layers`, else none
    bool layers = false;    ///< time each of them too
    bool force = false;
};

/// Uniform in [0, 1), the same on every machine; whole inputs are 0.
inline void fill_inputs(pith::run::session& s) {
    pith::random_bits random(1);
    for (std::size_t i = 0; i < s.program().input_count(); ++i)
        if (pith::run::type_of(s.program().tensor(s.program().input(i).tensor)) == pith::format::dtype::f32)
            for (float& v : s.input(i))
                v = static_cast<float>(random() >> 40) * 0x1p-24f;
}

[[nodiscard]] inline pith::result<void> feed_files(pith::run::session& s,
                                                   const std::vector<std::string>& paths) {
    if (paths.size() != s.program().input_count())
        return pith::fault{pith::errc::missing, "give one --input file for each input of the model",
                           std::to_string(s.program().input_count()) + " inputs"};
    for (std::size_t i = 0; i < paths.size(); ++i) {
        const auto t = load_tensor(paths[i]);
        if (!t)
            return t.error();
        PITH_TRY(feed(s, i, *t, paths[i]));
    }
    return {};
}

/// @return samples in milliseconds, each of at least 20 microseconds of runs so that the clock does not show
[[nodiscard]] inline std::vector<double> time_runs(pith::run::session& s, std::size_t repeat) {
    s.run();
    const stopwatch first;
    s.run();
    const double once = std::max(first.milliseconds(), 1e-5);
    const auto inner = static_cast<std::size_t>(std::max(1.0, 0.02 / once));
    std::vector<double> samples;
    progress line("run", repeat);
    for (std::size_t i = 0; i < repeat; ++i) {
        const stopwatch watch;
        for (std::size_t k = 0; k < inner; ++k)
            s.run();
        samples.push_back(watch.milliseconds() / static_cast<double>(inner));
        line.reached(i);
    }
    return samples;
}

/// Compares outputs with files; the number that disagree.
[[nodiscard]] inline pith::result<std::size_t> check_expected(const std::vector<pith::io::array>& outputs,
                                                              const run_options& o, json& report) {
    std::size_t wrong = 0;
    json rows = json::array();
    for (std::size_t i = 0; i < o.expect.size(); ++i) {
        const auto want = load_tensor(o.expect[i]);
        if (!want)
            return want.error();
        const difference d = compare(outputs[i], *want, o.rtol, o.atol);
        rows.push_back(json{
            {"file", o.expect[i]}, {"same_size", d.same_size}, {"beyond", d.beyond}, {"worst", d.worst}});
        wrong += d.beyond != 0 ? 1u : 0u;
        if (!d.same_size)
            fmt::print(stderr, "pith: output {} has another size than {}\n", i, printable(o.expect[i]));
        else if (d.beyond != 0)
            fmt::print(stderr, "pith: output {}: {} elements differ from {}, by up to {:.6g}\n", i, d.beyond,
                       printable(o.expect[i]), d.worst);
        else
            say("output {} as expected, largest difference {:.3g}\n", i, d.worst);
    }
    report["expected"] = rows;
    return wrong;
}

[[nodiscard]] inline pith::result<void> save_outputs(const std::vector<pith::io::array>& outputs,
                                                     const run_options& o) {
    for (std::size_t i = 0; i < o.outputs.size(); ++i)
        PITH_TRY(save_tensor(o.outputs[i], outputs[i]));
    return {};
}

[[nodiscard]] inline std::vector<pith::io::array> fetch_all(const pith::run::session& s) {
    std::vector<pith::io::array> out;
    for (std::size_t i = 0; i < s.program().output_count(); ++i)
        out.push_back(fetch(s, i));
    return out;
}

/// Saves and compares what was computed.
[[nodiscard]] inline exit_code finish_run(const std::vector<pith::io::array>& outputs, const run_options& o,
                                          json& report) {
    if (const auto saved = save_outputs(outputs, o); !saved)
        return refuse(saved.error());
    const auto wrong = check_expected(outputs, o, report);
    if (!wrong)
        return refuse(wrong.error());
    return *wrong != 0 ? mismatch : done;
}

inline constexpr const char* too_many_files =
    "there are more --output or --expect files than the model has outputs";

/// A model on given inputs by its graph, because no program computes it as it is.
/// @param instead what is said where the graph refuses them too
[[nodiscard]] inline exit_code run_graph(const run_options& o, const pith::fault& why,
                                         const pith::fault* instead = nullptr) {
    const auto outputs = outputs_of_graph(o.model, o.inputs);
    if (!outputs)
        return refuse(instead != nullptr ? *instead : outputs.error());
    if (std::max(o.outputs.size(), o.expect.size()) > outputs->size())
        return refuse({pith::errc::bad_option, too_many_files});
    say("computed layer by layer, not as a program: {}{}{}\n", printable(why.where),
        why.where[0] != '\0' ? ": " : "", why.what);
    json report = json::object();
    const exit_code code = finish_run(*outputs, o, report);
    if (code == refused)
        return code;
    if (const auto written = write_report(o.json, report); !written)
        return refuse(written.error());
    return code;
}

/// Why a model is computed by its graph when its inputs are given, if it is.
[[nodiscard]] inline std::optional<pith::fault> reason_for_graph(const run_options& o,
                                                                 const pith::result<model>& m) {
    if (!is_onnx(o.model) || o.inputs.empty() || o.repeat != 0 || !o.kernels.empty() || !o.dump.empty() ||
        o.layers)
        return std::nullopt;
    if (!m)
        return m.error();
    const auto g = pith::io::load_onnx(o.model);
    if (g && rounds_values(*g))
        return pith::fault{pith::errc::unsupported, "its values are rounded to fewer bits than float32"};
    return std::nullopt;
}

/// Every value on the inputs that the session holds: of a model as its graph computes it, of a program step
/// by step as it runs here.
[[nodiscard]] inline pith::result<void> dump_values(pith::run::session s, const run_options& o) {
    pith::result<std::size_t> count = std::size_t{0};
    if (is_onnx(o.model)) {
        const auto g = load_whole_graph(o.model);
        if (!g)
            return g.error();
        pith::any_tensors<float> inputs;
        for (std::size_t i = 0; i < g->inputs.size(); ++i) {
            const auto& v = (*g)[g->inputs[i]];
            if (pith::is_real(v.type)) {
                const auto x = s.input(i);
                inputs.emplace_back(pith::tensor<float>(v.dims, {x.begin(), x.end()}));
            } else {
                with_whole(v.type, [&]<class E>(E) {
                    const auto x = s.input<E>(i);
                    inputs.emplace_back(pith::tensor<std::int64_t>(v.dims, {x.begin(), x.end()}));
                });
            }
        }
        count = dump_graph(*g, inputs, o.dump);
    } else {
        count = dump_program(std::move(s), o.dump);
    }
    if (!count)
        return count.error();
    say("{} values in {}\n", *count, printable(o.dump));
    return {};
}

inline void time_session(pith::run::session& s, const run_options& o, json& report) {
    const std::size_t repeat = o.repeat == 0 && (o.inputs.empty() || o.layers) ? 100 : o.repeat;
    if (repeat == 0)
        return;
    const spread ms = spread_of(time_runs(s, repeat));
    if (o.layers) {
        const auto layers = time_layers(s, repeat);
        print(layers);
        report["layers"] = json_of(layers);
    }
    say("ms per image {:.5f} median, {:.5f} min of {}\n", ms.median, ms.min, repeat);
    report["ms_per_image"] = ms.to_json();
    report["repeat"] = repeat;
}

/// What files are read and written, and that tensors are written in a known format.
[[nodiscard]] inline pith::result<void> check_files(const run_options& o) {
    for (const auto& path : o.outputs)
        PITH_TRY(check_tensor_name(path));
    return file_list(o.force)
        .read(o.model)
        .read(o.inputs)
        .read(o.expect)
        .write(o.outputs)
        .write_report(o.json)
        .write_folder(o.dump)
        .check();
}

inline exit_code run_run(const run_options& o) {
    if (const auto files = check_files(o); !files)
        return refuse(files.error());
    auto m = load_model(o.model, o.kernels);
    if (const auto why = reason_for_graph(o, m))
        return run_graph(o, *why);
    if (!m)
        return refuse(m.error());
    auto& s = m->session;
    if (const auto held = check_types(s.program()); !held)
        return refuse(held.error());
    if (std::max(o.outputs.size(), o.expect.size()) > s.program().output_count())
        return refuse({pith::errc::bad_option, too_many_files});
    if (o.inputs.empty() && !o.expect.empty() && s.program().input_count() != 0)
        return refuse({pith::errc::bad_option, "--expect needs --input"});
    if (o.inputs.empty())
        fill_inputs(s);
    else if (const auto fed = feed_files(s, o.inputs); !fed)
        return is_onnx(o.model) ? run_graph(o, fed.error(), &fed.error()) : refuse(fed.error());
    if (!o.dump.empty()) { // of its own, because a run may overwrite its inputs
        auto copy = pith::run::session::open(s.program().bytes());
        if (!copy)
            return refuse(copy.error());
        std::copy(s.arena().begin(), s.arena().end(), copy->arena().begin());
        if (const auto dumped = dump_values(std::move(*copy), o); !dumped)
            return refuse(dumped.error());
    }
    s.run();
    json report = json::object();
    const exit_code code = finish_run(fetch_all(s), o, report);
    if (code == refused)
        return code;
    time_session(s, o, report);
    if (const auto written = write_report(o.json, report); !written)
        return refuse(written.error());
    return code;
}

} // namespace tool

#endif
