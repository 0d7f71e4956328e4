// SPDX-License-Identifier: MIT
#ifndef PITH_DISTILL_HINT_HPP
#define PITH_DISTILL_HINT_HPP
/// FitNets hints (Romero et al., 2015): a regressor on the student's features is to give the teacher's. The
/// regressor is a layer of the student's graph while it learns, as a 1x1 convolution is where only the
/// channels differ; distill::untap takes it away.

#include <span>
#include <string>

#include "../base/assert.hpp"
#include "../base/result.hpp"
#include "../graph/shape_text.hpp"
#include "features.hpp"

namespace pith::distill {

/// Half the squared distance of regressed features and hints, summed over a sample, mean over the batch.
struct hint {
    template <class T>
    [[nodiscard]] T operator()(const feature_map<const T>& regressed, const feature_map<const T>& hints,
                               std::span<T> gradient) const {
        PITH_ASSERT(regressed.data.size() == hints.data.size() && gradient.size() == hints.data.size());
        const T share = T{1} / static_cast<T>(regressed.samples());
        T loss{0};
        for (std::size_t i = 0; i < hints.data.size(); ++i) {
            const T d = regressed.data[i] - hints.data[i];
            loss += share * d * d / 2;
            gradient[i] = share * d;
        }
        return loss;
    }
    /// The regressor's output is laid out as the teacher's features are.
    [[nodiscard]] result<void> fits(const shape& regressed, const shape& hints) const {
        if (regressed == hints)
            return {};
        return fault{errc::bad_shape, "hints need a regressor that gives features of the teacher's shape",
                     text_of(regressed) + " for " + text_of(hints)};
    }
};

} // namespace pith::distill

#endif
