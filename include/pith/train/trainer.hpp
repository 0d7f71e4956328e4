// SPDX-License-Identifier: MIT
#ifndef PITH_TRAIN_TRAINER_HPP
#define PITH_TRAIN_TRAINER_HPP
/// trainer: a network, an optimiser and how far they have come.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "../base/parallel.hpp"
#include "../base/result.hpp"
#include "../graph/shape_text.hpp"
#include "augment.hpp"
#include "batches.hpp"
#include "divergence.hpp"
#include "loss.hpp"
#include "optimizer.hpp"
#include "rows.hpp"
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

/// Loss and share of right answers, means over samples.
struct score {
    double loss = 0;
    double accuracy = 0;
};

template <class T, class Layers = layer_list>
class trainer {
public:
    [[nodiscard]] static result<trainer> make(graph<T, Layers> g, const trainer_options& options,
                                              std::vector<learned_constant> learned = {},
                                              std::vector<quantized_value<T>> quantized = {}) {
        if (options.epochs == 0 || !(options.rate > 0))
            return fault{errc::bad_option, "a training needs at least one epoch and a rate above zero"};
        for (const auto& v : g.values)
            if (is_real(v.type) && format::bits_of(v.type) < 32 && !v.is_constant())
                return fault{errc::unsupported,
                             "training computes in float32; apply the pass as_float32 first", v.name};
        if (g.inputs.size() != 1 || g.outputs.size() != 1)
            return fault{errc::unsupported, "a trainer wants one input and one output [batch, classes]",
                         std::to_string(g.inputs.size()) + " inputs, " + std::to_string(g.outputs.size()) +
                             " outputs"};
        auto made =
            tape<T, Layers>::make(std::move(g), options.tape, std::move(learned), std::move(quantized));
        if (!made)
            return made.error();
        const shape& logits = made->output_dims();
        if (logits.rank() != 2 || logits[0] != options.tape.batch || logits[1] < 1)
            return fault{errc::unsupported, "a trainer wants an output [batch, classes]",
                         text_of(logits) + " in batches of " + std::to_string(options.tape.batch)};
        trainer t(*std::move(made), options);
        return t;
    }

    [[nodiscard]] tape<T, Layers>& network_tape() noexcept { return tape_; }
    [[nodiscard]] const trainer_options& options() const noexcept { return options_; }
    [[nodiscard]] const position& at() const noexcept { return at_; }
    [[nodiscard]] std::size_t classes() const noexcept {
        return static_cast<std::size_t>(tape_.output_dims()[1]);
    }
    /// Full batches of an epoch; what is left over waits for the next epoch's order.
    template <image_source D>
    [[nodiscard]] std::size_t batches(const D& data) const noexcept {
        return data.size() / tape_.batch();
    }
    [[nodiscard]] bool finished() const noexcept { return at_.epoch >= options_.epochs; }

    /// Refuses data whose images or labels the network does not take.
    template <image_source D>
    [[nodiscard]] result<void> check(const D& data) const {
        shape image;
        for (std::size_t i = 1; i < tape_.input_dims().rank(); ++i)
            image.push_back(tape_.input_dims()[i]);
        if (data.dims().elements() != image.elements())
            return fault{errc::bad_shape,
                         "the images of the data set do not have the size of the network's input",
                         text_of(data.dims()) + " for " + text_of(image)};
        for (std::size_t i = 0; i < data.size(); ++i)
            if (data.label(i) < 0 || static_cast<std::size_t>(data.label(i)) >= classes())
                return fault{errc::bad_shape, "a label of the data set is not a class of the network",
                             "label " + std::to_string(data.label(i)) + " of image " + std::to_string(i) +
                                 ", classes 0 to " + std::to_string(classes() - 1)};
        return {};
    }

