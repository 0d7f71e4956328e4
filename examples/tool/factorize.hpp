// SPDX-License-Identifier: MIT
#ifndef PITH_EXAMPLES_TOOL_FACTORIZE_HPP
#define PITH_EXAMPLES_TOOL_FACTORIZE_HPP
/// The --factorize steps of `pith compress`: what they are called, what they do, and what they did.

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "pith/factorize/channels.hpp"
#include "pith/factorize/spatial.hpp"
#include "pith/graph/measure.hpp"

#include "prune.hpp"
#include "report.hpp"

namespace tool {

/// One --factorize, taken apart.
struct factorize_step {
    std::string text; ///< as it was given
    std::string method;
    float share = 0.f; ///< of the multiply-adds that go
    std::size_t multiple_of = 8;
};

[[nodiscard]] inline pith::result<factorize_step> factorize_step_of(const std::string& text) {
    const auto parts = detail::parts_of(text, ':');
    factorize_step s{.text = text, .method = std::string(parts[0])};
    if (s.method != "spatial" && s.method != "channels")
        return unknown_name("--factorize is spatial:SHARE[:MULTIPLE] or channels:SHARE[:MULTIPLE]", s.method,
                            {"spatial", "channels"});
    const bool right =
        (parts.size() == 2 || parts.size() == 3) && detail::read_share(parts[1], s.share) && s.share > 0.f &&
        (parts.size() == 2 || (detail::read_number(parts[2], s.multiple_of) && s.multiple_of > 0));
    if (!right)
        return pith::fault{pith::errc::bad_option,
                           "--factorize is spatial:SHARE[:MULTIPLE] or channels:SHARE[:MULTIPLE], a share "
                           "above 0 and below 1 of the multiply-adds",
                           text};
    return s;
}

[[nodiscard]] inline pith::result<std::vector<factorize_step>>
factorize_steps_of(const std::vector<std::string>& texts) {
    std::vector<factorize_step> steps;
    for (const auto& text : texts) {
        auto s = factorize_step_of(text);
        if (!s)
            return s.error();
        steps.push_back(*std::move(s));
    }
    return steps;
}

namespace detail {

[[nodiscard]] inline pith::result<pith::graph<float>>
factorized_once(pith::graph<float> g, const factorize_step& s, const pith::prune::calibration_options& look,
                bool fit, std::vector<pith::factorize::layer_outcome>& outcomes) {
    namespace f = pith::factorize;
    if (s.method == "spatial")
        return f::spatial{.remove_macs = s.share, .multiple_of = s.multiple_of, .look = look, .fit = fit}(
            std::move(g), outcomes);
    return f::channels{.remove_macs = s.share, .multiple_of = s.multiple_of, .look = look, .fit = fit}(
        std::move(g), outcomes);
}

[[nodiscard]] inline json report_factors(const factorize_step& s, const pith::graph<float>& before,
                                         const pith::graph<float>& after,
                                         const std::vector<pith::factorize::layer_outcome>& outcomes) {
    const auto was = pith::measure(before);
    const auto is = pith::measure(after);
    const auto n = [](std::int64_t count) { return grouped(static_cast<unsigned long long>(count)); };
    say("{}: {} of {} parameters, {} of {} multiply-adds\n", printable(s.text), n(is.parameters),
        n(was.parameters), n(is.macs), n(was.macs));
    json layers = json::array();
    for (const auto& o : outcomes) {
        if (o.rank == 0)
            say("  {} stays: {}\n", printable(o.name), printable(o.why));
        else
            say("  {}: rank {}, {} of {} multiply-adds\n", printable(o.name), o.rank, n(o.macs),
                n(o.macs_before));
        layers.push_back(json{{"layer", o.name},
                              {"rank", o.rank},
                              {"macs_before", o.macs_before},
                              {"macs", o.macs},
                              {"lost", o.lost},
                              {"why", o.why}});
    }
    return json{{"step", s.text},
                {"parameters", is.parameters},
                {"macs_before", was.macs},
                {"macs", is.macs},
                {"layers", std::move(layers)}};
}

} // namespace detail

/// The steps in their order, each with what it did.
/// @param look without samples nothing is fitted
[[nodiscard]] inline pith::result<pith::graph<float>> factorized(pith::graph<float> g,
                                                                 const std::vector<factorize_step>& steps,
                                                                 const pith::prune::calibration_options& look,
                                                                 bool fit, json& report) {
    json lines = json::array();
    for (const auto& s : steps) {
        std::vector<pith::factorize::layer_outcome> outcomes;
        auto next = detail::factorized_once(g, s, look, fit, outcomes);
        if (!next)
            return next;
        lines.push_back(detail::report_factors(s, g, *next, outcomes));
        g = *std::move(next);
    }
    report["factorize"] = std::move(lines);
    return g;
}

} // namespace tool

#endif
