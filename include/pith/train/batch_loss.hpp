// SPDX-License-Identifier: MIT
#ifndef PITH_TRAIN_BATCH_LOSS_HPP
#define PITH_TRAIN_BATCH_LOSS_HPP
/// Losses over whole batches: any function of all inputs and outputs of a network. Classification is one of
/// them.

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "../base/result.hpp"
#include "../graph/shape_text.hpp"
#include "batch.hpp"
#include "loss.hpp"
#include "source.hpp"

namespace pith::train {

/// Means over samples.
struct score {
    double loss = 0;
    std::optional<double> accuracy{}; ///< share of right answers; none where there are no classes
};

/// loss(batch) gives the loss, a mean over the samples, and writes the gradients of the outputs it reads.
/// Optional: check(batch, source), asked before the first step, which refuses what does not fit; and
/// judge(batch), the score of the first batch.count samples of held-out data, where that is not the loss.
template <class L, class T>
concept batch_loss = requires(const L& loss, const batch<T>& b) {
    { loss(b) } -> std::convertible_to<result<T>>;
};

/// A loss on classes: loss(logits, labels, gradient), as cross_entropy is.
template <class L, class T>
concept label_loss = requires(const L& loss, rows<const T> logits, labels_view labels, rows<T> gradient) {
    { loss(logits, labels, gradient) } -> std::convertible_to<T>;
};

/// What networks are fitted to.
template <class L, class T>
concept any_loss = batch_loss<L, T> || label_loss<L, T>;

/// Refuses where output `k` is not [samples, classes], or a label of the source not one of these.
template <class T, training_source D>
[[nodiscard]] result<void> check_labels(const batch<T>& b, std::size_t k, const D& source) {
    if (k >= b.outputs.size())
        return fault{errc::bad_option, "the loss reads an output that the network does not have",
                     "output " + std::to_string(k) + " of " + std::to_string(b.outputs.size())};
    const shape& dims = b.outputs[k].dims;
    if (dims.rank() != 2 || dims[1] < 1)
        return fault{errc::unsupported, "a loss on labels needs an output [batch, classes]", text_of(dims)};
    if (!is_labelled(source))
        return fault{errc::bad_option, "a loss on labels needs a data set with labels"};
    if constexpr (has_labels<D>)
        for (std::size_t i = 0; i < source.size(); ++i)
            if (source.label(i) < 0 || source.label(i) >= dims[1])
                return fault{errc::bad_shape, "a label of the data set is not a class of the network",
                             "label " + std::to_string(source.label(i)) + " of image " + std::to_string(i) +
                                 ", classes 0 to " + std::to_string(dims[1] - 1)};
    return {};
}

/// Mean cross entropy, and the share of samples whose greatest output is that of their label.
template <class T>
[[nodiscard]] score judge_labels(const batch<T>& b, std::size_t k) {
    const rows<const T> logits = b.outputs[k].value_rows();
    score s{.loss = 0, .accuracy = 0};
    for (std::size_t i = 0; i < b.count; ++i) {
        const auto label = static_cast<std::size_t>(b.labels[i]);
        *s.accuracy += argmax<T>(logits[i]) == label ? 1 : 0;
        s.loss += static_cast<double>(log_sum_exp<T>(logits[i]) - logits[i][label]);
    }
    const double n = static_cast<double>(std::max<std::size_t>(b.count, 1));
    return {s.loss / n, *s.accuracy / n};
}

/// A loss on the labels and output `output`. Held-out data are judged by their cross entropy.
template <class Loss = cross_entropy>
struct on_labels {
    Loss loss{};
    std::size_t output = 0;

    template <class T>
    [[nodiscard]] T operator()(const batch<T>& b) const {
        return loss(b.outputs[output].value_rows(), b.labels, b.outputs[output].gradient_rows());
    }
    template <class T, training_source D>
    [[nodiscard]] result<void> check(const batch<T>& b, const D& source) const {
        return check_labels(b, output, source);
    }
    template <class T>
    [[nodiscard]] score judge(const batch<T>& b) const {
        return judge_labels(b, output);
    }
};

namespace detail {

/// A label_loss as a batch_loss; others as they are.
template <class T, class Loss>
[[nodiscard]] auto as_batch_loss(const Loss& loss) {
    if constexpr (batch_loss<Loss, T>)
        return loss;
    else
        return on_labels<Loss>{loss};
}

template <class T, class Loss, class D>
[[nodiscard]] result<void> check_loss(const Loss& loss, const batch<T>& b, const D& source) {
    if constexpr (requires { loss.check(b, source); })
        return loss.check(b, source);
    else
        return {};
}

template <class T, class Loss>
[[nodiscard]] result<score> judge(const Loss& loss, const batch<T>& b) {
    if constexpr (requires { loss.judge(b); }) {
        return loss.judge(b);
    } else {
        const result<T> value = loss(b);
        if (!value)
            return value.error();
        return score{.loss = static_cast<double>(*value)};
    }
}

/// Calls every loss in turn; values and gradients add up.
template <class T, class... Losses>
[[nodiscard]] result<T> add_up(const batch<T>& b, const Losses&... losses) {
    std::vector<std::vector<T>> sums;
    for (const auto& o : b.outputs)
        sums.emplace_back(o.gradient.size(), T{0});
    T total{0};
    result<void> done;
    const auto add = [&](const auto& loss) {
        const result<T> value = loss(b);
        if (!value) {
            done = value.error();
            return false;
        }
        total += *value;
        for (std::size_t k = 0; k < sums.size(); ++k)
            for (std::size_t i = 0; i < sums[k].size(); ++i)
                sums[k][i] += std::exchange(b.outputs[k].gradient[i], T{0});
        return true;
    };
    if (!(add(losses) && ...))
        return done.error();
    for (std::size_t k = 0; k < sums.size(); ++k)
        std::copy(sums[k].begin(), sums[k].end(), b.outputs[k].gradient.begin());
    return total;
}

} // namespace detail

/// weight * loss.
template <class Loss>
struct weighted {
    Loss loss{};
    double weight = 1;

    template <class T>
    [[nodiscard]] result<T> operator()(const batch<T>& b) const {
        const result<T> value = loss(b);
        if (!value)
            return value;
        for (const auto& o : b.outputs)
            for (T& g : o.gradient)
                g *= static_cast<T>(weight);
        return static_cast<T>(weight) * *value;
    }
    template <class T, training_source D>
    [[nodiscard]] result<void> check(const batch<T>& b, const D& source) const {
        return detail::check_loss(loss, b, source);
    }
};

/// The sum of several losses, on the same outputs or on different ones. Held-out data are judged by the
/// first.
template <class... Losses>
struct sum_of {
    std::tuple<Losses...> losses;

    explicit sum_of(Losses... all) : losses(std::move(all)...) {}

    template <class T>
    [[nodiscard]] result<T> operator()(const batch<T>& b) const {
        return std::apply([&](const auto&... all) { return detail::add_up(b, all...); }, losses);
    }
    template <class T, training_source D>
    [[nodiscard]] result<void> check(const batch<T>& b, const D& source) const {
        result<void> done;
        std::apply(
            [&](const auto&... all) {
                static_cast<void>(((done = detail::check_loss(all, b, source)) && ...));
            },
            losses);
        return done;
    }
    template <class T>
    [[nodiscard]] result<score> judge(const batch<T>& b) const {
        return detail::judge(std::get<0>(losses), b);
    }
};

} // namespace pith::train

#endif
