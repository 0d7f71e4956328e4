// SPDX-License-Identifier: MIT
#ifndef PITH_TESTS_SUPPORT_LOGIT_PAIR_HPP
#define PITH_TESTS_SUPPORT_LOGIT_PAIR_HPP
/// Random logits of a student and a teacher, for the losses on both.

#include <cstddef>
#include <cstdint>
#include <vector>

#include <pith/train/rows.hpp>

#include "gradient_check.hpp"

namespace pith::tests {

using train::rows;

inline constexpr std::size_t samples = 3;
inline constexpr std::size_t classes = 6;
inline const std::vector<std::int32_t> labels{5, 0, 3};

struct logits {
    pith::random_bits bits{11};
    std::vector<double> student = random_reals(samples * classes, bits, -4, 4);
    std::vector<double> teacher = random_reals(samples * classes, bits, -4, 4);
    std::vector<double> gradient = std::vector<double>(samples * classes);
    std::vector<double> unused = gradient;

    /// Error of the gradient of call(student, teacher, gradient).
    template <class Call>
    double error(const Call& call) {
        const rows<const double> s{student, classes};
        const rows<const double> t{teacher, classes};
        call(s, t, rows<double>{gradient, classes});
        return gradient_error(student, gradient, [&] { return call(s, t, rows<double>{unused, classes}); });
    }
};

} // namespace pith::tests

#endif
