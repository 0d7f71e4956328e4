// SPDX-License-Identifier: MIT
// The command-line tool: inspect, compress, run, evaluate and compare models; list kernels.

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <new>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "pith/compiled.hpp"
#include "tool/against.hpp"
#include "tool/compare.hpp"
#include "tool/compress.hpp"
#include "tool/diff.hpp"
#include "tool/evaluate.hpp"
#include "tool/kernels.hpp"
#include "tool/run.hpp"
#include "tool/search.hpp"
#include "tool/sensitivity.hpp"
#include "tool/train.hpp"

namespace {

const char* const data_help = "cifar10:FILE[,FILE...], cifar100:FILE, cifar100-coarse:FILE, mnist:DIR, "
                              "idx:IMAGES,LABELS, npy:IMAGES,LABELS, glyphs[:SEED] or "
                              "random[:SEED] (noise, for timing only)";
constexpr int most_threads = 256;
const char* const normalize_help = "none, unit (x/255), imagenet, or MEAN,.../STD,... of x/255";

void add_json(CLI::App& verb, std::string& json) {
    verb.add_option("--json", json,
                    "write the report there as JSON; - is standard output, which then holds nothing else");
}

void add_force(CLI::App& verb, bool& force) {
    verb.add_flag("--force", force, "write also over files that are read");
}

void add_kernels(CLI::App& verb, std::string& kernels) {
    verb.add_option("--kernels", kernels, "hold to slower kernels; `pith kernels` lists the names");
}

void declare(CLI::App& verb, tool::inspect_options& o) {
    verb.add_option("MODEL", o.model, ".onnx or .pith")->required();
    verb.add_option("--against", o.against,
                    "what was made of an .onnx MODEL (.onnx or .pith): how its nodes map, operators, sizes");
    add_kernels(verb, o.kernels);
    add_force(verb, o.force);
    add_json(verb, o.json);
}

/// How a network learns, for every verb that trains.
/// @returns the options that mean something only to a training
std::vector<CLI::Option*> add_training(CLI::App& verb, tool::train_options& o) {
    verb.add_option("--validation", o.validation, "held-out images; the training images without it");
    const std::size_t before = verb.get_options().size();
    verb.add_option("--batch", o.batch, "images per step")->check(CLI::PositiveNumber)->capture_default_str();
    verb.add_option("--optimizer", o.optimizer, "sgd (the default; of ewgs adam) or adam");
    verb.add_option("--rate", o.rate,
                    "highest learning rate (0.1; of lenet5 0.02; in codes 0.02, of ewgs 0.001)")
        ->check(CLI::PositiveNumber);
    verb.add_option("--schedule", o.schedule, "one-cycle, cosine, step or constant")->capture_default_str();
    verb.add_option("--momentum", o.momentum, "of sgd")->check(CLI::Range(0.0, 1.0))->capture_default_str();
    verb.add_option("--decay", o.decay, "weight decay")->check(CLI::NonNegativeNumber)->capture_default_str();
    verb.add_option("--smoothing", o.smoothing, "of labels")
        ->check(CLI::Range(0.0, 0.9))
        ->capture_default_str();
    verb.add_option("--translate", o.translate, "shift images by up to so many pixels")
        ->check(CLI::NonNegativeNumber);
    verb.add_flag("--flip", o.flip, "mirror every second image");
    verb.add_option("--cutout", o.cutout, "side of a square cut out of images")
        ->check(CLI::NonNegativeNumber);
    auto* const teacher = verb.add_option(
        "--teacher", o.teacher, ".onnx model or .pith program (quantised, say) to learn from as well");
    verb.add_option("--teacher-loss", o.teacher_loss,
                    "soft: Hinton's targets; decoupled: Zhao's, whose weight grows over 20 epochs")
        ->needs(teacher)
        ->capture_default_str();
    verb.add_option("--temperature", o.temperature, "of the teacher's soft targets")
        ->needs(teacher)
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    verb.add_option("--teacher-weight", o.teacher_weight, "of the teacher's loss against the labels'")
        ->needs(teacher)
        ->check(CLI::Range(0.0, 1.0))
        ->capture_default_str();
    verb.add_option("--seed", o.seed, "of weights, order and changes of images")->capture_default_str();
    verb.add_option("--threads", o.threads, "cores to use, up to 256; 0, the default: all of them")
        ->check(CLI::Range(0, most_threads));
    auto* const checkpoint = verb.add_option("--checkpoint", o.checkpoint, "file written after every epoch");
    verb.add_flag("--resume", o.resume, "go on from the checkpoint")->needs(checkpoint);
    const auto all = verb.get_options();
    return {all.begin() + static_cast<std::ptrdiff_t>(before), all.end()};
}

void declare(CLI::App& verb, tool::train_options& o) {
    verb.add_option("--model", o.model,
                    fmt::format("{}, or an .onnx file", fmt::join(tool::model_names, ", ")))
        ->required();
    verb.add_option("--classes", o.classes, "of the model, where it is not an .onnx file")
        ->check(CLI::PositiveNumber);
    verb.add_option("--data", o.data, data_help)->required();
    verb.add_option("--normalize", o.normalize, normalize_help)->capture_default_str();
    verb.add_option("--out", o.out,
                    ".onnx file to write what was learned to; this or --checkpoint is required");
    verb.add_option("--epochs", o.epochs, "passes over the data")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    add_training(verb, o);
    add_force(verb, o.force);
    add_json(verb, o.json);
}

/// How weights lose bits without training.
std::vector<CLI::Option*> add_few_bits(CLI::App& verb, tool::compress_options& o) {
    return {
        verb.add_option("--samples", o.samples, "calibration images (256; 512 for weights below 8 bits)")
            ->check(CLI::PositiveNumber),
        verb.add_option(
            "--most-work", o.most_work,
            "multiply-adds, or as much, that one calibration image may take (0: what the model's size "
            "justifies)"),
        verb.add_option("--observer", o.observer, "minmax, percentile, mse or entropy")
            ->capture_default_str(),
        verb.add_option("--weight-range", o.weight_range, "minmax (the default for nearest rounding) or mse"),
        verb.add_option("--rounding", o.rounding,
                        "of weights: nearest, adaptive or second-order (the default below 8 bits)"),
        verb.add_option("--correct-bias", o.correction,
                        "none, analytic, empirical (the default below 8 bits) or moments"),
        verb.add_flag("--equalize", o.equalized, "even out channels between layers first"),
        verb.add_option("--first-last-bits", o.first_last_bits,
                        "of the first and the last layer's weights, if more than the others'")
            ->check(CLI::Range(0, 8))
            ->capture_default_str(),
        verb.add_flag("--variants", o.variants,
                      "print what each of these steps is worth on the --validation images"),
    };
}

/// An option that would change nothing is a mistake.
void forbid_without_codes(CLI::App& verb, const tool::compress_options& o,
                          std::vector<CLI::Option*> of_codes) {
    verb.parse_complete_callback([&o, of_codes = std::move(of_codes)] {
        for (const auto* option : of_codes)
            if ((o.quantize == "none" || o.quantize == "keep") && option->count() != 0)
                throw CLI::ValidationError(option->get_name(), "means nothing with --quantize " + o.quantize);
    });
}

void declare(CLI::App& verb, tool::compress_options& o) {
    verb.add_option("IN", o.model, ".onnx model")->required();
    verb.add_option("--out", o.out, "file to write, ending in .pith or .onnx")->required();
    verb.add_option("--data", o.data,
                    std::string("required for int8, and with --epochs; norms: samples made from batch "
                                "normalisations, for int8 without data; or ") +
                        data_help);
    verb.add_option("--normalize", o.normalize, normalize_help)->capture_default_str();
    verb.add_option(
        "--quantize", o.quantize,
        "int8, none or keep. The default is int8; a model that is quantised already keeps its codes "
        "unless this says otherwise (int8: anew, from the numbers that its codes stand for)");
    verb.add_option("--onnx", o.operators,
                    "how an .onnx file holds codes: pairs (QuantizeLinear and DequantizeLinear around real "
                    "operators; the default), codes (QLinearConv and its kin) or int4 (pairs, small weights "
                    "in four bits)");
    verb.add_option(
        "--prune", o.prune,
        "steps that come first, in this order: magnitude:SHARE, global:SHARE, lamp:SHARE (each with :all "
        "also in the first, the last and small layers), nm:N:M, block:ROWSxCOLUMNS:SHARE, "
        "tile:OUTPUTSxINPUTS:SHARE, obs:SHARE, obs:N:M, zeros (what the model has is kept), "
        "channels:CRITERION:SHARE[:MULTIPLE] with l1, l2, fpgm, norm or obs (obs needs --data)");
    verb.add_option(
        "--factorize", o.factorize,
        "steps behind those: spatial:SHARE[:MULTIPLE] makes 3 x 1 and 1 x 3 of 3 x 3 convolutions, "
        "channels:SHARE[:MULTIPLE] a thinner convolution and 1 x 1; SHARE of the multiply-adds "
        "goes, ranks are multiples of MULTIPLE (8)");
    verb.add_flag_callback(
        "--refit", [&o] { o.refit = true; },
        "fit what is left of reduced layers to what they gave; so it is where there is --data");
    verb.add_flag_callback(
        "--no-refit", [&o] { o.refit = false; }, "leave it as it is");
    auto* const weights =
        verb.add_option("--weights", o.weights,
                        "uniform2 ... uniform8; with --epochs also lsq, apot, ewgs, pact, dorefa or kmeans "
                        "with a number of bits, ternary or binary; several (lsq4,lsq2) are trained one after "
                        "the other")
            ->capture_default_str();
    verb.add_option("--target", o.target,
                    fmt::format("processor to pack for, whatever the host: {}",
                                fmt::join(tool::target_names(), ", ")))
        ->capture_default_str();
    verb.add_option("--flash", o.flash, "bytes the .pith file may take; refused beyond");
    verb.add_option("--ram", o.ram, "bytes the arena may take; refused beyond");
    verb.add_flag("--quantized-inputs", o.packing.code_inputs,
                  "the program takes encoded inputs as uint8 codes");
    verb.add_flag("--quantized-outputs", o.packing.code_outputs,
                  "the program gives encoded outputs as uint8 codes");
    verb.add_flag("--overwrite-inputs", o.packing.reuse_inputs,
                  "a run may overwrite its inputs: a smaller arena");
    verb.add_flag("!--no-names", o.packing.names, "leave the names of layers out of the .pith file");
    verb.add_flag(
        "--code", o.coded,
        "entropy code the .pith file: smaller to store and to send, expanded once when it is opened");
    verb.add_option("--simulate", o.simulated,
                    "images (held-out ones where there are) to compare the simulation with the program on");
    auto* const epochs =
        verb.add_option("--epochs", o.training.epochs,
                        "passes over the data in which the network goes on learning, in codes")
            ->check(CLI::PositiveNumber);
    auto* const activations = verb.add_option(
        "--activations", o.activations,
        "lsq, apot, ewgs, pact, dorefa or uniform with a number of bits, or float; one, or as "
        "many as --weights");
    auto* const outer =
        verb.add_option("--first-last-weights", o.first_last_weights,
                        "of the first and the last layer, as --weights; unless given they learn in float and "
                        "get 8 bits at the end");
    auto* const curvature =
        verb.add_option(
                "--curvature-every", o.curvature_every,
                "epochs after which ewgs adapts its delta to the loss's curvature; never unless given")
            ->check(CLI::PositiveNumber);
    add_force(verb, o.force);
    add_json(verb, o.json);
    verb.option_defaults()->group("Without --epochs");
    auto of_codes = add_few_bits(verb, o);
    for (auto* option : of_codes)
        option->excludes(epochs);
    of_codes.insert(of_codes.end(), {weights, epochs});
    forbid_without_codes(verb, o, std::move(of_codes));
    verb.option_defaults()->group("With --epochs");
    for (auto* option : {activations, outer, curvature})
        option->group("With --epochs")->needs(epochs);
    for (auto* option : add_training(verb, o.training))
        option->needs(epochs);
    verb.get_option("--validation")->group("Options");
}

void declare(CLI::App& verb, tool::run_options& o) {
    verb.add_option("MODEL", o.model, ".onnx or .pith")->required();
    verb.add_option("--input", o.inputs, ".npy or .pb files, one for each input");
    verb.add_option("--output", o.outputs, "files for the outputs");
    verb.add_option("--expect", o.expect, "files the outputs must agree with; exit code 3 if not");
    verb.add_option("--rtol", o.rtol, "relative tolerance")->capture_default_str();
    verb.add_option("--atol", o.atol, "absolute tolerance")->capture_default_str();
    verb.add_option("--dump", o.dump, "folder to write every value to, as .npy, for `pith diff`");
    verb.add_option("--repeat", o.repeat, "timed runs (100 without --input, none with)")
        ->check(CLI::PositiveNumber);
    verb.add_flag("--layers", o.layers, "time every layer");
    add_kernels(verb, o.kernels);
    add_force(verb, o.force);
    add_json(verb, o.json);
}

void declare(CLI::App& verb, tool::diff_options& o) {
    verb.add_option("A", o.a, "the reference: .onnx, .pith or a folder of dumps (NAME.npy or NAME.pb)")
        ->required();
    verb.add_option("B", o.b, "what is compared with it: the same")->required();
    verb.add_option("--model", o.model, ".onnx model that names the values where A and B cannot");
    verb.add_option("--data", o.data, data_help);
    verb.add_option("--normalize", o.normalize, normalize_help)->capture_default_str();
    verb.add_option("--samples", o.samples, "images of the data")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    verb.add_option("--input", o.inputs, ".npy or .pb files instead of --data, one for each input");
    verb.add_option("--sqnr-at-least", o.least, "decibels; exit code 3 if any value has less");
    add_force(verb, o.force);
    add_json(verb, o.json);
}

void declare(CLI::App& verb, tool::evaluate_options& o) {
    verb.add_option("MODEL", o.model, ".onnx or .pith")->required();
    verb.add_option("--data", o.data, data_help)->required();
    verb.add_option("--limit", o.limit, "only the first images")->check(CLI::PositiveNumber);
    verb.add_option("--normalize", o.normalize, normalize_help)->capture_default_str();
    verb.add_option("--threads", o.threads, "images at a time")
        ->check(CLI::Range(1, most_threads))
        ->capture_default_str();
    add_kernels(verb, o.kernels);
    add_force(verb, o.force);
    add_json(verb, o.json);
}

void declare(CLI::App& verb, tool::search_options& o) {
    verb.add_option("IN", o.model, ".onnx model")->required();
    verb.add_option("--out", o.out, "file to write, ending in .pith")->required();
    verb.add_option("--data", o.data,
                    std::string("images to calibrate and to measure losses on: ") + data_help)
        ->required();
    verb.add_option("--validation", o.validation, "held-out images to print the accuracy on");
    verb.add_option("--normalize", o.normalize, normalize_help)->capture_default_str();
    verb.add_option("--bytes", o.bytes, "that the program may take: 60000, 60K, 1M")
        ->transform(CLI::AsSizeValue(false));
    verb.add_option("--samples", o.samples, "calibration images")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    verb.add_option("--plan", o.plan, "plan file to follow: the same program again, without a search");
    verb.add_option("--save-plan", o.save_plan, "file to write the plan that was found to");
    add_force(verb, o.force);
    add_json(verb, o.json);
}

void declare(CLI::App& verb, tool::sensitivity_options& o) {
    verb.add_option("IN", o.model, ".onnx model")->required();
    verb.add_option("--data", o.data,
                    std::string("images to fit layers to and to compare outputs on: ") + data_help)
        ->required();
    verb.add_option("--normalize", o.normalize, normalize_help)->capture_default_str();
    verb.add_option("--criterion", o.criterion, "which channels go first")
        ->check(CLI::IsMember(tool::detail::criterion_names()))
        ->capture_default_str();
    verb.add_option("--shares", o.shares, "of the channels of a group that go")
        ->delimiter(',')
        ->check(CLI::Range(0.f, 1.f))
        ->capture_default_str();
    verb.add_option("--multiple", o.multiple_of, "widths stay multiples of it")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    verb.add_option("--samples", o.samples, "images that layers are fitted to")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    verb.add_option("--judged", o.judged, "images behind these that outputs are compared on")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    verb.add_flag("--refit,!--no-refit", o.refit,
                  "fit layers that read fewer channels to what they gave before");
    add_force(verb, o.force);
    add_json(verb, o.json);
}

void declare(CLI::App& verb, tool::compare_options& o) {
    verb.add_option("DATA", o.data,
                    "folder of real models and images; by default $PITH_DATA, without it glyphs alone");
    add_json(verb, o.json);
}

void declare(CLI::App& verb, tool::kernels_options& o) {
    add_json(verb, o.json);
}

/// The library's version, and what this processor has of the instruction sets that kernels are written for.
std::string version_text() {
    std::vector<std::string_view> found;
    for (const auto& [name, bit] : tool::instruction_sets)
        if (pith::arch::covers(pith::arch::detect(), bit))
            found.push_back(name);
    return fmt::format("pith {}\ninstruction sets: {}", tool::library_version(),
                       found.empty() ? "portable" : fmt::format("{}", fmt::join(found, " ")));
}

/// CLI11's help in lines of at most 100 characters.
std::string help_text(const CLI::App* app, std::string name, CLI::AppFormatMode mode) {
    constexpr std::size_t text_column = 30; // CLI11's own
    return tool::wrapped(CLI::Formatter{}.make_help(app, std::move(name), mode), text_column);
}

/// An argument that nothing takes, with the verb or option that may have been meant; empty without one.
std::string unknown_argument(const CLI::App& app) {
    const auto verbs = app.get_subcommands();
    const CLI::App& at = verbs.empty() ? app : *verbs.front();
    const auto rest = at.remaining();
    const auto option =
        std::find_if(rest.begin(), rest.end(), [](const auto& r) { return r.starts_with("-"); });
    const bool is_verb = verbs.empty() && !rest.empty() && option != rest.begin();
    std::vector<std::string> names;
    if (is_verb)
        for (const auto* verb : app.get_subcommands({}))
            names.push_back(verb->get_name());
    else if (option != rest.end())
        for (const auto* known : at.get_options())
            names.push_back("--" +
                            (known->get_lnames().empty() ? std::string{} : known->get_lnames().front()));
    if (!is_verb && option == rest.end())
        return {};
    const std::string word = is_verb ? rest.front() : option->substr(0, option->find('='));
    const char* const sentence = is_verb ? "there is no subcommand" : "there is no option";
    return fmt::format("{} {}{}", sentence, tool::printable(word), tool::did_you_mean(word, names));
}

/// One line on wrong usage.
std::string usage_error(const CLI::App* app, const CLI::Error& e) {
    const auto unknown = unknown_argument(*app);
    const auto verbs = app->get_subcommands();
    return fmt::format("pith: {} (see pith{}{} --help)\n",
                       unknown.empty() ? tool::printable(e.what()) : unknown, verbs.empty() ? "" : " ",
                       verbs.empty() ? "" : verbs.front()->get_name());
}

} // namespace

