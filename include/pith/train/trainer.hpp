// SPDX-License-Identifier: MIT
#ifndef PITH_TRAIN_TRAINER_HPP
#define PITH_TRAIN_TRAINER_HPP
/// trainer: a network, an optimiser and how far they have come.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "../base/parallel.hpp"
#include "../base/result.hpp"
#include "../graph/shape_text.hpp"
#include "augment.hpp"
#include "batch_loss.hpp"
#include "batches.hpp"
#include "divergence.hpp"
#include "optimizer.hpp"
#include "schedule.hpp"
#include "tape.hpp"

namespace pith::train {

struct trainer_options {
    tape_options tape{};
    any_optimizer optimizer = sgd{};
    any_schedule schedule{std::in_place_type<cosine_rate>};
    double rate = 0.1; ///< highest learning rate
    std::uint64_t epochs = 10;
    std::uint64_t seed = 1;
    augment change{};
    std::optional<moving_average> average{}; ///< of the parameters, for evaluation
    double bias_rate = 1;                    ///< factor on the rate of biases, scales and offsets
    double range_rate = 1;                   ///< factor on the rate of what quantisers learn
};

/// A network in training: its tape, the optimiser's memory, and the position in the data.
template <class T, class Layers = layer_list>
class trainer {
public:
    [[nodiscard]] static result<trainer> make(graph<T, Layers> g, const trainer_options& options,
                                              const std::vector<learned_constant>& learned = {}) {
        if (options.epochs == 0 || !(options.rate > 0))
            return fault{errc::bad_option, "a training needs at least one epoch and a rate above zero"};
        for (const auto& v : g.values)
            if (is_real(v.type) && format::bits_of(v.type) < 32 && !v.is_constant())
                return fault{errc::unsupported,
                             "training computes in float32; apply the pass as_float32 first", v.name};
        auto made = tape<T, Layers>::make(std::move(g), options.tape, learned);
        if (!made)
            return made.error();
        for (std::size_t k = 0; k < made->outputs(); ++k)
            if (made->output_dims(k).rank() == 0 || made->output_dims(k)[0] != options.tape.batch)
                return fault{errc::unsupported, "a trainer needs outputs [batch, ...]",
                             text_of(made->output_dims(k)) + " in batches of " +
                                 std::to_string(options.tape.batch)};
        trainer t(*std::move(made), options);
        return t;
    }

    [[nodiscard]] tape<T, Layers>& network_tape() noexcept { return tape_; }
    [[nodiscard]] const trainer_options& options() const noexcept { return options_; }
    [[nodiscard]] const position& at() const noexcept { return at_; }
    /// Full batches of an epoch; what is left over waits for the next epoch's order.
    template <training_source D>
    [[nodiscard]] std::size_t batches(const D& data) const noexcept {
        return data.size() / tape_.batch();
    }
    [[nodiscard]] bool finished() const noexcept { return at_.epoch >= options_.epochs; }

    /// Refuses a source whose samples the network does not take.
    template <training_source D>
    [[nodiscard]] result<void> check(const D& data) const {
        if (inputs_of(data) != tape_.inputs())
            return fault{errc::bad_shape, "the data set does not have an input for each of the network's",
                         std::to_string(inputs_of(data)) + " for " + std::to_string(tape_.inputs())};
        for (std::size_t k = 0; k < tape_.inputs(); ++k) {
            shape sample;
            for (std::size_t i = 1; i < tape_.input_dims(k).rank(); ++i)
                sample.push_back(tape_.input_dims(k)[i]);
            if (dims_of(data, k).elements() != sample.elements())
                return fault{errc::bad_shape,
                             "the images of the data set do not have the size of the network's input",
                             text_of(dims_of(data, k)) + " for " + text_of(sample)};
        }
        return {};
    }
    /// Refuses also what the loss does not take.
    template <training_source D, batch_loss<T> Loss>
    [[nodiscard]] result<void> check(const D& data, const Loss& loss) const {
        PITH_TRY(check(data));
        return detail::check_loss(loss, batch_, data);
    }

