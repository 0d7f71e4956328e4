// SPDX-License-Identifier: MIT
#ifndef PITH_EXAMPLES_TOOL_TRAIN_HPP
#define PITH_EXAMPLES_TOOL_TRAIN_HPP
/// `pith train`: a named network, or an ONNX model, learns a data set.

#include <algorithm>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <utility>
#include <vector>
#ifdef _OPENMP
#include <omp.h>
#endif

#include "data.hpp"
#include "model.hpp"
#include "outputs.hpp"
#include "pith/distill/decoupled.hpp"
#include "pith/distill/soft_targets.hpp"
#include "pith/distill/teacher.hpp"
#include "pith/io/onnx_write.hpp"
#include "pith/train/fit.hpp"
#include "pith/train/models.hpp"
#include "pith/train/standard_input.hpp"
#include "program_teacher.hpp"
#include "report.hpp"

namespace tool {

struct train_options {
    std::string model;
    std::string data;
    std::string validation;
    std::string normalize = "none";
    std::string out;
    std::string checkpoint;
    std::string teacher;
    std::string teacher_loss = "soft";
    std::string optimizer; ///< sgd or adam; empty: the default of the method
    std::string schedule = "one-cycle";
    std::string json;
    std::uint64_t epochs = 10;
    std::uint64_t seed = 1;
    std::int64_t batch = 128;
    std::int64_t classes = 0; ///< 0: the model's own
    double rate = 0;          ///< 0: the default of the method
    double decay = 5e-4;
    double momentum = 0.9;
    double smoothing = 0;
    double temperature = 4;
    double teacher_weight = 0.9;
    std::int32_t translate = 0;
    std::int32_t cutout = 0;
    int threads = 0; ///< 0: all cores
    bool flip = false;
    bool resume = false;
    bool force = false;
};

/// The networks that can be trained from nothing.
inline const std::vector<std::string> model_names = {
    "lenet5", "mlp", "resnet8", "resnet20", "resnet32", "resnet56", "vgg-small", "ds-cnn", "mobilenet-v1"};

/// A file's network, or a named one for images of the size of the data set's.
[[nodiscard]] inline pith::result<pith::graph<float>> network_to_train(const train_options& o) {
    if (is_onnx(o.model)) {
        if (o.classes > 0)
            return pith::fault{pith::errc::bad_option,
                               "an .onnx file has its own classes; leave --classes away", o.model};
        return load_graph(o.model);
    }
    auto g = pith::train::build_model<float>(o.model, o.seed, o.classes);
    if (!g)
        return unknown_name(g.error().what, o.model, model_names);
    const auto data = open_data(o.data, o.normalize, {}, {}); // a data set that is wrong is refused later
    if (!data || data->dims().rank() != 3 || data->dims().elements() == (*g)[g->inputs[0]].dims.elements())
        return g;
    const pith::shape& image = data->dims();
    return pith::train::build_model<float>(o.model, o.seed, o.classes, {1, image[0], image[1], image[2]});
}

/// How a method likes to learn, where the options do not say it.
struct learning {
    const char* optimizer = "sgd";
    double rate = 0.1;
    double range_rate = 1; ///< factor on the rate of what quantisers learn
    bool coupled = false;  ///< adam: decay as a part of the gradient
};

/// LeNet-5 has neither normalisations nor rectifiers behind its convolutions, and diverges with some seeds at
/// 0.05 on images of deviation 1.
[[nodiscard]] inline learning learning_of(const train_options& o) {
    return {.rate = o.model == "lenet5" ? 0.02 : 0.1};
}

[[nodiscard]] inline pith::result<pith::train::any_optimizer> optimizer_of(const train_options& o,
                                                                           const learning& wanted) {
    const std::string name = o.optimizer.empty() ? wanted.optimizer : o.optimizer;
    if (name == "adam")
        return pith::train::any_optimizer(
            pith::train::adam{.weight_decay = o.decay, .coupled = wanted.coupled});
    if (name == "sgd")
        return pith::train::any_optimizer(
            pith::train::sgd{.momentum = o.momentum, .nesterov = true, .weight_decay = o.decay});
    return unknown_name("--optimizer is sgd or adam", name, {"sgd", "adam"});
}

[[nodiscard]] inline pith::result<pith::train::trainer_options> trainer_of(const train_options& o,
                                                                           const learning& wanted = {}) {
    pith::train::trainer_options t;
    t.tape.batch = o.batch;
    t.epochs = o.epochs;
    t.seed = o.seed;
    t.rate = o.rate > 0 ? o.rate : wanted.rate;
    t.range_rate = wanted.range_rate;
    t.change = {.translate = o.translate, .flip = o.flip, .cutout = o.cutout};
    auto optimizer = optimizer_of(o, wanted);
    if (!optimizer)
        return optimizer.error();
    t.optimizer = *std::move(optimizer);
    if (o.schedule == "one-cycle")
        t.schedule = pith::train::one_cycle_rate{.peak = 0.25};
    else if (o.schedule == "cosine")
        t.schedule = pith::train::cosine_rate{};
    else if (o.schedule == "step")
        t.schedule = pith::train::step_rate{};
    else if (o.schedule == "constant")
        t.schedule = pith::train::constant_rate{};
    else
        return unknown_name("--schedule is one-cycle, cosine, step or constant", o.schedule,
                            {"one-cycle", "cosine", "step", "constant"});
    return t;
}

/// @param count 0: all cores
inline void use_threads([[maybe_unused]] int count) {
#ifdef _OPENMP
    if (count > 0)
        omp_set_num_threads(count);
#endif
}

/// Whether Ctrl-C was pressed since stop_on_interrupt().
inline volatile std::sig_atomic_t interrupted = 0;

/// The first Ctrl-C or SIGTERM ends a training behind its batch, a second one ends the program.
inline void stop_on_interrupt() {
    for (const int signal : {SIGINT, SIGTERM})
        std::signal(signal, [](int number) {
            interrupted = 1;
            std::signal(number, SIG_DFL);
        });
}

/// A line per epoch, and the epoch's course on a terminal.
[[nodiscard]] inline pith::train::fit_options reporting(const train_options& o) {
    pith::train::fit_options f;
    f.checkpoint = o.checkpoint;
    if (!o.checkpoint.empty()) {
        stop_on_interrupt();
        f.stop = [] { return interrupted != 0; };
    }
    if (!o.out.empty()) // what is learned is kept all the same
        f.unsaved = [](const pith::fault& why) {
            fmt::print(stderr, "pith: warning: a checkpoint is left out, the training goes on: {}\n",
                       text_of(why));
        };
    f.report = [shown = 0.0, terminal = shows_progress()](const pith::train::progress& p) mutable {
        if (p.validation) {
            if (shown > 0)
                fmt::print(stderr, "\r{:70}\r", "");
            say("epoch {} of {}: loss {:.4f}, accuracy {:.2f} %; held out: loss {:.4f}, accuracy {:.2f} %; "
                "{:.0f} s\n",
                p.epoch, p.epochs, p.training.loss, 100 * p.training.accuracy.value_or(0), p.validation->loss,
                100 * p.validation->accuracy.value_or(0), p.seconds);
            std::fflush(text_stream());
        } else if (terminal && p.seconds > shown + 2) {
            shown = p.seconds;
            fmt::print(stderr, "\repoch {} of {}: {} of {}, loss {:.4f}, {:.0f} s left  ", p.epoch, p.epochs,
                       p.batch, p.batches, p.training.loss, p.seconds_left);
        }
    };
    return f;
}

/// The option `--teacher-loss`.
struct teacher_loss {
    const pith::train::trainer<float>& student;
    pith::distill::mixed<> soft;
    pith::distill::decoupled_with_labels<> decoupled;
    bool apart = false; ///< decoupled, its weight growing over the first epochs

