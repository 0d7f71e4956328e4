// SPDX-License-Identifier: MIT
#ifndef PITH_DISTILL_HINT_HPP
#define PITH_DISTILL_HINT_HPP
/// FitNets hints (Romero et al., 2015): a regressor on the student's features is to give the teacher's.

#include <cstddef>

#include "../base/assert.hpp"
#include "../base/view.hpp"
#include "../train/rows.hpp"

namespace pith::distill {

/// Half the squared distance of regressed features and hints, summed over a sample, mean over the batch.
struct hint {
    std::size_t samples = 1;

    /// @param regressed features after the regressor, laid out as `hints`.
    template <class T>
    T operator()(view<const T> regressed, view<const T> hints, view<T> gradient) const {
        PITH_ASSERT(regressed.size() == hints.size() && gradient.size() == hints.size());
        const T share = T{1} / static_cast<T>(samples);
        T loss{0};
        for (std::size_t i = 0; i < hints.size(); ++i) {
            const T d = regressed[i] - hints[i];
            loss += share * d * d / 2;
            gradient[i] = share * d;
        }
        return loss;
    }
};

/// The regressor where both networks' features have the same height and width: a 1x1 convolution,
/// weights [teacher channels, student channels], bias [teacher channels]. Features are rows of channels, one
/// per pixel. (Where sizes differ, a conv2d layer in the student's graph does the same work.)
template <class T>
struct pointwise_regressor {
    view<const T> weights;
    view<const T> bias;

    void forward(train::rows<const T> student, train::rows<T> out) const {
        PITH_ASSERT(weights.size() == student.columns * out.columns && bias.size() == out.columns);
        for (std::size_t r = 0; r < student.size(); ++r)
            for (std::size_t o = 0; o < out.columns; ++o) {
                T sum = bias[o];
                for (std::size_t i = 0; i < student.columns; ++i)
                    sum += weights[o * student.columns + i] * student[r][i];
                out[r][o] = sum;
            }
    }

    struct gradients {
        train::rows<T> student;
        view<T> weights;
        view<T> bias;
    };

    /// Sets all three gradients from that of the output.
    void backward(train::rows<const T> student, train::rows<const T> out_gradient, gradients g) const {
        for (auto* part : {&g.student.data, &g.weights, &g.bias})
            for (T& e : *part)
                e = T{0};
        for (std::size_t r = 0; r < student.size(); ++r)
            for (std::size_t o = 0; o < out_gradient.columns; ++o) {
                const T d = out_gradient[r][o];
                g.bias[o] += d;
                for (std::size_t i = 0; i < student.columns; ++i) {
                    g.weights[o * student.columns + i] += d * student[r][i];
                    g.student[r][i] += d * weights[o * student.columns + i];
                }
            }
    }
};

} // namespace pith::distill

#endif