    /// The next batch of the epoch: one update. loss(logits, labels, indices, gradient) gives the loss.
    template <image_source D, class Loss>
    [[nodiscard]] result<score> step(const D& data, const Loss& loss) {
        PITH_TRY(check_size(data.size()));
        if (order_.size() != data.size() || order_epoch_ != at_.epoch) {
            order_ = shuffled(data.size(), options_.seed, at_.epoch);
            order_epoch_ = at_.epoch;
        }
        const std::size_t n = tape_.batch();
        tape_.norm_momentum(options_.tape.norm_momentum);
        const auto s = differentiate(data, view<const std::uint32_t>(order_).subspan(at_.batch * n, n), loss);
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
    template <image_source D, class Loss>
    [[nodiscard]] result<score> differentiate(const D& data, view<const std::uint32_t> indices,
                                              const Loss& loss) {
        load_batch<T>(data, indices, {options_.change, options_.seed, at_.epoch}, tape_.input(),
                      view<std::int32_t>(labels_));
        tape_.train(true);
        PITH_TRY(tape_.forward());
        const rows<const T> logits{tape_.output(), classes()};
        score s;
        s.loss = static_cast<double>(
            loss(logits, labels_view(labels_), indices, rows<T>{tape_.output_gradient(), classes()}));
        if (!std::isfinite(s.loss))
            return detail::diverged("the loss", s.loss, at_, options_.rate);
        if (!all_finite<T>(tape_.output())) // of which a hinge loss shows nothing
            return detail::diverged("an output", {}, at_, options_.rate);
        s.accuracy = right(logits, indices.size()) / static_cast<double>(indices.size());
        tape_.backward();
        return s;
    }

    /// Over the whole data set, with running statistics and, if there is one, the moving average.
    template <image_source D>
    [[nodiscard]] result<score> evaluate(const D& data) {
        PITH_TRY(check(data));
        exchange_average();
        const auto s = evaluate_as_is(data);
        exchange_average();
        return s;
    }

    /// Measures the running statistics of all batch normalisations anew, as means over `count` batches whose
    /// images are changed as in training: those of unchanged images are others, and cost accuracy.
    template <image_source D>
    [[nodiscard]] result<void> reestimate_statistics(const D& data, std::size_t count) {
        PITH_TRY(check(data));
        exchange_average();
        const auto order = shuffled(data.size(), options_.seed, ~std::uint64_t{0});
        const std::size_t n = tape_.batch();
        tape_.train(true);
        result<void> done;
        for (std::size_t k = 0; done && k < std::min(count, batches(data)); ++k) {
            tape_.norm_momentum(1 / static_cast<double>(k + 1));
            load_batch<T>(data, view<const std::uint32_t>(order).subspan(k * n, n),
                          {options_.change, options_.seed, at_.epoch}, tape_.input(),
                          view<std::int32_t>(labels_));
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
    [[nodiscard]] std::vector<view<T>> memories() {
        return {tape_.parameter_values(), tape_.other_constants(), view<T>(optimizer_memory_),
                view<T>(average_)};
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
        return all_finite<T>(tape_.parameter_values()) && all_finite<T>(view<const T>(optimizer_memory_)) &&
               all_finite<T>(view<const T>(average_)) &&
               std::none_of(constants.begin(), constants.end(), [](T v) { return std::isnan(v); });
    }

private:
    trainer(tape<T, Layers> t, trainer_options options)
        : tape_(std::move(t)), options_(std::move(options)), labels_(tape_.batch()) {
        const std::size_t size = tape_.parameter_values().size();
        const std::size_t memories =
            std::visit([](const auto& o) { return o.memories(); }, options_.optimizer);
        optimizer_memory_.assign(size * memories, T{0});
        if (options_.average)
            average_.assign(tape_.parameter_values().begin(), tape_.parameter_values().end());
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

    [[nodiscard]] double right(rows<const T> logits, std::size_t count) const {
        std::size_t n = 0;
        for (std::size_t i = 0; i < count; ++i)
            n += argmax<T>(logits[i]) == static_cast<std::size_t>(labels_[i]) ? 1 : 0;
        return static_cast<double>(n);
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
            const view<T> memory = view<T>(optimizer_memory_).subspan(at, n);
            std::visit([&](const auto& o) { o(range, rate, at_.step, memory); }, options_.optimizer);
            at += n;
        }
        tape_.after_update();
        if (options_.average)
            (*options_.average)(view<const T>(tape_.parameter_values()), at_.step, view<T>(average_));
    }

    void exchange_average() {
        if (options_.average)
            std::swap_ranges(average_.begin(), average_.end(), tape_.parameter_values().begin());
    }

    template <image_source D>
    [[nodiscard]] result<score> evaluate_as_is(const D& data) {
        const std::size_t n = tape_.batch();
        tape_.train(false);
        score s;
        std::vector<std::uint32_t> indices(n);
        for (std::size_t first = 0; first < data.size(); first += n) {
            const std::size_t count = std::min(n, data.size() - first);
            for (std::size_t i = 0; i < n; ++i) // a last, short batch is filled up with its first image
                indices[i] = static_cast<std::uint32_t>(first + (i < count ? i : 0));
            load_batch<T>(data, indices, {}, tape_.input(), view<std::int32_t>(labels_));
            PITH_TRY(tape_.forward());
            const rows<const T> logits{tape_.output(), classes()};
            s.accuracy += right(logits, count);
            for (std::size_t i = 0; i < count; ++i)
                s.loss += static_cast<double>(log_sum_exp<T>(logits[i]) -
                                              logits[i][static_cast<std::size_t>(labels_[i])]);
        }
        const double size = static_cast<double>(std::max<std::size_t>(data.size(), 1));
        return score{s.loss / size, s.accuracy / size};
    }

    tape<T, Layers> tape_;
    trainer_options options_;
    position at_;
    std::size_t images_ = 0;
    std::vector<T> optimizer_memory_;
    std::vector<T> average_;
    std::vector<std::int32_t> labels_;
    std::vector<std::uint32_t> order_;
    std::uint64_t order_epoch_ = ~std::uint64_t{0};
};

} // namespace pith::train

#endif
