// SPDX-License-Identifier: MIT
#ifndef PITH_EXAMPLES_TOOL_SEARCH_HPP
#define PITH_EXAMPLES_TOOL_SEARCH_HPP
/// `pith search`: the bits of every layer's weights for a number of bytes, and the plan file that gives the
/// same program again.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "data.hpp"
#include "evaluate.hpp"
#include "model.hpp"
#include "pith/io/file.hpp"
#include "pith/search/weight_bits.hpp"
#include "report.hpp"
#include "table.hpp"

namespace tool {

struct search_options {
    std::string model;
    std::string out;
    std::string data;
    std::string validation;
    std::string normalize = "none";
    std::size_t bytes = 0;
    std::size_t samples = 512;
    std::string plan;      ///< to follow instead of a search
    std::string save_plan; ///< where the plan that was found is written
    std::string json;
    bool force = false;
};

namespace detail {

[[nodiscard]] inline pith::result<pith::search::bit_plan> read_plan(const std::string& path) {
    const pith::fault damaged{pith::errc::bad_file,
                              R"(a plan file is {"layers": [{"layer": NAME, "bits": 2 to 8}]})", path};
    const auto bytes = pith::io::read_file(path);
    if (!bytes)
        return bytes.error();
    const auto* text = reinterpret_cast<const char*>(bytes->data());
    const json file = json::parse(text, text + bytes->size(), nullptr, false);
    if (!file.is_object() || !file.contains("layers") || !file["layers"].is_array())
        return damaged;
    pith::search::bit_plan plan;
    for (const auto& l : file["layers"]) {
        if (!l.is_object() || !l.contains("layer") || !l["layer"].is_string() || !l.contains("bits") ||
            !l["bits"].is_number_unsigned() || l["bits"] > 8u)
            return damaged;
        plan.push_back({l["layer"].get<std::string>(), l["bits"].get<std::uint8_t>()});
    }
    return plan;
}

[[nodiscard]] inline json json_of(const pith::search::bit_plan& plan) {
    json layers = json::array();
    for (const auto& l : plan)
        layers.push_back(json{{"layer", l.layer}, {"bits", l.bits}});
    return layers;
}

/// Searches, and says what every choice was worth and what was chosen.
[[nodiscard]] inline pith::result<pith::search::bit_plan>
found_plan(const pith::graph<float>& g, const search_options& o, const pith::search::quantize_options& look,
           json& report) {
    json measured = json::array();
    table choices({{"layer", table::cells::name},
                   {"bits", table::cells::number},
                   {"bytes", table::cells::number},
                   {"error added", table::cells::number}});
    std::size_t layers = 0;
    for (const auto& n : g.nodes)
        layers += pith::has_weights(n.layer) ? 1 : 0;
    const pith::search::weight_bits search{.options = look, .bytes = o.bytes};
    progress line("measure", layers * (search.widths.size() - 1));
    const auto plans = search(g, [&](const pith::search::measured_choice& c) {
        line.reached(measured.size());
        choices.add({printable(c.layer), std::to_string(c.bits), std::to_string(c.bytes),
                     fmt::format("{:.2e}", c.loss)});
        measured.push_back(json{{"layer", c.layer}, {"bits", c.bits}, {"bytes", c.bytes}, {"error", c.loss}});
    });
    if (!plans)
        return plans.error();
    choices.print();
    report["choices"] = std::move(measured);
    json executed = json::array();
    for (const auto& p : *plans) {
        say("executed whole: {} bytes, relative error {:.3e} ({:.3e} expected){}\n", grouped(p.bytes), p.loss,
            p.expected, &p == &plans->front() ? ": chosen" : "");
        executed.push_back(json{
            {"bytes", p.bytes}, {"error", p.loss}, {"expected", p.expected}, {"layers", json_of(p.plan)}});
    }
    report["plans"] = std::move(executed);
    return plans->front().plan;
}

/// The data set of --validation, if there is one.
[[nodiscard]] inline pith::result<std::optional<pith::data::dataset>>
held_out_images(const pith::graph<float>& g, const search_options& o) {
    if (o.validation.empty())
        return std::optional<pith::data::dataset>{};
    return images_for(g, o.validation, o.normalize, "accuracy is measured on a data set with labels")
        .transform([](pith::data::dataset d) { return std::optional(std::move(d)); });
}

/// The program's accuracy on the held-out images.
[[nodiscard]] inline pith::result<void> show_accuracy(pith::bytes_view program,
                                                      const pith::data::dataset& held_out, json& report) {
    auto session = pith::run::session::open(program);
    if (!session)
        return session.error();
    PITH_TRY(expect_classifier(session->program()));
    std::vector<pith::run::session> sessions;
    sessions.push_back(*std::move(session));
    const auto seen = evaluate(sessions, held_out, held_out.size());
    const double accuracy = static_cast<double>(seen.correct) / static_cast<double>(held_out.size());
    say("accuracy {:.2f} % of {} images\n", 100 * accuracy, held_out.size());
    report["accuracy"] = accuracy;
    return {};
}

/// Everything between the options and the report.
[[nodiscard]] inline pith::result<void> search_and_write(const search_options& o, json& report) {
    const auto g = load_float_graph(o.model);
    if (!g)
        return g.error();
    const auto images = images_for(*g, o.data, o.normalize);
    if (!images)
        return images.error();
    const auto held_out = held_out_images(*g, o);
    if (!held_out)
        return held_out.error();
    const pith::search::quantize_options look{
        .calibration = pith::data::samples_of(*images, (*g)[g->inputs[0]].dims), .samples = o.samples};
    const auto plan = o.plan.empty() ? found_plan(*g, o, look, report) : read_plan(o.plan);
    if (!plan)
        return plan.error();
    const auto coded = pith::search::follow_plan{*plan, look}(*g);
    if (!coded)
        return coded.error();
    const auto program = pith::plan::pack(*coded);
    if (!program)
        return program.error();
    if (*held_out)
        PITH_TRY(show_accuracy(*program, **held_out, report));
    PITH_TRY(pith::io::write_file(o.out, *program));
    say("{}: {} bytes\n", printable(o.out), grouped(program->size()));
    report["layers"] = json_of(*plan);
    report["file_bytes"] = program->size();
    if (!o.save_plan.empty())
        PITH_TRY(write_report(o.save_plan, json{{"layers", json_of(*plan)}}));
    return {};
}

} // namespace detail

inline exit_code run_search(const search_options& o) {
    if (!o.out.ends_with(".pith"))
        return refuse({pith::errc::bad_option, "--out must end in .pith", o.out});
    if ((o.bytes != 0) == !o.plan.empty())
        return refuse(
            {pith::errc::bad_option, "a search needs --bytes, or --plan to follow one that was found"});
    const auto files = file_list(o.force)
                           .read(o.model)
                           .read(o.plan)
                           .read_data(o.data)
                           .read_data(o.validation)
                           .write({o.out, o.save_plan})
                           .write_report(o.json)
                           .check();
    if (!files)
        return refuse(files.error());
    return report_of(o.json, [&](json& report) { return detail::search_and_write(o, report); });
}

} // namespace tool

#endif