    /// The next batch of the epoch: one update. @pre check(data, loss)
    template <training_source D, batch_loss<T> Loss>
    [[nodiscard]] result<score> step(const D& data, const Loss& loss) {
        PITH_TRY(check_size(data.size()));
        if (order_.size() != data.size() || order_epoch_ != at_.epoch) {
            order_ = shuffled(data.size(), options_.seed, at_.epoch);
            order_epoch_ = at_.epoch;
        }
        const std::size_t n = tape_.batch();
        tape_.norm_momentum(options_.tape.norm_momentum);
        const auto s =
            differentiate(data, std::span<const std::uint32_t>(order_).subspan(at_.batch * n, n), loss);
        if (!s)
            return s.error();
        const double total = static_cast<double>(batches(data) * options_.epochs);
        update(options_.rate * rate_at(options_.schedule, static_cast<double>(at_.step) / total));
        if (++at_.batch == batches(data)) {
            at_.batch = 0;
            ++at_.epoch;
        }
        return s;
    }

    /// Loss and gradients of one batch, nothing updated but the running statistics. A fault where the loss or
    /// an output is not finite.
    template <training_source D, batch_loss<T> Loss>
    [[nodiscard]] result<score> differentiate(const D& data, std::span<const std::uint32_t> indices,
                                              const Loss& loss) {
        load(data, indices, {options_.change, options_.seed, at_.epoch});
        tape_.train(true);
        PITH_TRY(tape_.forward());
        for (const auto& o : batch_.outputs)
            std::fill(o.gradient.begin(), o.gradient.end(), T{0});
        const result<T> value = loss(std::as_const(batch_));
        if (!value)
            return value.error();
        score s{.loss = static_cast<double>(*value)};
        if (!std::isfinite(s.loss))
            return detail::diverged("the loss", s.loss, at_, options_.rate);
        for (const auto& o : batch_.outputs)
            if (!all_finite<T>(o.value)) // of which a hinge loss shows nothing
                return detail::diverged("an output", {}, at_, options_.rate);
        if constexpr (requires { loss.judge(batch_); })
            PITH_TRY(detail::judge(loss, batch_).transform([&](const score& j) { s.accuracy = j.accuracy; }));
        tape_.backward();
        return s;
    }

    /// Over the whole data set, with running statistics and, if there is one, the moving average.
    template <training_source D, batch_loss<T> Loss = on_labels<>>
    [[nodiscard]] result<score> evaluate(const D& data, const Loss& loss = {}) {
        PITH_TRY(check(data, loss));
        exchange_average();
        const auto s = evaluate_as_is(data, loss);
        exchange_average();
        return s;
    }

    /// Measures the running statistics of all batch normalisations anew, as means over `count` batches whose
    /// images are changed as in training: those of unchanged images are others, and cost accuracy.
    template <training_source D>
    [[nodiscard]] result<void> reestimate_statistics(const D& data, std::size_t count) {
        PITH_TRY(check(data));
        exchange_average();
        const auto order = shuffled(data.size(), options_.seed, ~std::uint64_t{0});
        const std::size_t n = tape_.batch();
        tape_.train(true);
        result<void> done;
        for (std::size_t k = 0; done && k < std::min(count, batches(data)); ++k) {
            tape_.norm_momentum(1 / static_cast<double>(k + 1));
            load(data, std::span<const std::uint32_t>(order).subspan(k * n, n),
                 {options_.change, options_.seed, at_.epoch});
            done = tape_.forward();
        }
        exchange_average();
        return done;
    }

    /// The network as it stands, averaged if there is an average.
    [[nodiscard]] graph<T, Layers> network() {
        exchange_average();
        auto g = tape_.network();
        exchange_average();
        return g;
    }

    /// Everything that changes in a training, for checkpoints.
    [[nodiscard]] std::vector<std::span<T>> memories() {
        return {tape_.parameter_values(), tape_.other_constants(), std::span<T>(optimizer_memory_),
                std::span<T>(average_)};
    }
    /// Of the data set that is learned; 0 before the first step.
    [[nodiscard]] std::size_t images() const noexcept { return images_; }
    /// @param images of the data set that led there
    void move_to(const position& p, std::size_t images) noexcept {
        at_ = p;
        images_ = images;
    }
    /// Whether every number that a checkpoint or network() holds is one. Constants that are not learned may
    /// be infinite (masks and bounds are), but not NaN.
    [[nodiscard]] bool is_finite() noexcept {
        const auto constants = tape_.other_constants();
        return all_finite<T>(tape_.parameter_values()) &&
               all_finite<T>(std::span<const T>(optimizer_memory_)) &&
               all_finite<T>(std::span<const T>(average_)) &&
               std::none_of(constants.begin(), constants.end(), [](T v) { return std::isnan(v); });
    }

private:
    trainer(tape<T, Layers> t, trainer_options options) : tape_(std::move(t)), options_(std::move(options)) {
        const std::size_t size = tape_.parameter_values().size();
        const std::size_t memories =
            std::visit([](const auto& o) { return o.memories(); }, options_.optimizer);
        optimizer_memory_.assign(size * memories, T{0});
        if (options_.average)
            average_.assign(tape_.parameter_values().begin(), tape_.parameter_values().end());
        for (std::size_t k = 0; k < tape_.inputs(); ++k)
            batch_.inputs.push_back({tape_.input_dims(k), tape_.input(k), {}});
        for (std::size_t k = 0; k < tape_.outputs(); ++k)
            batch_.outputs.push_back({tape_.output_dims(k), tape_.output(k), tape_.output_gradient(k)});
    }