int main(int argc, char** argv) {
    CLI::App app("Trained networks, made smaller and faster.", "pith");
    app.require_subcommand(1);
    app.set_version_flag("--version", version_text, "print the version and what this processor has");
    app.failure_message(usage_error);
    app.formatter_fn(help_text);
    app.footer("Example:\n  pith kernels");
    int code = tool::done;
    tool::inspect_options inspect;
    tool::compress_options compress;
    tool::run_options run;
    tool::diff_options diff;
    tool::evaluate_options evaluate;
    tool::train_options train;
    tool::search_options search;
    tool::sensitivity_options sensitivity;
    tool::compare_options compare;
    tool::kernels_options kernels;
    const auto verb = [&](const char* name, const char* help, const char* example, auto& options,
                          auto function) {
        CLI::App* sub = app.add_subcommand(name, help);
        declare(*sub, options);
        sub->footer(fmt::format("Example:\n  pith {} {}", name, example));
        sub->callback([&code, &options, function] {
            if (options.json == tool::standard_output)
                tool::text_stream() = stderr;
            code = function(options);
        });
    };
    verb("inspect", "layers, sizes and kernels of a model", "mlp.onnx", inspect, tool::run_against);
    verb("compress", "make a .pith program of an ONNX model", "mlp.onnx --out mlp.pith --data glyphs-train",
         compress, tool::run_compress);
    verb("run", "run a model on tensors, or time it", "mlp.pith --layers", run, tool::run_run);
    verb("diff", "two versions of a model, layer by layer", "mlp.onnx mlp.pith --data glyphs", diff,
         tool::run_diff);
    verb("evaluate", "accuracy and time on a data set", "mlp.pith --data glyphs", evaluate,
         tool::run_evaluate);
    verb("train", "teach a network a data set",
         "--model mlp --data glyphs-train --validation glyphs --epochs 2 --out mlp.onnx", train,
         tool::run_train);
    verb("search", "bits per layer for a number of bytes",
         "mlp.onnx --out small.pith --data glyphs-train --bytes 150K", search, tool::run_search);
    verb("sensitivity", "what the outputs lose when one group of channels is pruned",
         "mlp.onnx --data glyphs-train --multiple 8", sensitivity, tool::run_sensitivity);
    verb("compare", "known networks in float and in int8, side by side", "--json compare.json", compare,
         tool::run_compare);
    verb("kernels", "what this processor runs", "--json -", kernels, tool::run_kernels);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& e) {
        return app.exit(e) == 0 ? tool::done : tool::wrong_usage;
    } catch (const std::bad_alloc&) {
        return tool::refuse({pith::errc::no_memory, "there is not enough memory for this"});
    } catch (const std::exception& e) {
        return tool::refuse({pith::errc::unsupported, "this cannot be done", e.what()});
    }
    return code;
}
