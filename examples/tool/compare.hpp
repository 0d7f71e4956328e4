// SPDX-License-Identifier: MIT
#ifndef PITH_EXAMPLES_TOOL_COMPARE_HPP
#define PITH_EXAMPLES_TOOL_COMPARE_HPP
/// `pith compare`: what few bits do to networks, side by side. A network trained on glyphs drawn by code is
/// compressed by every method; with a folder of real data, trained models are shown in float and in int8.

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "../glyphs_net.hpp"
#include "aware.hpp"
#include "compress.hpp"
#include "evaluate.hpp"
#include "resize.hpp"

namespace tool {

namespace detail {

/// One row of the demonstration.
struct candidate {
    std::string name;
    pith::graph<float> network;
    std::size_t file_bytes = 0; ///< of the model as it came; 0: it came from no file
    pith::data::dataset calibration;
    pith::data::dataset test;
};

struct side {
    std::size_t file_bytes = 0;
    std::size_t weight_bytes = 0;
    std::size_t arena_bytes = 0;
    spread ms;
    evaluation seen;
};

constexpr std::size_t calibration_images = 256;
constexpr std::size_t most_images = 10000;

inline pith::result<side> measure_side(const pith::graph<float>& g, const pith::data::dataset& test) {
    const auto bytes = pith::plan::pack(g);
    if (!bytes)
        return bytes.error();
    auto opened = pith::run::session::open(*bytes);
    if (!opened)
        return opened.error();
    std::vector<pith::run::session> sessions;
    sessions.push_back(std::move(*opened));
    const std::size_t count = std::min(most_images, test.size());
    side s;
    s.seen = evaluate(sessions, test, count);
    s.ms = spread_of(s.seen.milliseconds);
    s.file_bytes = bytes->size();
    s.weight_bytes = weight_bytes(sessions[0].program());
    s.arena_bytes = sessions[0].program().arena_bytes();
    return s;
}

/// How well a side decides.
struct quality {
    const char* measure; ///< accuracy, agreement (with the float side) or reference
    double share = 1;

