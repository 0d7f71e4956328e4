// SPDX-License-Identifier: MIT
#ifndef PITH_DISTILL_DECOUPLED_HPP
#define PITH_DISTILL_DECOUPLED_HPP
/// Decoupled knowledge distillation (Zhao et al., CVPR 2022): the target class and the rest are weighted
/// apart.

#include <cmath>
#include <cstddef>
#include <span>

#include "../train/loss.hpp"
#include "../train/rows.hpp"

namespace pith::distill {

/// T^2 (alpha TCKD + beta NCKD), mean over the batch. TCKD is the divergence of {target, rest}, NCKD that of
/// the softmax without the target. With beta = 1 - p_teacher(target) it is plain distillation.
struct decoupled {
    double alpha = 1;
    double beta = 8;
    double temperature = 4;

    /// @pre one label in [0, student.columns) per row, at least 2 columns
    template <class T>
    T operator()(train::rows<const T> student, train::labels_view labels, train::rows<const T> teacher,
                 train::rows<T> gradient) const {
        PITH_ASSERT(student.data.size() == teacher.data.size() && labels.size() == student.size());
        T loss{0};
        for (std::size_t r = 0; r < student.size(); ++r)
            loss += one<T>(student[r], static_cast<std::size_t>(labels[r]), teacher[r], gradient[r],
                           T{1} / static_cast<T>(student.size()));
        return loss;
    }

private:
    template <class T>
    T one(std::span<const T> zs, std::size_t y, std::span<const T> zt, std::span<T> g, T share) const {
        const T t = static_cast<T>(temperature);
        const T a = static_cast<T>(alpha);
        const T b = static_cast<T>(beta);
        const T all_s = train::log_sum_exp<T>(zs, t);
        const T all_t = train::log_sum_exp<T>(zt, t);
        const T rest_s = train::log_sum_exp<T>(zs, t, y);
        const T rest_t = train::log_sum_exp<T>(zt, t, y);
        const T target_s = zs[y] / t - all_s; // logarithms of the probability of the target, and of the rest
        const T target_t = zt[y] / t - all_t;
        const T other_s = rest_s - all_s;
        const T other_t = rest_t - all_t;
        const T target_loss =
            std::exp(target_t) * (target_t - target_s) + std::exp(other_t) * (other_t - other_s);
        const T d = std::exp(target_s) - std::exp(target_t);
        T rest_loss{0};
        for (std::size_t j = 0; j < zs.size(); ++j) {
            if (j == y)
                continue;
            const T log_s = zs[j] / t - rest_s;
            const T log_t = zt[j] / t - rest_t;
            const T h_s = std::exp(log_s);
            const T h_t = std::exp(log_t);
            rest_loss += h_t * (log_t - log_s);
            g[j] = share * t * (-a * d * h_s + b * (h_s - h_t));
        }
        g[y] = share * t * a * d;
        return share * t * t * (a * target_loss + b * rest_loss);
    }
};

/// hard(student, labels) + decoupled distillation, as its authors add them up.
template <class Hard = train::cross_entropy>
struct decoupled_with_labels {
    Hard hard{};
    decoupled soft{};
    double weight = 1; ///< of the distillation; the authors let it grow over the first epochs

    template <class T>
    T operator()(train::rows<const T> student, train::labels_view labels, train::rows<const T> teacher,
                 train::rows<T> gradient, train::rows<T> scratch) const {
        const T from_labels = hard(student, labels, gradient);
        const T from_teacher = soft(student, labels, teacher, scratch);
        const T share = static_cast<T>(weight);
        for (std::size_t i = 0; i < gradient.data.size(); ++i)
            gradient.data[i] += share * scratch.data[i];
        return from_labels + share * from_teacher;
    }
};

} // namespace pith::distill

#endif
