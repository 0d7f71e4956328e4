// SPDX-License-Identifier: MIT
#ifndef PITH_EXAMPLES_TOOL_PRUNE_HPP
#define PITH_EXAMPLES_TOOL_PRUNE_HPP
/// The --prune steps of `pith compress`: what they are called, what they do, and what they did.

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pith/data/dataset.hpp"
#include "pith/graph/measure.hpp"
#include "pith/prune/blocks.hpp"
#include "pith/prune/channels.hpp"
#include "pith/prune/fpgm.hpp"
#include "pith/prune/l1.hpp"
#include "pith/prune/l2.hpp"
#include "pith/prune/magnitude.hpp"
#include "pith/prune/mark_zeros.hpp"
#include "pith/prune/n_of_m.hpp"
#include "pith/prune/norm_scale.hpp"
#include "pith/prune/obs.hpp"
#include "pith/prune/refit.hpp"
#include "pith/prune/second_order.hpp"
#include "pith/prune/taylor.hpp"
#include "pith/prune/tiles.hpp"

#include "report.hpp"

namespace tool {

/// One --prune, taken apart.
struct prune_step {
    std::string text; ///< as it was given
    std::string method;
    std::string criterion;   ///< of channels
    float share = 0.f;       ///< of what goes
    bool everywhere = false; ///< first, last and small layers too
    std::uint8_t first = 0;  ///< n, the rows of a block, or the outputs of a tile
    std::uint8_t second = 0;
    std::size_t multiple_of = 16; ///< widths of channels
};

namespace detail {

inline const char* const prune_help =
    "--prune is magnitude:SHARE[:all], global:SHARE[:all], lamp:SHARE[:all], nm:N:M, "
    "block:ROWSxCOLUMNS:SHARE, tile:OUTPUTSxINPUTS:SHARE, obs:SHARE, obs:N:M, zeros or "
    "channels:CRITERION:SHARE[:MULTIPLE], a share at least 0 and below 1";

[[nodiscard]] inline std::vector<std::string> criterion_names() {
    return {"l1", "l2", "fpgm", "norm", "obs", "taylor"};
}

/// @param images that gradients are taken on
/// @pre it is one of criterion_names(), and `images` is there for taylor
[[nodiscard]] inline pith::result<pith::prune::any_criterion>
criterion_named(std::string_view name, const pith::graph<float>& g, const pith::data::dataset* images) {
    using any = pith::prune::any_criterion;
    if (name == "taylor")
        return pith::prune::taylor::of(g, *images).transform([](const auto& t) { return any(t); });
    if (name == "l1")
        return any(pith::prune::l1{});
    if (name == "fpgm")
        return any(pith::prune::fpgm{});
    if (name == "norm")
        return any(pith::prune::norm_scale{});
    if (name == "obs")
        return any(pith::prune::obs{});
    return any(pith::prune::l2{});
}

[[nodiscard]] inline std::vector<std::string_view> parts_of(std::string_view text, char between) {
    std::vector<std::string_view> parts;
    for (;;) {
        const auto end = text.find(between);
        parts.push_back(text.substr(0, end));
        if (end == std::string_view::npos)
            return parts;
        text.remove_prefix(end + 1);
    }
}

/// A number that is all of the text.
template <class N>
[[nodiscard]] bool read_number(std::string_view text, N& n) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
    return error == std::errc{} && end == text.data() + text.size();
}
[[nodiscard]] inline bool read_share(std::string_view text, float& share) {
    return read_number(text, share) && share >= 0.f && share < 1.f;
}

[[nodiscard]] inline bool read_arguments(prune_step& s, const std::vector<std::string_view>& p) {
    const auto pair = [&](std::string_view a, std::string_view b) {
        return read_number(a, s.first) && read_number(b, s.second);
    };
    if (s.method == "magnitude" || s.method == "global" || s.method == "lamp")
        return (p.size() == 2 || (p.size() == 3 && (s.everywhere = p[2] == "all"))) &&
               read_share(p[1], s.share);
    if (s.method == "zeros")
        return p.size() == 1;
    if (s.method == "nm")
        return p.size() == 3 && pair(p[1], p[2]);
    if (s.method == "obs")
        return p.size() == 2 ? read_share(p[1], s.share) : p.size() == 3 && pair(p[1], p[2]);
    if (s.method == "block" || s.method == "tile") {
        const auto sides = p.size() == 3 ? parts_of(p[1], 'x') : std::vector<std::string_view>{};
        return sides.size() == 2 && pair(sides[0], sides[1]) && read_share(p[2], s.share);
    }
    if (s.method != "channels" || p.size() < 3 || p.size() > 4)
        return false;
    s.criterion = std::string(p[1]);
    return read_share(p[2], s.share) &&
           (p.size() == 3 || (read_number(p[3], s.multiple_of) && s.multiple_of > 0));
}

} // namespace detail

