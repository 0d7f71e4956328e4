// SPDX-License-Identifier: MIT
#ifndef PITH_TRAIN_FIT_HPP
#define PITH_TRAIN_FIT_HPP
/// fit: trains a network on a data set from where the trainer stands to its last epoch.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <optional>
#include <string>
#include <vector>

#include "../base/function.hpp"
#include "../base/on_use.hpp"
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
    function<void(const progress&)> report{};
    std::string checkpoint{}; ///< file written after every epoch; empty for none
    /// Told of a checkpoint that could not be written: the training goes on. Without it the fault is what fit
    /// ends with if the last checkpoint failed.
    function<void(const fault&)> unsaved{};
    /// Epochs between validations; the last epoch is always validated.
    std::uint64_t validate_every = 1;
    /// Epochs between measurements of the loss's curvature (see curvature.hpp); 0 for none.
    std::uint64_t curvature_every = 0;
};

/// A loss on labels as the trainer calls losses.
template <class Loss>
struct on_labels {
    Loss loss{};

    template <class T>
    T operator()(rows<const T> logits, labels_view labels, view<const std::uint32_t>,
                 rows<T> gradient) const {
        return loss(logits, labels, gradient);
    }
};

namespace detail {

template <class = on_use>
[[nodiscard]] inline double seconds_now() noexcept {
    std::timespec t{};
    static_cast<void>(std::timespec_get(&t, TIME_UTC));
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

} // namespace detail

/// @param loss as trainer::step takes it @return the last validation; errc::diverged as soon as the loss or
/// what is learned stops being finite, the checkpoint then that of the epoch before
template <class T, class Layers, image_source D, image_source V, class Loss>
[[nodiscard]] result<score> fit_with(trainer<T, Layers>& t, const D& data, const V& validation,
                                     const Loss& loss, const fit_options& options = {}) {
    PITH_TRY(t.check(data));
    PITH_TRY(t.check(validation));
    const std::size_t batches = t.batches(data);
    if (batches == 0)
        return fault{errc::bad_option, "the data set is smaller than a batch"};
    if (t.finished())
        return t.evaluate(validation);
    const double begin = detail::seconds_now();
    const std::uint64_t all = t.options().epochs * batches;
    const std::uint64_t before = t.at().step;
    score last;
    result<void> saved;
    double first_loss = 0;
    while (!t.finished()) {
        const std::uint64_t epoch = t.at().epoch;
        if (options.curvature_every != 0 && epoch % options.curvature_every == 0 && t.at().batch == 0)
            PITH_TRY(adapt_to_curvature(t, data, loss));
        progress p{.epoch = epoch + 1, .epochs = t.options().epochs, .batches = batches};
        double count = 0;
        while (t.at().epoch == epoch) {
            const position at = t.at();
            p.batch = at.batch + 1;
            const auto s = t.step(data, loss);
            if (!s)
                return s.error();
            first_loss = at.step == before ? s->loss : first_loss;
            if (has_exploded(s->loss, first_loss))
                return detail::diverged("the loss", s->loss, at, t.options().rate);
            count += 1;
            p.training.loss += (s->loss - p.training.loss) / count;
            p.training.accuracy += (s->accuracy - p.training.accuracy) / count;
            p.seconds = detail::seconds_now() - begin;
            p.seconds_left = p.seconds / static_cast<double>(t.at().step - before) *
                             static_cast<double>(all - t.at().step);
            if (options.report)
                options.report(p);
        }
        const position end{.epoch = epoch, .batch = batches - 1, .step = t.at().step};
        if (!t.is_finite())
            return detail::diverged("a parameter", {}, end, t.options().rate);
        if (t.finished() || (options.validate_every != 0 && t.at().epoch % options.validate_every == 0)) {
            const auto s = t.evaluate(validation);
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
    return last;
}

/// The same with a loss on labels.
template <class T, class Layers, image_source D, image_source V, class Loss = cross_entropy>
[[nodiscard]] result<score> fit(trainer<T, Layers>& t, const D& data, const V& validation,
                                const Loss& loss = {}, const fit_options& options = {}) {
    return fit_with(t, data, validation, on_labels<Loss>{loss}, options);
}

} // namespace pith::train

#endif
