// SPDX-License-Identifier: MIT
#ifndef PITH_EXAMPLES_TOOL_SENSITIVITY_HPP
#define PITH_EXAMPLES_TOOL_SENSITIVITY_HPP
/// `pith sensitivity`: what the network loses when the channels of one group alone are removed.

#include <cstddef>
#include <string>
#include <vector>

#include "data.hpp"
#include "model.hpp"
#include "outputs.hpp"
#include "pith/prune/sensitivity.hpp"
#include "prune.hpp"
#include "report.hpp"
#include "table.hpp"

namespace tool {

struct sensitivity_options {
    std::string model;
    std::string data;
    std::string normalize = "none";
    std::string criterion = "l2";
    std::vector<float> shares{0.25f, 0.5f, 0.75f};
    std::size_t multiple_of = 16;
    std::size_t samples = 256;
    std::size_t judged = 256;
    bool refit = true;
    std::string json;
    bool force = false;
};

namespace detail {

[[nodiscard]] inline pith::result<void> print_sensitivity(const sensitivity_options& o, json& report) {
    const auto g = load_float_graph(o.model);
    if (!g)
        return g.error();
    const auto images = images_for(*g, o.data, o.normalize);
    if (!images)
        return images.error();
    auto criterion = criterion_named(o.criterion, *g, &*images);
    if (!criterion)
        return criterion.error();
    const pith::prune::sensitivity measure{
        .step = {.criterion = *std::move(criterion),
                 .multiple_of = o.multiple_of,
                 .look = {.calibration = pith::data::samples_of(*images, (*g)[g->inputs[0]].dims),
                          .samples = o.samples},
                 .fit = o.refit},
        .shares = o.shares,
        .judged = o.judged};
    table lines({{"channels of", table::cells::name},
                 {"removed", table::cells::number},
                 {"of", table::cells::number},
                 {"MACs saved", table::cells::number},
                 {"SQNR dB", table::cells::number},
                 {"same class", table::cells::number}});
    json groups = json::array();
    const auto total = pith::measure(*g).macs;
    const auto seen = measure(*g, [&](const pith::prune::group_sensitivity& s) {
        const double saved = static_cast<double>(s.macs) / static_cast<double>(total);
        lines.add({printable(s.group), std::to_string(s.removed), std::to_string(s.units),
                   fmt::format("{:.1f} %", 100 * saved), fmt::format("{:.1f}", pith::sqnr(s.error)),
                   fmt::format("{:.2f} %", 100 * s.same_decisions)});
        groups.push_back(json{{"channels_of", s.group},
                              {"removed", s.removed},
                              {"units", s.units},
                              {"macs_saved", s.macs},
                              {"sqnr_db", pith::sqnr(s.error)},
                              {"same_class", s.same_decisions}});
    });
    if (!seen)
        return seen.error();
    if (seen->empty())
        say("no group of channels is wide enough to lose some: widths stay multiples of {}\n", o.multiple_of);
    lines.print();
    report["groups"] = std::move(groups);
    return {};
}

} // namespace detail

inline exit_code run_sensitivity(const sensitivity_options& o) {
    const auto files = file_list(o.force).read(o.model).read_data(o.data).write_report(o.json).check();
    if (!files)
        return refuse(files.error());
    return report_of(o.json, [&](json& report) { return detail::print_sensitivity(o, report); });
}

} // namespace tool

#endif
