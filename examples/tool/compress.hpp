// SPDX-License-Identifier: MIT
#ifndef PITH_EXAMPLES_TOOL_COMPRESS_HPP
#define PITH_EXAMPLES_TOOL_COMPRESS_HPP
/// `pith compress`: a float ONNX model becomes a .pith program, or an ONNX model with quantised operators.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aware.hpp"
#include "data.hpp"
#include "factorize.hpp"
#include "few_bits.hpp"
#include "model.hpp"
#include "pith/quantize/samples_from_norms.hpp"
#include "prune.hpp"
#include "report.hpp"
#include "verify.hpp"

namespace tool {

struct compress_options {
    std::string model;
    std::string out;
    std::string data;
    std::string normalize = "none";
    std::string quantize; ///< int8, none or keep; empty: keep what is quantised already, else int8
    std::string observer = "minmax";
    std::string json;
    std::vector<std::string> prune{};     ///< steps, see prune.hpp
    std::vector<std::string> factorize{}; ///< steps behind those, see factorize.hpp
    std::optional<bool> refit{};          ///< what is left; empty: where there are images
    std::size_t samples = 0;              ///< 0: 256, or 512 where weights have fewer than 8 bits
    std::string weights = "uniform8";
    std::string rounding;     ///< without training, as the following ones; empty: second-order below 8 bits
    std::string weight_range; ///< empty: minmax for nearest rounding, else mse
    std::string correction;   ///< of biases; empty: empirical below 8 bits
    std::int64_t most_work = 0;
    bool equalized = false;
    unsigned first_last_bits = 8;
    bool variants = false;   ///< print what every step is worth on the held-out images
    std::string activations; ///< with training: what the inputs of inner layers become; empty: as the weights
    std::string first_last_weights;    ///< with training; empty: 8 bits when all is learned
    std::uint64_t curvature_every = 0; ///< with training: epochs
    std::size_t simulated = 0;         ///< held-out images to compare simulation and program on
    std::string operators;             ///< how an .onnx file holds codes: pairs, codes or int4; empty: pairs
    train_options training = aware_defaults();
    bool force = false;
    bool coded = false;                 ///< entropy code the program
    std::string target = "native";      ///< a name of plan::targets
    std::size_t flash = 0;              ///< bytes of the target; 0: no limit
    std::size_t ram = 0;                ///< bytes of the target; 0: no limit
    pith::plan::pack_options packing{}; ///< the target is filled in from the members above
};

[[nodiscard]] inline std::vector<std::string> target_names() {
    std::vector<std::string> names{"native"};
    for (const auto& known : pith::plan::targets)
        names.emplace_back(known.name);
    return names;
}

/// The target that the options name.
[[nodiscard]] inline pith::result<pith::plan::target> target_of(const compress_options& o) {
    pith::plan::target t = pith::plan::native();
    if (o.target != "native") {
        const auto* named = pith::plan::find_target(o.target);
        if (named == nullptr) {
            return unknown_name("there is no --target of that name; `pith compress --help` lists them",
                                o.target, target_names());
        }
        t = *named;
    }
    t.flash_bytes = o.flash;
    t.ram_bytes = o.ram;
    return t;
}

/// What is written: a program, or an ONNX model.
[[nodiscard]] inline pith::result<std::vector<std::byte>> packed(const pith::graph<float>& g,
                                                                 const compress_options& o) {
    if (!is_onnx(o.out)) {
        const auto processor = target_of(o);
        if (!processor)
            return processor.error();
        auto options = o.packing;
        options.processor = *processor;
        return pith::plan::pack(g, options);
    }
    if (o.operators == "int4")
        return pith::io::onnx_bytes(g, {.opset = 21, .int4 = true});
    return pith::io::onnx_bytes(
        g, {.codes = o.operators == "codes" ? pith::io::onnx_codes::operators : pith::io::onnx_codes::pairs});
}

/// Annotates `g` with int8 codes, calibrated on the first `samples` images of `data`.
[[nodiscard]] inline pith::result<pith::graph<float>> quantized(pith::graph<float> g,
                                                                const pith::data::dataset& data,
                                                                std::size_t samples,
                                                                pith::quantize::observer observer) {
    if (g.inputs.size() != 1)
        return pith::fault{pith::errc::unsupported,
                           "calibration from a data set needs a model with one input"};
    const auto images = pith::data::samples_of(data, g[g.inputs[0]].dims);
    const std::size_t total = samples < data.size() ? samples : data.size();
    progress line("calibrate", total);
    return pith::quantize::post_training{
        .calibration =
            [&](std::size_t i) {
                line.reached(i);
                return images(i);
            },
        .samples = total,
        .activations = {.kind = observer},
    }(std::move(g));
}

[[nodiscard]] inline pith::result<weight_recipe> recipe_of(const compress_options& o) {
    const auto bits = uniform_bits(o.weights);
    if (!bits)
        return unknown_name(
            "without --epochs --weights is uniform2 ... uniform8", o.weights,
            {"uniform2", "uniform3", "uniform4", "uniform5", "uniform6", "uniform7", "uniform8"});
    const bool few = *bits < 8;
    const auto how = rounding_named(!o.rounding.empty() ? o.rounding : few ? "second-order" : "nearest");
    if (!how)
        return unknown_name("--rounding is nearest, adaptive or second-order", o.rounding,
                            {"nearest", "adaptive", "second-order"});
    const auto range = pith::quantize::observer_named(!o.weight_range.empty()     ? o.weight_range
                                                      : *how != rounding::nearest ? "mse"
                                                                                  : "minmax");
    if (!range || (*range != pith::quantize::observer::minmax && *range != pith::quantize::observer::mse))
        return unknown_name("--weight-range is minmax or mse", o.weight_range, {"minmax", "mse"});
    const bool corrects = few || *how == rounding::second_order;
    const auto correction = correction_named(!o.correction.empty() ? o.correction
                                             : corrects            ? "empirical"
                                                                   : "none");
    if (!correction)
        return unknown_name("--correct-bias is none, analytic, empirical or moments", o.correction,
                            {"none", "analytic", "empirical", "moments"});
    if (*how == rounding::second_order &&
        (*correction == bias_correction::none || *correction == bias_correction::analytic))
        return pith::fault{
            pith::errc::bad_option,
            "second-order rounding corrects biases itself: --correct-bias is empirical or moments",
            o.correction};
    return weight_recipe{.bits = *bits,
                         .first_last_bits = static_cast<std::uint8_t>(o.first_last_bits),
                         .range = *range,
                         .equalized = o.equalized,
                         .rounding = *how,
                         .correction = *correction};
}

/// The network after the --prune and --factorize steps. Without training batch normalisations are folded
/// first.
[[nodiscard]] inline pith::result<pith::graph<float>> reduced_for(pith::graph<float> g,
                                                                  const compress_options& o, json& report) {
    const auto prune_steps = prune_steps_of(o.prune);
    if (!prune_steps)
        return prune_steps.error();
    const auto factorize_steps = factorize_steps_of(o.factorize);
    if (!factorize_steps)
        return factorize_steps.error();
    pith::result<pith::graph<float>> simple(std::move(g));
    if (o.training.epochs == 0)
        simple = pith::passes::simplify{}(*std::move(simple));
    if (!simple)
        return simple;
    pith::prune::calibration_options look;
    std::optional<pith::data::dataset> images;
    if (!o.data.empty()) {
        auto opened = images_for(*simple, o.data, o.normalize);
        if (!opened)
            return opened.error();
        images = *std::move(opened);
        look.calibration = pith::data::samples_of(*images, (*simple)[simple->inputs[0]].dims);
        look.samples = o.samples != 0 ? o.samples : 256;
    } else if (!o.refit) {
        say("without --data what is left of the weights is not fitted anew\n");
    }
    const bool fit = o.refit.value_or(look.given());
    if (!prune_steps->empty())
        simple = pruned(*std::move(simple), *prune_steps, {images ? &*images : nullptr, look, fit}, report);
    if (simple && !factorize_steps->empty())
        simple = factorized(*std::move(simple), *factorize_steps, look, fit, report);
    return simple;
}

/// The --data that stands for samples made from the model's own batch normalisations.
inline constexpr std::string_view norms_as_data = "norms";

/// Samples to calibrate on: images of a data set, or what the normalisations of `g` remember of theirs.
/// @param simple `g` with its normalisations folded
[[nodiscard]] inline pith::result<pith::quantize::sample_source>
calibration_of(const pith::graph<float>& g, const pith::graph<float>& simple, const compress_options& o,
               std::size_t count) {
    if (o.data == norms_as_data) {
        say("making {} samples from the statistics of the batch normalisations\n", count);
        auto made = pith::quantize::samples_from_norms{.samples = count}(g);
        if (!made)
            return made.error();
        return pith::samples_from(*std::move(made));
    }
    auto opened = images_for(simple, o.data, o.normalize);
    if (!opened)
        return opened.error();
    const auto data =
        std::make_shared<const pith::data::dataset>(*std::move(opened)); // samples_of refers to it
    return pith::quantize::sample_source(
        [data, images = pith::data::samples_of(*data, simple[simple.inputs[0]].dims)](std::size_t i) {
            return images(i);
        });
}

/// How many samples a calibration takes where the options do not say.
[[nodiscard]] inline std::size_t sample_count_of(const compress_options& o, unsigned bits) {
    if (o.samples != 0)
        return o.samples;
    return o.data == norms_as_data ? 128 : bits < 8 ? 512 : 256;
}

/// Codes for a network as it was loaded, without training.
[[nodiscard]] inline pith::result<pith::graph<float>> quantize_for(const pith::graph<float>& g,
                                                                   const compress_options& o, json& report) {
    const auto observer = pith::quantize::observer_named(o.observer);
    if (!observer)
        return unknown_name("--observer is minmax, percentile, mse or entropy", o.observer,
                            {"minmax", "percentile", "mse", "entropy"});
    const auto recipe = recipe_of(o);
    if (!recipe)
        return recipe.error();
    if (o.data.empty())
        return pith::fault{pith::errc::bad_option,
                           "int8 needs calibration images: add --data SET (see `pith compress --help`)"};
    if (o.variants && o.training.validation.empty())
        return pith::fault{pith::errc::bad_option, "--variants needs held-out images: add --validation SET"};
    weight_material material{.norms = pith::quantize::statistics_of_norms(g),
                             .samples = {},
                             .sample_count = sample_count_of(o, recipe->bits),
                             .activations = *observer,
                             .most_work = o.most_work};
    auto simple = pith::passes::simplify{}(g);
    if (!simple)
        return simple;
    const auto samples = calibration_of(g, *simple, o, material.sample_count);
    if (!samples)
        return samples.error();
    progress line("calibrate", material.sample_count);
    material.samples = [&line, &samples = *samples](std::size_t i) {
        line.reached(i);
        return samples(i);
    };
    if (o.variants) {
        const auto held_out = images_for(*simple, o.training.validation, o.normalize);
        if (!held_out)
            return held_out.error();
        if (const auto shown = print_variants(*simple, *recipe, material, *held_out, report); !shown)
            return shown.error();
    }
    std::vector<pith::quantize::rounded_layer> layers;
    material.rounded = [&](const pith::quantize::rounded_layer& l) { layers.push_back(l); };
    auto coded = with_few_bits(*simple, *recipe, std::move(material));
    report_rounding(*simple, layers, report);
    return coded;
}

/// The options of a training on the data that `o` names.
[[nodiscard]] inline train_options training_of(const compress_options& o) {
    train_options t = o.training;
    t.data = o.data;
    t.normalize = o.normalize;
    t.out = o.out;
    return t;
}

[[nodiscard]] inline code_options codes_of(const compress_options& o) {
    return {o.weights, o.activations.empty() ? o.weights : o.activations, o.first_last_weights,
            o.curvature_every};
}

[[nodiscard]] inline pith::result<pith::graph<float>> trained_for(pith::graph<float> g,
                                                                  const compress_options& o) {
    if (o.data.empty())
        return pith::fault{pith::errc::bad_option, "--epochs needs images to learn from: add --data SET"};
    if (!o.quantize.empty() && o.quantize != "int8")
        return pith::fault{pith::errc::bad_option, "--epochs trains in codes; leave --quantize away",
                           o.quantize};
    if (g.inputs.size() != 1)
        return pith::fault{pith::errc::unsupported, "a network to train has one input"};
    return trained_in_codes(std::move(g), codes_of(o), training_of(o));
}

/// Simulation beside execution, where that is asked for.
[[nodiscard]] inline pith::result<void> show_simulation(const pith::graph<float>& g, pith::bytes_view program,
                                                        const compress_options& o, json& report) {
    if (o.simulated == 0)
        return {};
    const auto options = training_of(o);
    const auto images =
        labelled_data(options.validation.empty() ? options.data : options.validation, options, g);
    if (!images)
        return images.error();
    const auto v = verify(g, program, *images, o.simulated);
    if (!v)
        return v.error();
    say("{} images: simulated {:.2f} %, executed {:.2f} %, the same bits on {}\n", v->images,
        v->percent(v->simulated_right), v->percent(v->executed_right), v->same_bits);
    report["simulated_accuracy"] = v->percent(v->simulated_right) / 100;
    report["accuracy"] = v->percent(v->executed_right) / 100;
    report["same_bits"] = v->same_bits;
    report["images"] = v->images;
    return {};
}

/// What is done about codes: int8, none or keep.
[[nodiscard]] inline pith::result<std::string> code_choice(const pith::graph<float>& g,
                                                           const compress_options& o) {
    const bool has_codes = pith::passes::has_codes(g);
    if (o.quantize == "keep" && !has_codes)
        return pith::fault{pith::errc::bad_option, "the model has no codes to keep", o.model};
    if (!o.quantize.empty() || o.training.epochs > 0 || !has_codes)
        return o.quantize.empty() ? std::string("int8") : o.quantize;
    if (!o.data.empty())
        return pith::fault{
            pith::errc::bad_option,
            "the model is quantised already: --quantize int8 quantises it anew, keep keeps its "
            "codes",
            o.model};
    say("the model is quantised already; its codes are kept\n");
    return std::string("keep");
}

/// What is wrong with the --prune and --factorize steps.
[[nodiscard]] inline pith::result<void> check_reduction(const compress_options& o) {
    const auto steps = prune_steps_of(o.prune);
    if (!steps)
        return steps.error();
    for (const auto& s : *steps)
        if (needs_samples(s) && o.data.empty())
            return pith::fault{pith::errc::bad_option, "obs and taylor look at samples: add --data SET",
                               s.text};
    if (const auto factors = factorize_steps_of(o.factorize); !factors)
        return factors.error();
    const bool none = steps->empty() && o.factorize.empty();
    if (!none && o.quantize == "keep")
        return pith::fault{pith::errc::bad_option,
                           "--prune and --factorize change weights, --quantize keep keeps them"};
    if (o.refit && none)
        return pith::fault{pith::errc::bad_option,
                           "--refit and --no-refit mean nothing without --prune or --factorize"};
    if (o.refit.value_or(false) && o.data.empty())
        return pith::fault{pith::errc::bad_option, "--refit looks at samples: add --data SET"};
    return {};
}

/// Names of methods, which need no model to be found wrong.
[[nodiscard]] inline pith::result<void> check_methods(const compress_options& o) {
    if (const auto right = check_reduction(o); !right)
        return right.error();
    if (const auto processor = target_of(o); !processor)
        return processor.error();
    if (o.training.epochs == 0) {
        const auto recipe = recipe_of(o);
        return recipe ? pith::result<void>{} : recipe.error();
    }
    const auto steps = steps_of(codes_of(o));
    if (!steps)
        return steps.error();
    for (const auto& step : *steps)
        if (const auto quantizers = quantizers_of(step); !quantizers)
            return quantizers.error();
    return {};
}

/// Samples without labels and without an end are for calibration alone.
[[nodiscard]] inline pith::result<void> check_norms(const compress_options& o) {
    const bool looks = o.training.epochs != 0 || !o.prune.empty() || !o.factorize.empty();
    const bool simulates = o.simulated != 0 && o.training.validation.empty();
    if (o.data == norms_as_data && (looks || simulates))
        return pith::fault{
            pith::errc::bad_option,
            "--data norms calibrates; training, --prune, --factorize and --simulate need images",
            "--data norms"};
    return {};
}

/// What is wrong with the options, before any work.
[[nodiscard]] inline pith::result<void> check_options(const compress_options& o) {
    using pith::errc;
    using pith::fault;
    if (!o.out.ends_with(".pith") && !is_onnx(o.out))
        return fault{errc::bad_option, "--out must end in .pith or .onnx", o.out};
    if (!o.operators.empty() && o.operators != "pairs" && o.operators != "codes" && o.operators != "int4")
        return unknown_name("--onnx is pairs, codes or int4", o.operators, {"pairs", "codes", "int4"});
    if (o.coded && is_onnx(o.out))
        return fault{errc::bad_option, "--code makes a stored program: --out FILE.pith", o.out};
    if (!o.operators.empty() && !is_onnx(o.out))
        return fault{errc::bad_option, "--onnx says how an .onnx file is written", o.out};
    if (o.simulated != 0 && is_onnx(o.out))
        return fault{errc::bad_option, "--simulate compares with a program: --out FILE.pith", o.out};
    if (!o.quantize.empty() && o.quantize != "int8" && o.quantize != "none" && o.quantize != "keep")
        return unknown_name("--quantize is int8, none or keep", o.quantize, {"int8", "none", "keep"});
    if (!is_onnx(o.model))
        return fault{errc::bad_option, "compress reads .onnx models", o.model};
    PITH_TRY(check_norms(o));
    return check_methods(o);
}

/// Writes the program or model, entropy coded where that was asked for, and reports its size.
[[nodiscard]] inline pith::result<void> write_compressed(const std::vector<std::byte>& bytes,
                                                         std::size_t onnx_bytes, const compress_options& o,
                                                         json& report) {
    const auto file = o.coded ? pith::plan::store(bytes) : pith::result<std::vector<std::byte>>(bytes);
    if (!file)
        return file.error();
    PITH_TRY(pith::io::write_file(o.out, *file));
    const double ratio = static_cast<double>(file->size()) / static_cast<double>(onnx_bytes);
    say("{}: {} bytes, {:.3f} of {}'s {}\n", printable(o.out), grouped(file->size()), ratio,
        printable(o.model), grouped(onnx_bytes));
    if (o.coded)
        say("opened, the program takes {} bytes\n", grouped(bytes.size()));
    report["file_bytes"] = file->size();
    report["program_bytes"] = bytes.size();
    report["onnx_bytes"] = onnx_bytes;
    report["ratio"] = ratio;
    return {};
}

inline exit_code run_compress(const compress_options& o) {
    if (const auto right = check_options(o); !right)
        return refuse(right.error());
    const auto files = file_list(o.force)
                           .read(o.model)
                           .read(o.training.teacher)
                           .read_data(o.data)
                           .read_data(o.training.validation)
                           .write({o.out, o.training.checkpoint})
                           .write_report(o.json)
                           .check();
    if (!files)
        return refuse(files.error());
    auto onnx = pith::io::read_file(o.model);
    if (!onnx)
        return refuse(onnx.error());
    const std::size_t onnx_bytes = onnx->size();
    json report = json::object();
    auto g = pith::io::parse_onnx(*onnx).and_then(pith::passes::as_float32{});
    if (!g)
        return refuse(g.error());
    const auto codes = code_choice(*g, o);
    if (!codes)
        return refuse(codes.error());
    if (*codes != "keep")
        g = pith::passes::forget_codes{}(std::move(*g));
    if (g && !(o.prune.empty() && o.factorize.empty()))
        g = reduced_for(std::move(*g), o, report);
    if (g && o.training.epochs > 0)
        g = trained_for(std::move(*g), o);
    else if (g && *codes == "int8")
        g = quantize_for(*g, o, report);
    else if (g)
        g = pith::passes::simplify{}(std::move(*g));
    if (!g)
        return refuse(g.error());
    const auto bytes = packed(*g, o);
    if (!bytes)
        return refuse(bytes.error());
    if (const auto written = write_compressed(*bytes, onnx_bytes, o, report); !written)
        return refuse(written.error());
    if (const auto shown = show_simulation(*g, *bytes, o, report); !shown)
        return refuse(shown.error());
    if (const auto written = write_report(o.json, report); !written)
        return refuse(written.error());
    return done;
}

} // namespace tool

#endif
