// SPDX-License-Identifier: MIT
#ifndef MINE_FOCAL_LOSS_HPP
#define MINE_FOCAL_LOSS_HPP
/// A loss that the library does not have: Lin et al., "Focal loss for dense object detection", 2017.

#include <algorithm>
#include <cmath>
#include <cstddef>

#include <pith/pith.hpp>

namespace mine {

/// The mean over samples of -(1 - p)^gamma * log p, p being the softmax of the label's logit.
struct focal_loss {
    double gamma = 2; ///< at least 1, or 0, which is cross entropy

    template <class T>
    T operator()(pith::train::rows<const T> logits, pith::train::labels_view labels,
                 pith::train::rows<T> gradient) const {
        const T share = T{1} / static_cast<T>(logits.size());
        const T g = static_cast<T>(gamma);
        T loss{0};
        for (std::size_t r = 0; r < logits.size(); ++r) {
            const auto label = static_cast<std::size_t>(labels[r]);
            const T norm = pith::train::log_sum_exp<T>(logits[r]);
            const T log_p = logits[r][label] - norm;
            const T p = std::exp(log_p);
            const T rest = std::max(T{1} - p, T{0});
            const T slope = gamma > 0 ? g * p * std::pow(rest, g - 1) * log_p : T{0};
            for (std::size_t i = 0; i < logits.columns; ++i) {
                const T softmax = std::exp(logits[r][i] - norm);
                gradient[r][i] = share * (slope - std::pow(rest, g)) * ((i == label ? T{1} : T{0}) - softmax);
            }
            loss -= share * std::pow(rest, g) * log_p;
        }
        return loss;
    }
};

} // namespace mine

#endif
