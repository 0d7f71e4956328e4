// SPDX-License-Identifier: MIT
#ifndef PITH_EXAMPLES_TOOL_FEW_BITS_HPP
#define PITH_EXAMPLES_TOOL_FEW_BITS_HPP
/// Weights of few bits without training: the steps of `pith compress`, and a table of what each of them
/// saves.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pith/quantize/adaptive_rounding.hpp"
#include "pith/quantize/correct_bias.hpp"
#include "pith/quantize/correct_bias_analytic.hpp"
#include "pith/quantize/equalize.hpp"
#include "pith/quantize/norm_statistics.hpp"
#include "pith/quantize/post_training.hpp"
#include "pith/quantize/second_order.hpp"

#include "evaluate.hpp"
#include "model.hpp"
#include "report.hpp"
#include "timing.hpp"

namespace tool {

enum class bias_correction : std::uint8_t {
    none,
    analytic,  ///< from batch normalisations
    empirical, ///< from samples
    moments,   ///< from samples, the scales too
};

enum class rounding : std::uint8_t {
    nearest,
    adaptive,
    second_order, ///< which corrects biases itself
};

struct weight_recipe {
    std::uint8_t bits = 8;
    std::uint8_t first_last_bits = 8;
    pith::quantize::observer range = pith::quantize::observer::minmax; ///< of weights
    bool equalized = false;
    tool::rounding rounding = tool::rounding::nearest;
    bias_correction correction = bias_correction::none;
};

/// What the steps look at.
struct weight_material {
    pith::quantize::norm_statistics norms; ///< of the model before it was simplified
    pith::quantize::sample_source samples;
    std::size_t sample_count = 256;
    pith::quantize::observer activations = pith::quantize::observer::minmax;
    std::int64_t most_work = 0; ///< of one sample; 0: what the network's size justifies
    /// Called with every layer that second-order rounding did.
    std::function<void(const pith::quantize::rounded_layer&)> rounded =
        [](const pith::quantize::rounded_layer&) {};
};

/// uniform2 to uniform8, or nothing.
[[nodiscard]] inline std::optional<std::uint8_t> uniform_bits(std::string_view name) {
    constexpr std::string_view kind = "uniform";
    if (name.size() != kind.size() + 1 || !name.starts_with(kind) || name.back() < '2' || name.back() > '8')
        return std::nullopt;
    return static_cast<std::uint8_t>(name.back() - '0');
}

[[nodiscard]] inline std::optional<bias_correction> correction_named(std::string_view name) {
    if (name == "none")
        return bias_correction::none;
    if (name == "analytic")
        return bias_correction::analytic;
    if (name == "empirical")
        return bias_correction::empirical;
    if (name == "moments")
        return bias_correction::moments;
    return std::nullopt;
}

[[nodiscard]] inline std::optional<rounding> rounding_named(std::string_view name) {
    if (name == "nearest")
        return rounding::nearest;
    if (name == "adaptive")
        return rounding::adaptive;
    if (name == "second-order")
        return rounding::second_order;
    return std::nullopt;
}

namespace detail {

/// The weights of `g`, which has codes, rounded as the recipe says.
[[nodiscard]] inline pith::result<pith::graph<float>> rounded(pith::graph<float> g, const weight_recipe& r,
                                                              const weight_material& m) {
    namespace q = pith::quantize;
    if (r.rounding == rounding::adaptive)
        return q::adaptive_rounding{.calibration = m.samples,
                                    .samples = m.sample_count,
                                    .correct_bias = r.correction == bias_correction::empirical}(std::move(g));
    if (r.rounding == rounding::second_order)
        return q::second_order{.calibration = m.samples, .samples = m.sample_count}(g, m.rounded);
    return g;
}

} // namespace detail

/// A simplified network with codes.
[[nodiscard]] inline pith::result<pith::graph<float>>
with_few_bits(pith::graph<float> g, const weight_recipe& r, weight_material m) {
    namespace q = pith::quantize;
    if (r.equalized) {
        auto even = q::equalize{}(g, [&](pith::value_id id, std::size_t c, double factor) {
            m.norms.scale(g[id].name, c, factor);
        });
        if (!even)
            return even.error();
        g = std::move(*even);
    }
    auto coded = q::post_training{.calibration = m.samples,
                                  .samples = m.sample_count,
                                  .activations = {.kind = m.activations},
                                  .weights = {.bits = r.bits, .observed = {.kind = r.range}},
                                  .first_last_bits = r.first_last_bits,
                                  .most_work = m.most_work}(g);
    if (coded)
        coded = detail::rounded(std::move(*coded), r, m);
    const bool corrected = r.correction == bias_correction::empirical && r.rounding != rounding::nearest;
    if (!coded || r.correction == bias_correction::none || corrected)
        return coded;
    if (r.correction == bias_correction::analytic)
        return q::correct_bias_analytic{std::move(m.norms)}(std::move(*coded), g);
    return q::correct_bias{.calibration = m.samples,
                           .samples = m.sample_count,
                           .scales = r.correction == bias_correction::moments}(std::move(*coded), g);
}

/// Adds what became of the layers to the report, and says which kept the nearest codes.
inline void report_rounding(const pith::graph<float>& g,
                            const std::vector<pith::quantize::rounded_layer>& layers, json& report) {
    if (layers.empty())
        return;
    json rows = json::array();
    std::string kept;
    for (const auto& l : layers) {
        const std::string& name = g.nodes[l.node].name;
        json row{{"layer", name}, {"nearest_error", l.nearest}, {"kept_nearest", l.kept_nearest()}};
        if (std::isfinite(l.found))
            row["error"] = l.found;
        rows.push_back(std::move(row));
        kept += l.kept_nearest() ? (kept.empty() ? "" : ", ") + printable(name) : "";
    }
    report["rounding"] = std::move(rows);
    if (!kept.empty())
        say("second-order rounding was no better than nearest on images held back: {}\n", kept);
}

namespace detail {

struct variant {
    std::string name;
    std::optional<weight_recipe> recipe; ///< none: floating point
};

/// What the table shows: every step alone, and then together. Of `base` only the bits count.
[[nodiscard]] inline std::vector<variant> variants_of(const weight_recipe& base, bool has_norms) {
    using enum bias_correction;
    constexpr auto mse = pith::quantize::observer::mse;
    weight_recipe plain{.bits = base.bits, .first_last_bits = base.first_last_bits};
    const auto with = [&](auto change) {
        weight_recipe r = plain;
        change(r);
        return r;
    };
    const auto set_all = [](weight_recipe& r, rounding how) {
        r.range = mse, r.rounding = how, r.correction = empirical;
    };
    const auto all_adaptive = [&](weight_recipe& r) { set_all(r, rounding::adaptive); };
    const auto all_second_order = [&](weight_recipe& r) { set_all(r, rounding::second_order); };
    std::vector<variant> all{{"float", std::nullopt},
                             {"nearest", plain},
                             {"mse range", with([](auto& r) { r.range = mse; })},
                             {"equalized", with([](auto& r) { r.equalized = true; })}};
    if (has_norms)
        all.push_back({"bias, analytic", with([](auto& r) { r.correction = analytic; })});
    all.push_back({"bias, empirical", with([](auto& r) { r.correction = empirical; })});
    all.push_back({"bias and scale", with([](auto& r) { r.correction = moments; })});
    all.push_back({"adaptive", with([](auto& r) { r.rounding = rounding::adaptive; })});
    all.push_back(
        {"adaptive, bias", with([](auto& r) { r.rounding = rounding::adaptive, r.correction = empirical; })});
    all.push_back({"adaptive, bias, mse range", with(all_adaptive)});
    all.push_back({"second-order, bias",
                   with([](auto& r) { r.rounding = rounding::second_order, r.correction = empirical; })});
    all.push_back({"second-order, bias, mse range", with(all_second_order)});
    all.push_back({"all, equalized too", with([&](auto& r) { all_second_order(r), r.equalized = true; })});
    if (base.first_last_bits > base.bits) {
        const std::string everywhere = ", all layers " + std::to_string(base.bits) + " bits";
        plain.first_last_bits = base.bits;
        all.push_back({"nearest" + everywhere, plain});
        all.push_back({"second-order, bias, mse range" + everywhere, with(all_second_order)});
    }
    return all;
}

} // namespace detail

/// Prints the accuracy of every variant's program on `held_out`, and adds it to the report.
[[nodiscard]] inline pith::result<void> print_variants(const pith::graph<float>& g, const weight_recipe& base,
                                                       const weight_material& material,
                                                       const pith::data::dataset& held_out, json& report) {
    say("{:<44} {:>9} {:>8} {:>10} {:>8}\n", "weights", "accuracy", "change", "bytes", "seconds");
    json rows = json::array();
    double whole = 0;
    for (const auto& v : detail::variants_of(base, !material.norms.entries.empty())) {
        const stopwatch watch;
        auto coded = v.recipe ? with_few_bits(g, *v.recipe, material) : pith::result<pith::graph<float>>(g);
        if (!coded)
            return coded.error();
        const double seconds = watch.milliseconds() / 1000;
        const auto bytes = pith::plan::pack(std::move(*coded));
        if (!bytes)
            return bytes.error();
        auto session = pith::run::session::open(*bytes);
        if (!session)
            return session.error();
        std::vector<pith::run::session> sessions;
        sessions.push_back(std::move(*session));
        const auto seen = evaluate(sessions, held_out, held_out.size());
        const double accuracy =
            100. * static_cast<double>(seen.correct) / static_cast<double>(held_out.size());
        whole = v.recipe ? whole : accuracy;
        say("{:<44} {:7.2f} % {:+8.2f} {:>10} {:8.1f}\n", v.name, accuracy, accuracy - whole,
            grouped(bytes->size()), seconds);
        std::fflush(text_stream());
        rows.push_back(json{{"weights", v.name},
                            {"accuracy", accuracy / 100},
                            {"file_bytes", bytes->size()},
                            {"seconds", seconds}});
    }
    report["variants"] = rows;
    return {};
}

} // namespace tool

#endif
