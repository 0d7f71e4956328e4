// SPDX-License-Identifier: MIT
#ifndef PITH_EXAMPLES_TOOL_EVALUATE_HPP
#define PITH_EXAMPLES_TOOL_EVALUATE_HPP
/// `pith evaluate`: accuracy and time of a model on a data set.

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <mutex>
#include <span>
#include <string>
#include <sys/resource.h>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "data.hpp"
#include "model.hpp"
#include "outputs.hpp"
#include "report.hpp"
#include "timing.hpp"

namespace tool {

struct evaluate_options {
    std::string model;
    std::string data;
    std::string normalize = "none";
    std::string kernels;
    std::string json;
    std::size_t limit = 0; ///< images; 0: all
    unsigned threads = 1;
    bool force = false;
};

struct evaluation {
    std::vector<std::int32_t> predicted; ///< class of each image
    std::size_t correct = 0;
    std::vector<double> milliseconds; ///< of each image
};

[[nodiscard]] inline std::int32_t largest(std::span<const float> logits) {
    return static_cast<std::int32_t>(std::max_element(logits.begin(), logits.end()) - logits.begin());
}

/// Images [first, last) through one session.
inline void evaluate_range(pith::run::session& s, const pith::data::dataset& data, std::size_t first,
                           std::size_t last, evaluation& out, std::atomic<std::size_t>& done) {
    for (std::size_t i = first; i < last; ++i) {
        data.image(i, s.input(0));
        const stopwatch watch;
        s.run();
        out.milliseconds[i] = watch.milliseconds();
        out.predicted[i] = largest(s.output(0));
        ++done;
    }
}

/// The first `count` images, spread over as many threads as there are sessions.
[[nodiscard]] inline evaluation evaluate(std::vector<pith::run::session>& sessions,
                                         const pith::data::dataset& data, std::size_t count) {
    evaluation out;
    out.predicted.resize(count);
    out.milliseconds.resize(count);
    std::atomic<std::size_t> done = 0;
    progress line("evaluate", count);
    const std::size_t share = (count + sessions.size() - 1) / sessions.size();
    std::vector<std::thread> others;
    const auto part = [&](std::size_t t) {
        evaluate_range(sessions[t], data, std::min(count, t * share), std::min(count, (t + 1) * share), out,
                       done);
    };
    others.reserve(sessions.size());
    for (std::size_t t = 1; t < sessions.size(); ++t)
        try {
            others.emplace_back(part, t);
        } catch (const std::system_error&) { // no more threads than these
            part(t);
        }
    constexpr std::size_t step = 64;
    for (std::size_t i = 0; i < std::min(share, count); i += step) {
        evaluate_range(sessions[0], data, i, std::min({i + step, share, count}), out, done);
        line.reached(done);
    }
    for (auto& t : others)
        t.join();
    for (std::size_t i = 0; i < count; ++i)
        out.correct += out.predicted[i] == data.label(i) ? 1u : 0u;
    return out;
}

[[nodiscard]] inline std::size_t peak_rss_bytes() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<std::size_t>(usage.ru_maxrss) * 1024;
}

/// One image per run, one image in, class scores out.
[[nodiscard]] inline pith::result<void> expect_classifier(const pith::run::program_view& p) {
    if (p.input_count() != 1 || p.output_count() < 1)
        return pith::fault{pith::errc::unsupported,
                           "evaluate needs a model with one input and one output of class scores"};
    const auto in = p.tensor(p.input(0).tensor);
    const auto out = p.tensor(p.output(0).tensor);
    if (pith::run::type_of(in) != pith::format::dtype::f32 ||
        pith::run::type_of(out) != pith::format::dtype::f32)
        return pith::fault{pith::errc::unsupported, "evaluate needs a model with float32 input and output"};
    if (p.input(0).dims.rank() == 0 || p.input(0).dims[0] != 1)
        return pith::fault{pith::errc::unsupported, "evaluate needs a model packed for one image at a time"};
    return {};
}

[[nodiscard]] inline pith::result<std::vector<pith::run::session>>
open_sessions(model first, unsigned threads, std::string_view kernels) {
    const auto options = pin(kernels);
    if (!options)
        return options.error();
    std::vector<pith::run::session> sessions;
    sessions.push_back(std::move(first.session));
    while (sessions.size() < threads) {
        auto more = pith::run::session::open(sessions[0].program().bytes(), *options);
        if (!more)
            return more.error();
        sessions.push_back(std::move(*more));
    }
    return sessions;
}

inline exit_code run_evaluate(const evaluate_options& o) {
    const auto files = file_list(o.force).read(o.model).read_data(o.data).write_report(o.json).check();
    if (!files)
        return refuse(files.error());
    auto m = load_model(o.model, o.kernels);
    if (!m)
        return refuse(m.error());
    if (const auto fits = expect_classifier(m->session.program()); !fits)
        return refuse(fits.error());
    const double load_ms = m->load_ms;
    const std::size_t file_bytes = m->file_bytes;
    const auto door = m->session.program().input(0);
    const auto data = open_data(o.data, o.normalize, image_shape(door), door.permutation);
    if (!data)
        return refuse(data.error());
    const std::size_t count = o.limit == 0 ? data->size() : std::min(o.limit, data->size());
    if (count == 0)
        return refuse({pith::errc::missing, "the data set has no images", o.data});
    auto sessions = open_sessions(std::move(*m), std::max(1u, o.threads), o.kernels);
    if (!sessions)
        return refuse(sessions.error());
    const evaluation e = evaluate(*sessions, *data, count);
    const auto& program = sessions->front().program();
    const spread ms = spread_of(e.milliseconds);
    const double accuracy = static_cast<double>(e.correct) / static_cast<double>(count);
    json report = json::object();
    if (data->labelled()) {
        say("accuracy     {:.2f} % of {} images\n", 100 * accuracy, count);
        report["accuracy"] = accuracy;
    } else {
        say("accuracy     none: the data set has no labels ({} images)\n", count);
    }
    say("ms per image {:.4f} median, {:.4f} min\n", ms.median, ms.min);
    say("load         {:.3f} ms\n", load_ms);
    say("file         {} bytes\n", grouped(file_bytes));
    say("weights      {} bytes\n", grouped(weight_bytes(program)));
    say("arena        {} bytes\n", grouped(program.arena_bytes()));
    say("peak memory  {} bytes\n", grouped(peak_rss_bytes()));
    report.update({{"images", count},
                   {"ms_per_image", ms.to_json()},
                   {"load_ms", load_ms},
                   {"file_bytes", file_bytes},
                   {"weight_bytes", weight_bytes(program)},
                   {"arena_bytes", program.arena_bytes()},
                   {"peak_rss_bytes", peak_rss_bytes()},
                   {"data_bytes", data->held_bytes()}});
    if (const auto written = write_report(o.json, report); !written)
        return refuse(written.error());
    return done;
}

} // namespace tool

#endif
