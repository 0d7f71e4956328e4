// SPDX-License-Identifier: MIT
#ifndef PITH_DISTILL_ATTENTION_HPP
#define PITH_DISTILL_ATTENTION_HPP
/// Attention transfer (Zagoruyko and Komodakis, 2017): where the energy of a feature map lies is to agree.

#include <cmath>
#include <cstddef>
#include <vector>

#include "../base/assert.hpp"
#include "../base/view.hpp"

namespace pith::distill {

/// Mean of (q_student - q_teacher)^2 over samples and pixels; q is the mean over channels of squared
/// features, divided by its Euclidean norm over the pixels. Networks may differ in channels, not in pixels.
/// The authors weigh it by 1000 and add up three groups of layers.
struct attention {
    std::size_t samples = 1;
    std::size_t pixels = 1;

    /// @param student [samples, pixels, channels], as `gradient`. @param teacher [samples, pixels, its
    /// channels]
    template <class T>
    T operator()(view<const T> student, view<const T> teacher, view<T> gradient) const {
        const std::size_t all = samples * pixels;
        PITH_ASSERT(student.size() % all == 0 && teacher.size() % all == 0 &&
                    gradient.size() == student.size());
        const std::size_t channels = student.size() / all;
        std::vector<T> q_s(pixels);
        std::vector<T> q_t(pixels);
        T loss{0};
        for (std::size_t n = 0; n < samples; ++n) {
            const T norm = map<T>(student, n, q_s);
            map<T>(teacher, n, q_t);
            T along{0}; // component of the gradient along q_s, which the normalisation takes away
            for (std::size_t p = 0; p < pixels; ++p) {
                const T d = q_s[p] - q_t[p];
                loss += d * d / static_cast<T>(all);
                along += 2 * d * q_s[p] / static_cast<T>(all);
            }
            for (std::size_t p = 0; p < pixels; ++p) {
                const T r = 2 * (q_s[p] - q_t[p]) / static_cast<T>(all);
                const T dq = norm > T{0} ? (r - along * q_s[p]) / norm : T{0};
                for (std::size_t c = 0; c < channels; ++c) {
                    const std::size_t i = (n * pixels + p) * channels + c;
                    gradient[i] = dq * 2 * student[i] / static_cast<T>(channels);
                }
            }
        }
        return loss;
    }

private:
    /// Normalised map of sample n; returns the norm.
    template <class T>
    T map(view<const T> features, std::size_t n, std::vector<T>& q) const {
        const std::size_t channels = features.size() / (samples * pixels);
        T squares{0};
        for (std::size_t p = 0; p < pixels; ++p) {
            T sum{0};
            for (std::size_t c = 0; c < channels; ++c) {
                const T a = features[(n * pixels + p) * channels + c];
                sum += a * a;
            }
            q[p] = sum / static_cast<T>(channels);
            squares += q[p] * q[p];
        }
        const T norm = std::sqrt(squares);
        for (T& e : q)
            e = norm > T{0} ? e / norm : T{0};
        return norm;
    }
};

} // namespace pith::distill

#endif