    /// The samples as the next batch. @pre indices last until the next call
    template <training_source D>
    void load(const D& data, std::span<const std::uint32_t> indices, const epoch_changes& changes) {
        for (std::size_t k = 0; k < batch_.inputs.size(); ++k)
            load_input<T>(data, k, indices, changes, batch_.inputs[k].value);
        labels_ = labels_of(data, indices);
        batch_.labels = labels_;
        batch_.indices = indices;
        batch_.count = indices.size();
    }

    /// The position counts batches of one data set.
    [[nodiscard]] result<void> check_size(std::size_t images) {
        if (images < tape_.batch())
            return fault{errc::bad_option, "the data set is smaller than a batch",
                         std::to_string(images) + " images, batches of " + std::to_string(tape_.batch())};
        if (images_ != 0 && images_ != images)
            return fault{errc::bad_option, "the data set has another size than the one that was learned",
                         std::to_string(images) + " images, " + std::to_string(images_) + " before"};
        images_ = images;
        return {};
    }

    void update(double rate) {
        ++at_.step;
        const std::size_t memories =
            std::visit([](const auto& o) { return o.memories(); }, options_.optimizer);
        std::size_t at = 0;
        for (const auto& p : tape_.parameters()) {
            const std::size_t n = p.value.size() * memories;
            const double factor = p.kind == role::weight  ? 1
                                  : p.kind == role::range ? options_.range_rate
                                                          : options_.bias_rate;
            const parameter_range<T> range{p.value, p.gradient, factor, decay_weights_only{}(p.kind)};
            const std::span<T> memory = std::span<T>(optimizer_memory_).subspan(at, n);
            std::visit([&](const auto& o) { o(range, rate, at_.step, memory); }, options_.optimizer);
            at += n;
        }
        tape_.after_update();
        if (options_.average)
            (*options_.average)(std::span<const T>(tape_.parameter_values()), at_.step,
                                std::span<T>(average_));
    }

    void exchange_average() {
        if (options_.average)
            std::swap_ranges(average_.begin(), average_.end(), tape_.parameter_values().begin());
    }

    template <training_source D, batch_loss<T> Loss>
    [[nodiscard]] result<score> evaluate_as_is(const D& data, const Loss& loss) {
        const std::size_t n = tape_.batch();
        tape_.train(false);
        score sum;
        std::vector<std::uint32_t> indices(n);
        for (std::size_t first = 0; first < data.size(); first += n) {
            const std::size_t count = std::min(n, data.size() - first);
            for (std::size_t i = 0; i < n; ++i) // a last, short batch is filled up with its first image
                indices[i] = static_cast<std::uint32_t>(first + (i < count ? i : 0));
            load(data, indices, {});
            batch_.count = count;
            PITH_TRY(tape_.forward());
            const auto s = detail::judge(loss, batch_);
            if (!s)
                return s.error();
            const auto weight = static_cast<double>(count);
            sum.loss += s->loss * weight;
            if (s->accuracy)
                sum.accuracy = sum.accuracy.value_or(0) + *s->accuracy * weight;
        }
        const double size = static_cast<double>(std::max<std::size_t>(data.size(), 1));
        sum.loss /= size;
        if (sum.accuracy)
            *sum.accuracy /= size;
        return sum;
    }

    tape<T, Layers> tape_;
    trainer_options options_;
    position at_;
    std::size_t images_ = 0;
    std::vector<T> optimizer_memory_;
    std::vector<T> average_;
    batch<T> batch_;
    std::vector<std::int32_t> labels_;
    std::vector<std::uint32_t> order_;
    std::uint64_t order_epoch_ = ~std::uint64_t{0};
};

} // namespace pith::train

#endif