[[nodiscard]] inline pith::result<prune_step> prune_step_of(const std::string& text) {
    const auto parts = detail::parts_of(text, ':');
    prune_step s{.text = text, .method = std::string(parts[0]), .criterion = {}};
    if (!detail::read_arguments(s, parts))
        return pith::fault{pith::errc::bad_option, detail::prune_help, text};
    const auto names = detail::criterion_names();
    if (s.method == "channels" && std::find(names.begin(), names.end(), s.criterion) == names.end())
        return unknown_name("channels are removed by l1, l2, fpgm, norm, obs or taylor", s.criterion, names);
    return s;
}

[[nodiscard]] inline pith::result<std::vector<prune_step>>
prune_steps_of(const std::vector<std::string>& texts) {
    std::vector<prune_step> steps;
    for (const auto& text : texts) {
        auto s = prune_step_of(text);
        if (!s)
            return s.error();
        steps.push_back(*std::move(s));
    }
    return steps;
}

/// Whether a step cannot do without samples.
[[nodiscard]] inline bool needs_samples(const prune_step& s) {
    return s.method == "obs" || s.criterion == "obs" || s.criterion == "taylor";
}

/// What the steps see of data: nothing, or images and how they are fitted.
struct prune_data {
    const pith::data::dataset* images = nullptr;
    pith::prune::calibration_options look{}; ///< without samples nothing is fitted anew
    bool fit = false;
};

namespace detail {

using pruned_graph = pith::result<pith::graph<float>>;

[[nodiscard]] inline pruned_graph prune_channels(pith::graph<float> g, const prune_step& s,
                                                 const prune_data& data,
                                                 std::vector<pith::prune::channel_outcome>& outcomes) {
    auto criterion = criterion_named(s.criterion, g, data.images);
    if (!criterion)
        return criterion.error();
    return pith::prune::channels{.criterion = *std::move(criterion),
                                 .remove = s.share,
                                 .multiple_of = s.multiple_of,
                                 .look = data.look,
                                 .fit = data.fit}(std::move(g), outcomes);
}

[[nodiscard]] inline pruned_graph put_zeros(const pith::graph<float>& g, const prune_step& s,
                                            const prune_data& data) {
    namespace p = pith::prune;
    const auto& look = data.look;
    if (s.method == "obs")
        return p::second_order{.remove = s.share, .n = s.first, .m = s.second, .fit = {.look = look}}(g);
    if (s.method == "zeros")
        return p::mark_zeros{}(g);
    pruned_graph sparse(g);
    if (s.method == "nm")
        sparse = p::n_of_m{.n = s.first, .m = s.second}(g);
    else if (s.method == "block")
        sparse = p::blocks{.rows = s.first, .columns = s.second, .remove = s.share}(g);
    else if (s.method == "tile")
        sparse = p::tiles{.outputs = s.first, .inputs = s.second, .remove = s.share}(g);
    else
        sparse = p::magnitude{.remove = s.share,
                              .scope = s.method == "lamp"     ? p::among::lamp
                                       : s.method == "global" ? p::among::network
                                                              : p::among::layer,
                              .dense = s.everywhere ? p::dense_layers{.first_last = false, .depth_below = 0}
                                                    : p::dense_layers{}}(g);
    return sparse && data.fit && look.given() ? p::refit{.look = look}(*std::move(sparse), g) : sparse;
}

[[nodiscard]] inline json report_step(const prune_step& s, const pith::graph<float>& before,
                                      const pith::graph<float>& after,
                                      const std::vector<pith::prune::channel_outcome>& outcomes) {
    const auto was = pith::measure(before);
    const auto is = pith::measure(after);
    const auto weights = pith::prune::count_weights(after);
    const auto n = [](std::int64_t count) { return grouped(static_cast<unsigned long long>(count)); };
    say("{}: {} of {} parameters, {} of {} multiply-adds, {} of {} weights are zero\n", printable(s.text),
        n(is.parameters), n(was.parameters), n(is.macs), n(was.macs), n(weights.zeros), n(weights.weights));
    json stays = json::array();
    for (const auto& o : outcomes) {
        if (o.why.empty())
            continue;
        say("  {} stays: {}\n", printable(o.name), printable(o.why));
        stays.push_back(json{{"layer", o.name}, {"why", o.why}});
    }
    return json{{"step", s.text},           {"parameters", is.parameters}, {"macs_before", was.macs},
                {"macs", is.macs},          {"weights", weights.weights},  {"zeros", weights.zeros},
                {"stays", std::move(stays)}};
}

} // namespace detail

/// The steps in their order, each with a line of what it did.
[[nodiscard]] inline pith::result<pith::graph<float>>
pruned(pith::graph<float> g, const std::vector<prune_step>& steps, const prune_data& data, json& report) {
    json lines = json::array();
    for (const auto& s : steps) {
        std::vector<pith::prune::channel_outcome> outcomes;
        auto next = s.method == "channels" ? detail::prune_channels(g, s, data, outcomes)
                                           : detail::put_zeros(g, s, data);
        if (!next)
            return next;
        lines.push_back(detail::report_step(s, g, *next, outcomes));
        g = *std::move(next);
    }
    report["prune"] = std::move(lines);
    return g;
}

} // namespace tool

#endif
