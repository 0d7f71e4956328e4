// SPDX-License-Identifier: MIT
#ifndef PITH_TRAIN_LOSS_HPP
#define PITH_TRAIN_LOSS_HPP
/// Losses: the value, and the gradient with respect to the network's outputs. Pure; all are means over the
/// batch.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

#include "../base/assert.hpp"
#include "batch.hpp"
#include "rows.hpp"

namespace pith::train {

/// -sum of target * log softmax(logits); target is 1 - smoothing for the label, plus smoothing / classes for
/// every class.
struct cross_entropy {
    double smoothing = 0;

    /// @pre one label in [0, logits.columns) per row
    template <class T>
    T operator()(rows<const T> logits, labels_view labels, rows<T> gradient) const {
        PITH_ASSERT(labels.size() == logits.size() && gradient.data.size() == logits.data.size());
        const T share = T{1} / static_cast<T>(logits.size());
        const T other = static_cast<T>(smoothing) / static_cast<T>(logits.columns);
        T loss{0};
        for (std::size_t r = 0; r < logits.size(); ++r) {
            const std::span<const T> z = logits[r];
            const std::span<T> g = gradient[r];
            const auto label = static_cast<std::size_t>(labels[r]);
            const T norm = log_sum_exp<T>(z);
            T sum{0};
            for (std::size_t i = 0; i < z.size(); ++i) {
                const T target = other + (i == label ? T{1} - static_cast<T>(smoothing) : T{0});
                sum -= target * (z[i] - norm);
                g[i] = (std::exp(z[i] - norm) - target) * share;
            }
            loss += sum * share;
        }
        return loss;
    }
};

/// Mean of max(0, 1 - t z)^2 over samples and classes; t is +1 for the label, -1 for the rest
/// (BinaryConnect).
struct squared_hinge {
    /// @pre one label in [0, outputs.columns) per row
    template <class T>
    T operator()(rows<const T> outputs, labels_view labels, rows<T> gradient) const {
        PITH_ASSERT(labels.size() == outputs.size() && gradient.data.size() == outputs.data.size());
        const T share = T{1} / static_cast<T>(outputs.data.size());
        T loss{0};
        for (std::size_t r = 0; r < outputs.size(); ++r)
            for (std::size_t i = 0; i < outputs.columns; ++i) {
                const T target = i == static_cast<std::size_t>(labels[r]) ? T{1} : T{-1};
                const T room = T{1} - target * outputs[r][i];
                const T missing = room > T{0} ? room : T{0};
                loss += missing * missing * share;
                gradient[r][i] = -2 * target * missing * share;
            }
        return loss;
    }
};

/// Mean of (output - target)^2 over all elements.
struct mean_squared {
    template <class T>
    T operator()(rows<const T> outputs, rows<const T> targets, rows<T> gradient) const {
        PITH_ASSERT(targets.data.size() == outputs.data.size() &&
                    gradient.data.size() == outputs.data.size());
        const T share = T{1} / static_cast<T>(outputs.data.size());
        T loss{0};
        for (std::size_t i = 0; i < outputs.data.size(); ++i) {
            const T d = outputs.data[i] - targets.data[i];
            loss += d * d * share;
            gradient.data[i] = 2 * d * share;
        }
        return loss;
    }
};

} // namespace pith::train

#endif