    static constexpr double warm_up = 20;

    [[nodiscard]] static pith::result<teacher_loss> make(const pith::train::trainer<float>& student,
                                                         const train_options& o) {
        if (o.teacher_loss != "soft" && o.teacher_loss != "decoupled")
            return unknown_name("--teacher-loss is soft or decoupled", o.teacher_loss, {"soft", "decoupled"});
        const pith::train::cross_entropy hard{.smoothing = o.smoothing};
        return teacher_loss{
            student,
            {.hard = hard, .soft = {.temperature = o.temperature}, .weight = o.teacher_weight},
            {.hard = hard, .soft = {.temperature = o.temperature}, .weight = o.teacher_weight},
            o.teacher_loss == "decoupled"};
    }
    float operator()(pith::train::rows<const float> logits, pith::train::labels_view labels,
                     pith::train::rows<const float> teacher, pith::train::rows<float> gradient,
                     pith::train::rows<float> scratch) const {
        if (!apart)
            return soft(logits, labels, teacher, gradient, scratch);
        auto now = decoupled;
        now.weight *= std::min(1., static_cast<double>(student.at().epoch + 1) / warm_up);
        return now(logits, labels, teacher, gradient, scratch);
    }
};

[[nodiscard]] inline pith::result<pith::train::score>
fit_with_or_without_teacher(pith::train::trainer<float>& t, const pith::data::dataset& data,
                            const pith::data::dataset& validation, const train_options& o,
                            std::uint64_t curvature_every) {
    use_threads(o.threads);
    if (o.resume)
        PITH_TRY(pith::train::load_checkpoint(t, o.checkpoint));
    auto options = reporting(o);
    options.curvature_every = curvature_every;
    const pith::train::cross_entropy loss{.smoothing = o.smoothing};
    if (o.teacher.empty())
        return pith::train::fit(t, data, validation, loss, options);
    using pith::distill::on_logits;
    using pith::distill::taught_by;
    const auto both = teacher_loss::make(t, o);
    if (!both)
        return both.error();
    if (!is_onnx(o.teacher)) {
        auto program = program_teacher::open(o.teacher, t.network_tape().batch());
        if (!program)
            return program.error();
        return pith::train::fit(t, data, validation, taught_by(*program, on_logits<teacher_loss>{*both}),
                                options);
    }
    auto g = load_graph(o.teacher);
    if (!g)
        return g.error();
    auto teacher = pith::distill::teacher<float>::make(*std::move(g), t.options().tape);
    if (!teacher)
        return teacher.error();
    return pith::train::fit(t, data, validation, taught_by(*teacher, on_logits<teacher_loss>{*both}),
                            options);
}

/// From the beginning or from the checkpoint to the last epoch.
[[nodiscard]] inline pith::result<pith::train::score> fit_as_told(pith::train::trainer<float>& t,
                                                                  const pith::data::dataset& data,
                                                                  const pith::data::dataset& validation,
                                                                  const train_options& o,
                                                                  std::uint64_t curvature_every = 0) {
    auto last = fit_with_or_without_teacher(t, data, validation, o, curvature_every);
    if (!last && last.error().code == pith::errc::diverged)
        return pith::fault{
            pith::errc::diverged,
            "the training diverged; try a lower --rate, or --normalize unit or MEAN/STD of the "
            "images",
            last.error().where};
    if (!last && last.error().code == pith::errc::interrupted)
        return pith::fault{pith::errc::interrupted,
                           "the training was stopped and its checkpoint written; continue with --resume",
                           last.error().where};
    return last;
}

/// The data set of --data or --validation, which must have labels.
[[nodiscard]] inline pith::result<pith::data::dataset>
labelled_data(const std::string& spec, const train_options& o, const pith::graph<float>& g) {
    return images_for(g, spec, o.normalize, "training needs a data set with labels");
}

/// Before memory is taken for batches.
[[nodiscard]] inline pith::result<void> check_batch(const train_options& o, const pith::data::dataset& data) {
    if (static_cast<std::uint64_t>(o.batch) > data.size())
        return pith::fault{pith::errc::bad_option, "the data set is smaller than a batch; see --batch",
                           std::to_string(data.size()) + " images, batches of " + std::to_string(o.batch)};
    return {};
}

[[nodiscard]] inline pith::result<pith::train::score> train_as_told(const train_options& o) {
    auto g = network_to_train(o);
    if (!g)
        return g.error();
    if (g->inputs.size() != 1)
        return pith::fault{pith::errc::unsupported, "a network to train has one input",
                           o.model + " has " + std::to_string(g->inputs.size())};
    const auto data = labelled_data(o.data, o, *g);
    if (!data)
        return data.error();
    PITH_TRY(check_batch(o, *data));
    const auto validation = labelled_data(o.validation.empty() ? o.data : o.validation, o, *g);
    if (!validation)
        return validation.error();
    const auto options = trainer_of(o, learning_of(o));
    if (!options)
        return options.error();
    const pith::train::standard_input standard{pith::train::statistics_of(*data)};
    const bool scaled = !is_onnx(o.model) && standard.wanted(*g); // a file's weights suit its images already
    auto t =
        pith::train::trainer<float>::make(scaled ? standard.insert(*std::move(g)) : *std::move(g), *options);
    if (!t)
        return t.error();
    const auto last = fit_as_told(*t, *data, *validation, o);
    if (last && !o.out.empty())
        PITH_TRY(pith::io::save_onnx(scaled ? standard.fold(t->network()) : t->network(), o.out));
    return last;
}

inline exit_code run_train(const train_options& o) {
    if (!o.out.empty() && !is_onnx(o.out))
        return refuse({pith::errc::bad_option, "--out must end in .onnx", o.out});
    if (o.out.empty() && o.checkpoint.empty())
        return refuse({pith::errc::bad_option, "name a file to keep what is learned in: --out FILE.onnx"});
    const auto files = file_list(o.force)
                           .read(is_onnx(o.model) ? o.model : std::string{})
                           .read(o.teacher)
                           .read_data(o.data)
                           .read_data(o.validation)
                           .write({o.out, o.checkpoint})
                           .write_report(o.json)
                           .check();
    if (!files)
        return refuse(files.error());
    const auto last = train_as_told(o);
    if (!last)
        return refuse(last.error());
    if (const auto written =
            write_report(o.json, {{"accuracy", last->accuracy.value_or(0)}, {"loss", last->loss}});
        !written)
        return refuse(written.error());
    return done;
}

} // namespace tool

#endif