    [[nodiscard]] std::string text() const {
        const std::string_view of = measure;
        return of == "reference" ? std::string(of)
                                 : fmt::format("{:.2f} %{}", 100 * share, of == "agreement" ? " same" : "");
    }
};

inline quality accuracy_of(const side& s) {
    return {"accuracy", static_cast<double>(s.seen.correct) / static_cast<double>(s.seen.predicted.size())};
}

/// Without labels: how often the best class is the float network's.
inline quality agreement_of(const side& small, const side& large) {
    std::size_t same = 0;
    for (std::size_t i = 0; i < small.seen.predicted.size(); ++i)
        same += small.seen.predicted[i] == large.seen.predicted[i] ? 1u : 0u;
    return {"agreement", static_cast<double>(same) / static_cast<double>(small.seen.predicted.size())};
}

/// One row, printed and added to `rows`. @param large the float side of the same network
inline void show_side(json& rows, const std::string& network, const std::string& kind, const side& s,
                      const quality& q, const side& large) {
    const double speed_up = large.ms.median / s.ms.median;
    say("{:<14} {:<13} {:<12} {:>10} {:>10} {:>9} {:>10.4f} {:>8.2f}x\n", kind == "float" ? network : "",
        kind, q.text(), grouped(s.file_bytes), grouped(s.weight_bytes), grouped(s.arena_bytes), s.ms.median,
        speed_up);
    std::fflush(text_stream());
    rows.push_back(json{{"network", network},
                        {"kind", kind},
                        {q.measure, q.share},
                        {"file_bytes", s.file_bytes},
                        {"weight_bytes", s.weight_bytes},
                        {"arena_bytes", s.arena_bytes},
                        {"ms_per_image", s.ms.to_json()},
                        {"speed_up", speed_up}});
}

/// @return the float side
inline pith::result<side> show(const candidate& c, json& rows) {
    auto small_graph =
        quantized(c.network, c.calibration, calibration_images, pith::quantize::observer::minmax);
    if (!small_graph)
        return small_graph.error();
    auto large = measure_side(c.network, c.test);
    if (!large)
        return large.error();
    const auto small = measure_side(*small_graph, c.test);
    if (!small)
        return small.error();
    if (c.file_bytes != 0)
        large->file_bytes = c.file_bytes;
    const bool labelled = c.test.labelled();
    show_side(rows, c.name, "float", *large, labelled ? accuracy_of(*large) : quality{"reference"}, *large);
    show_side(rows, c.name, "int8", *small, labelled ? accuracy_of(*small) : agreement_of(*small, *large),
              *large);
    return large;
}

/// A model of the data folder and the images it is shown.
struct recipe {
    const char* name;
    const char* onnx;
    std::string calibration;
    std::string test;
    const char* normalize;
    int resize = 1; ///< images are enlarged so many times, and lose their labels
};

inline std::vector<recipe> recipes_in(const std::filesystem::path& data) {
    const std::string cifar = "cifar10:" + (data / "cifar10").string();
    const std::string mnist = (data / "mnist").string();
    const std::string seen = cifar + "/data_batch_1.bin";
    const std::string held_out = cifar + "/data_batch_5.bin";
    return {
        {"resnet8", "mlperf-tiny/resnet8_cifar10.onnx", seen, held_out, "none"},
        {"resnet20", "cifar-resnet/resnet20.onnx", seen, held_out, "imagenet"},
        {"mnist-cntk", "mnist-cntk/model.onnx", "mnist-train:" + mnist, "mnist:" + mnist, "none"},
        {"mnist-burn", "mnist-burn/mnist.onnx", "mnist-train:" + mnist, "mnist:" + mnist, "0.1307/0.3081"},
        {"mobilenet-vww", "mlperf-tiny/mobilenetv1_025_vww96.onnx", seen, held_out, "unit", 3},
    };
}

inline pith::result<pith::data::dataset> open(const std::string& spec, const recipe& r) {
    const auto normalize = pith::data::parse_normalization(r.normalize);
    if (!normalize)
        return normalize.error();
    if (r.resize > 1)
        return resized(spec, r.resize, r.test == spec ? 1000 : calibration_images, *normalize);
    return pith::data::open_dataset(spec, {.normalize = *normalize});
}

inline pith::result<candidate> load(const std::filesystem::path& data, const recipe& r) {
    const std::string path = (data / "models" / r.onnx).string();
    auto network = load_graph(path);
    if (!network)
        return network.error();
    auto calibration = open(r.calibration, r);
    if (!calibration)
        return calibration.error();
    auto test = open(r.test, r);
    if (!test)
        return test.error();
    std::error_code error;
    const auto bytes = std::filesystem::file_size(path, error);
    return candidate{r.name, std::move(*network), error ? 0 : static_cast<std::size_t>(bytes),
                     std::move(*calibration), std::move(*test)};
}

/// Weights and activations of the rows below int8.
constexpr std::pair<const char*, const char*> few_bits[] = {
    {"lsq4", "lsq4"},    {"apot4", "apot4"}, {"pact4", "pact4"},   {"dorefa4", "dorefa4"},
    {"kmeans4", "lsq4"}, {"lsq2", "lsq2"},   {"apot2", "apot2"},   {"ewgs2", "ewgs2"},
    {"ternary", "lsq4"}, {"binary", "lsq8"}, {"binary", "binary"},
};

/// The trained network goes on learning in codes for an epoch.
inline pith::result<pith::graph<float>> glyphs_in_codes(const pith::graph<float>& trained,
                                                        const code_options& codes, const candidate& c) {
    auto options = pith::examples::glyphs_net{}.options();
    const learning wanted = learning_of(codes);
    const auto optimizer = optimizer_of(aware_defaults(), wanted);
    if (!optimizer)
        return optimizer.error();
    options.optimizer = *optimizer;
    options.rate = wanted.rate;
    options.range_rate = wanted.range_rate;
    options.schedule = pith::train::cosine_rate{};
    options.epochs = 1;
    auto t = trainer_in_codes(trained, codes, options);
    if (!t)
        return t.error();
    const pith::examples::first_images some{c.calibration, 4000};
    if (const auto last = pith::train::fit(*t, some, pith::examples::first_images{c.calibration, 50}); !last)
        return last.error();
    PITH_TRY(t->reestimate_statistics(some, 20));
    return committed(*t, c.calibration, 64);
}

/// The network in int8 with half of it gone, without training.
inline pith::result<void> show_halves(const candidate& c, const side& large, json& rows) {
    namespace prune = pith::prune;
    const prune::calibration_options look{
        .calibration = pith::data::samples_of(c.calibration, c.network[c.network.inputs[0]].dims),
        .samples = calibration_images};
    const prune::refit fit{look};
    const std::pair<const char*, pith::result<pith::graph<float>>> halves[] = {
        {"half zeros", prune::refitted{prune::magnitude{.remove = 0.5f}, fit}(c.network)},
        {"half tiles", prune::refitted{prune::tiles{.inputs = 4, .remove = 0.5f}, fit}(c.network)},
        {"half channels",
         prune::channels{.criterion = prune::obs{}, .remove = 0.5f, .look = look}(c.network)},
        {"3x1 and 1x3", pith::factorize::spatial{.remove_macs = 0.5f, .look = look}(c.network)},
    };
    for (const auto& [kind, g] : halves) {
        if (!g) {
            say("{:<14} {:<13} {}\n", "", kind, text_of(g.error()));
            continue;
        }
        const auto coded = quantized(*g, c.calibration, calibration_images, pith::quantize::observer::minmax);
        if (!coded)
            return coded.error();
        const auto small = measure_side(*coded, c.test);
        if (!small)
            return small.error();
        show_side(rows, c.name, kind, *small, accuracy_of(*small), large);
    }
    return {};
}

inline pith::result<void> show_glyphs(json& rows) {
    const auto trained = pith::examples::glyphs_net{}.fit();
    if (!trained)
        return trained.error();
    auto network = pith::passes::simplify{}(*trained);
    auto calibration = pith::examples::glyph_images("glyphs-train");
    auto test = pith::examples::glyph_images("glyphs");
    if (!network || !calibration || !test)
        return !network ? network.error() : !calibration ? calibration.error() : test.error();
    const candidate c{"glyphs", std::move(*network), 0, std::move(*calibration), std::move(*test)};
    const auto large = show(c, rows);
    if (!large)
        return large.error();
    PITH_TRY(show_halves(c, *large, rows));
    for (const auto& [weights, activations] : few_bits) {
        const auto g = glyphs_in_codes(*trained, {weights, activations}, c);
        if (!g)
            return g.error();
        const auto small = measure_side(*g, c.test);
        if (!small)
            return small.error();
        const bool both = std::string_view(activations) == "binary";
        const std::string kind =
            std::string(weights) + "/" + (both ? "1" : activations + std::strlen(activations) - 1);
        show_side(rows, c.name, kind, *small, accuracy_of(*small), *large);
    }
    return {};
}

inline exit_code demonstrate(pith::result<candidate> c, json& rows) {
    if (!c)
        return refuse(c.error());
    const auto shown = show(*c, rows);
    return shown ? done : refuse(shown.error());
}
inline exit_code demonstrate_glyphs(json& rows) {
    const auto shown = show_glyphs(rows);
    return shown ? done : refuse(shown.error());
}

} // namespace detail

struct compare_options {
    std::string data; ///< folder of models and images; empty: $PITH_DATA, and glyphs alone without it
    std::string json;
};

inline exit_code run_compare(const compare_options& o) {
    if (const auto files = file_list(false).write_report(o.json).check(); !files)
        return refuse(files.error());
    const char* given = std::getenv("PITH_DATA");
    const std::string data = !o.data.empty() || given == nullptr ? o.data : given;
    say("{:<14} {:<13} {:<12} {:>10} {:>10} {:>9} {:>10} {:>9}\n", "network", "", "accuracy", "file",
        "weights", "arena", "ms/image", "speed");
    json rows = json::array();
    exit_code worst = detail::demonstrate_glyphs(rows);
    if (data.empty())
        say("(set PITH_DATA to a folder of real models and images to see those too)\n");
    else
        for (const auto& r : detail::recipes_in(data))
            worst = std::max(worst, detail::demonstrate(detail::load(data, r), rows));
    if (const auto written = write_report(o.json, {{"rows", rows}}); !written)
        return refuse(written.error());
    if (data.empty())
        return worst;
    say("bytes; one thread; accuracy on held-out images; resnet20 was trained on the images it is shown\n"
        "here, so only its difference counts; mobilenet-vww: how often its int8 decision is the float one,\n"
        "on enlarged photographs\n");
    return worst;
}

} // namespace tool

#endif
