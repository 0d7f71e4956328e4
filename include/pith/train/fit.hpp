// SPDX-License-Identifier: MIT
#ifndef PITH_TRAIN_FIT_HPP
#define PITH_TRAIN_FIT_HPP
/// fit: trains a network on a data set from where the trainer stands to its last epoch.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "../base/result.hpp"
#include "checkpoint.hpp"
#include "curvature.hpp"
#include "loss.hpp"
#include "trainer.hpp"

namespace pith::train {

/// Told after every batch, and once more after every epoch with `validation`.
struct progress {
    std::uint64_t epoch = 0; ///< from 1
    std::uint64_t epochs = 0;
    std::uint64_t batch = 0; ///< of the epoch, from 1
    std::uint64_t batches = 0;
    score training{};                  ///< means over the epoch so far
    std::optional<score> validation{}; ///< at the end of an epoch
    double seconds = 0;                ///< since fit began
    double seconds_left = 0;           ///< at the pace so far
};

struct fit_options {
    std::function<void(const progress&)> report{};
    std::string checkpoint{}; ///< file written after every epoch; empty for none
    /// Asked after every batch: true ends the training there with errc::interrupted, its checkpoint written,
    /// from which it goes on to the same bits.
    std::function<bool()> stop{};
    /// Told of a checkpoint that could not be written: the training goes on. Without it the fault is what fit
    /// ends with if the last checkpoint failed.
    std::function<void(const fault&)> unsaved{};
    /// Epochs between validations; the last epoch is always validated.
    std::uint64_t validate_every = 1;
    /// Epochs between measurements of the loss's curvature (see curvature.hpp); 0 for none.
    std::uint64_t curvature_every = 0;
    /// Batches of training data on which the running statistics of batch normalisations are measured anew
    /// behind the last epoch (trainer::reestimate_statistics); worth 50 for networks trained in codes.
    std::size_t reestimate = 0;
};

namespace detail {

[[nodiscard]] inline double seconds_now() noexcept {
    std::timespec t{};
    static_cast<void>(std::timespec_get(&t, TIME_UTC));
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

/// How fast a training goes, and from which loss it came.
struct pace {
    std::uint64_t first; ///< step that fit began with
    std::uint64_t all;   ///< steps to the end
    double begin = seconds_now();
    double first_loss = 0;

    pace(std::uint64_t from, std::uint64_t to) : first(from), all(to) {}

    void tell(progress& p, std::uint64_t step) const {
        p.seconds = seconds_now() - begin;
        p.seconds_left = p.seconds / static_cast<double>(step - first) * static_cast<double>(all - step);
    }
};

/// From where the trainer stands to the end of its epoch.
template <class T, class Layers, training_source D, batch_loss<T> Loss>
[[nodiscard]] result<void> fit_epoch(trainer<T, Layers>& t, const D& data, const Loss& loss,
                                     const fit_options& options, pace& pace, progress& p) {
    const std::uint64_t epoch = t.at().epoch;
    if (options.curvature_every != 0 && epoch % options.curvature_every == 0 && t.at().batch == 0)
        PITH_TRY(adapt_to_curvature(t, data, loss));
    double count = 0;
    while (t.at().epoch == epoch) {
        const position at = t.at();
        p.batch = at.batch + 1;
        const auto s = t.step(data, loss);
        if (!s)
            return s.error();
        pace.first_loss = at.step == pace.first ? s->loss : pace.first_loss;
        if (has_exploded(s->loss, pace.first_loss))
            return diverged("the loss", s->loss, at, t.options().rate);
        count += 1;
        p.training.loss += (s->loss - p.training.loss) / count;
        if (s->accuracy) {
            const double so_far = p.training.accuracy.value_or(0);
            p.training.accuracy = so_far + (*s->accuracy - so_far) / count;
        }
        pace.tell(p, t.at().step);
        if (options.report)
            options.report(p);
        if (options.stop && !t.finished() && options.stop())
            return fault{errc::interrupted, "the training was stopped",
                         "in epoch " + std::to_string(p.epoch) + ", after batch " + std::to_string(p.batch)};
    }
    return {};
}

} // namespace detail

/// @param of a batch_loss, or a label_loss for output 0. @return the score of the held-out data after the
/// last epoch; errc::diverged as soon as the loss or what is learned stops being finite, the checkpoint then
/// that of the epoch before
template <class T, class Layers, training_source D, training_source V, any_loss<T> Loss = cross_entropy>
[[nodiscard]] result<score> fit(trainer<T, Layers>& t, const D& data, const V& validation,
                                const Loss& of = {}, const fit_options& options = {}) {
    const auto loss = detail::as_batch_loss<T>(of);
    PITH_TRY(t.check(data, loss));
    PITH_TRY(t.check(validation, loss));
    const std::size_t batches = t.batches(data);
    if (batches == 0)
        return fault{errc::bad_option, "the data set is smaller than a batch"};
    if (t.finished())
        return t.evaluate(validation, loss);
    detail::pace pace(t.at().step, t.options().epochs * batches);
    score last;
    result<void> saved;
    while (!t.finished()) {
        progress p{.epoch = t.at().epoch + 1, .epochs = t.options().epochs, .batches = batches};
        if (const auto learned = detail::fit_epoch(t, data, loss, options, pace, p); !learned) {
            if (learned.error().code == errc::interrupted && !t.is_finite())
                return detail::diverged("a parameter", {}, t.at(), t.options().rate);
            if (learned.error().code == errc::interrupted && !options.checkpoint.empty())
                PITH_TRY(save_checkpoint(t, options.checkpoint));
            return learned.error();
        }
        const position end{.epoch = p.epoch - 1, .batch = batches - 1, .step = t.at().step};
        if (!t.is_finite())
            return detail::diverged("a parameter", {}, end, t.options().rate);
        if (t.finished() || (options.validate_every != 0 && t.at().epoch % options.validate_every == 0)) {
            const auto s = t.evaluate(validation, loss);
            if (!s)
                return s.error();
            if (!std::isfinite(s->loss))
                return detail::diverged("the held-out loss", s->loss, end, t.options().rate);
            last = *s;
            p.validation = last;
            if (options.report)
                options.report(p);
        }
        if (!options.checkpoint.empty())
            saved = save_checkpoint(t, options.checkpoint);
        if (!saved && options.unsaved)
            options.unsaved(saved.error());
    }
    if (!saved && !options.unsaved)
        return saved.error();
    if (options.reestimate > 0)
        PITH_TRY(t.reestimate_statistics(data, options.reestimate));
    return last;
}

/// Training as a pass: see the other fit().
template <training_source D, training_source V, class Loss>
struct fit_pass {
    const D* data;
    const V* validation;
    trainer_options training{};
    Loss loss{};
    fit_options options{};

    template <class T, class Layers>
    [[nodiscard]] result<graph<T, Layers>> operator()(graph<T, Layers> g) const {
        auto t = trainer<T, Layers>::make(std::move(g), training);
        if (!t)
            return t.error();
        PITH_TRY(fit(*t, *data, *validation, loss, options));
        return t->network();
    }
};

/// A pass that trains a network: `load().and_then(fit(images, held_out, {.rate = 0.02, .epochs = 10}))`.
/// @param data, validation outlive the pass
template <training_source D, training_source V, class Loss = cross_entropy>
[[nodiscard]] fit_pass<D, V, Loss> fit(const D& data, const V& validation, trainer_options training = {},
                                       Loss loss = {}, fit_options options = {}) {
    return {&data, &validation, std::move(training), std::move(loss), std::move(options)};
}

} // namespace pith::train

#endif
