// SPDX-License-Identifier: MIT
#ifndef PITH_DISTILL_ATTENTION_HPP
#define PITH_DISTILL_ATTENTION_HPP
/// Attention transfer (Zagoruyko and Komodakis, 2017): where the energy of a feature map lies is to agree.

#include <cstddef>
#include <span>
#include <string>
#include <type_traits>

#include "../base/assert.hpp"
#include "../base/result.hpp"
#include "../eigen.hpp"
#include "../graph/shape_text.hpp"
#include "features.hpp"

namespace pith::distill {

/// Mean of (q_student - q_teacher)^2 over samples and pixels; q is the mean over channels of squared
/// features, divided by its Euclidean norm over the pixels. Networks may differ in channels, not in pixels.
/// The authors weigh it by 1000 and add up three groups of layers.
struct attention {
    /// @param gradient of the student's features
    template <class T>
    [[nodiscard]] T operator()(const feature_map<const T>& student, const feature_map<const T>& teacher,
                               std::span<T> gradient) const {
        PITH_ASSERT(student.samples() == teacher.samples() && student.pixels() == teacher.pixels() &&
                    gradient.size() == student.data.size());
        using matrix = matrix_of<T>;
        using vector = vector_of<T>;
        const auto channels = static_cast<double>(student.channels());
        const auto all = static_cast<double>(student.samples() * student.pixels());
        double loss = 0;
        for (std::size_t n = 0; n < student.samples(); ++n) {
            const matrix x = sample(student, n);
            const vector energy = x.rowwise().squaredNorm() / channels;
            const double norm = energy.norm();
            const vector q = normalized<vector>(energy);
            const vector apart = q - normalized<vector>(sample(teacher, n).rowwise().squaredNorm() /
                                                        static_cast<double>(teacher.channels()));
            loss += apart.squaredNorm() / all;
            const vector dq = 2 / all * apart;
            // The normalisation takes away what points along q.
            const vector d = norm > 0 ? vector((dq - dq.dot(q) * q) / norm) : vector::Zero(q.size()).eval();
            const matrix g = 2 / channels * d.asDiagonal() * x;
            for (Eigen::Index p = 0; p < g.rows(); ++p)
                for (Eigen::Index c = 0; c < g.cols(); ++c)
                    gradient[n * static_cast<std::size_t>(g.size()) +
                             static_cast<std::size_t>(p * g.cols() + c)] = static_cast<T>(g(p, c));
        }
        return static_cast<T>(loss);
    }
    [[nodiscard]] result<void> fits(const shape& student, const shape& teacher) const {
        bool same = student.rank() == teacher.rank() && student.rank() > 1;
        for (std::size_t i = 0; same && i + 1 < student.rank(); ++i)
            same = student[i] == teacher[i];
        if (same)
            return {};
        return fault{errc::bad_shape,
                     "attention transfer needs feature maps that differ in nothing but channels",
                     text_of(student) + " for " + text_of(teacher)};
    }

private:
    /// In double, whatever the features are in.
    template <class T>
    using matrix_of = Eigen::Matrix<std::common_type_t<T, double>, Eigen::Dynamic, Eigen::Dynamic>;
    template <class T>
    using vector_of = Eigen::Matrix<std::common_type_t<T, double>, Eigen::Dynamic, 1>;

    /// [pixels, channels]
    template <class T>
    [[nodiscard]] static matrix_of<T> sample(const feature_map<const T>& of, std::size_t n) {
        const std::size_t size = of.pixels() * of.channels();
        return Eigen::Map<const eigen_matrix<T>>(of.data.data() + n * size,
                                                 static_cast<Eigen::Index>(of.pixels()),
                                                 static_cast<Eigen::Index>(of.channels()))
            .template cast<std::common_type_t<T, double>>();
    }
    template <class Vector>
    [[nodiscard]] static Vector normalized(Vector energy) {
        const auto norm = energy.norm();
        return norm > 0 ? Vector(energy / norm) : energy;
    }
};

} // namespace pith::distill

#endif
