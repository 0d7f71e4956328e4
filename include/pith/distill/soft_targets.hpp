// SPDX-License-Identifier: MIT
#ifndef PITH_DISTILL_SOFT_TARGETS_HPP
#define PITH_DISTILL_SOFT_TARGETS_HPP
/// Losses on the logits of a student and a teacher: Hinton's soft targets and ReActNet's distributional loss.

#include <cmath>
#include <cstddef>
#include <span>

#include "../train/loss.hpp"
#include "../train/rows.hpp"

namespace pith::distill {

using train::labels_view;
using train::rows;

/// T^2 KL(softmax(teacher / T) || softmax(student / T)), mean over the batch. The factor T^2 keeps gradients
/// of the size of a cross entropy's at every temperature.
struct soft_targets {
    double temperature = 4;

    template <class T>
    T operator()(rows<const T> student, rows<const T> teacher, rows<T> gradient) const {
        PITH_ASSERT(student.data.size() == teacher.data.size());
        const T t = static_cast<T>(temperature);
        const T share = t / static_cast<T>(student.size());
        T loss{0};
        for (std::size_t r = 0; r < student.size(); ++r) {
            const std::span<const T> zs = student[r];
            const std::span<const T> zt = teacher[r];
            const T norm_s = train::log_sum_exp<T>(zs, t);
            const T norm_t = train::log_sum_exp<T>(zt, t);
            for (std::size_t i = 0; i < zs.size(); ++i) {
                const T log_s = zs[i] / t - norm_s;
                const T log_t = zt[i] / t - norm_t;
                const T p = std::exp(log_t);
                loss += share * t * p * (log_t - log_s);
                gradient[r][i] = share * (std::exp(log_s) - p);
            }
        }
        return loss;
    }
};

/// Cross entropy of softmax(teacher) and softmax(student), mean over the batch: what binary students learn
/// from instead of labels.
struct distributional {
    template <class T>
    T operator()(rows<const T> student, rows<const T> teacher, rows<T> gradient) const {
        PITH_ASSERT(student.data.size() == teacher.data.size());
        const T share = T{1} / static_cast<T>(student.size());
        T loss{0};
        for (std::size_t r = 0; r < student.size(); ++r) {
            const std::span<const T> zs = student[r];
            const std::span<const T> zt = teacher[r];
            const T norm_s = train::log_sum_exp<T>(zs);
            const T norm_t = train::log_sum_exp<T>(zt);
            for (std::size_t i = 0; i < zs.size(); ++i) {
                const T p = std::exp(zt[i] - norm_t);
                loss -= share * p * (zs[i] - norm_s);
                gradient[r][i] = share * (std::exp(zs[i] - norm_s) - p);
            }
        }
        return loss;
    }
};

/// (1 - weight) * hard(student, labels) + weight * soft(student, teacher).
/// @tparam Hard a loss on labels. @tparam Soft a loss on a teacher's logits.
template <class Hard = train::cross_entropy, class Soft = soft_targets>
struct mixed {
    Hard hard{};
    Soft soft{};
    double weight = 0.9;

    template <class T>
    T operator()(rows<const T> student, labels_view labels, rows<const T> teacher, rows<T> gradient,
                 rows<T> scratch) const {
        const T share = static_cast<T>(weight);
        const T from_labels = hard(student, labels, gradient);
        const T from_teacher = soft(student, teacher, scratch);
        for (std::size_t i = 0; i < gradient.data.size(); ++i)
            gradient.data[i] = (T{1} - share) * gradient.data[i] + share * scratch.data[i];
        return (T{1} - share) * from_labels + share * from_teacher;
    }
};

} // namespace pith::distill

#endif
