// SPDX-License-Identifier: MIT
#ifndef PITH_TRAIN_QUANTIZATION_HPP
#define PITH_TRAIN_QUANTIZATION_HPP
/// Quantised constants and values in training: convolutions and dense layers multiply their integer codes,
/// whose sums are exact below 2^24, and scale the sums once, as the packed program does.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "../base/view.hpp"
#include "../graph/graph.hpp"
#include "memory.hpp"

namespace pith::train {

/// Levels, gradient and range fit, as the tape calls them. p are learned scalars that the tape keeps.
template <class T>
class quantization {
public:
    virtual ~quantization() = default;

    [[nodiscard]] virtual std::size_t parameters() const = 0;
    /// 1, or one for each slice of a constant's first axis.
    [[nodiscard]] virtual std::size_t scales() const = 0;
    /// Fits p to weights, or to a first batch of activations. Never leaves p[0] at 0.
    virtual void init(view<const T> x, view<T> p) const = 0;
    /// The quantised x is scale * code.
    virtual void forward(view<const T> x, view<const T> p, view<T> codes, view<T> scales) const = 0;
    /// Turns the gradient of the quantised x into that of x, and adds p's to gp.
    virtual void backward(view<const T> x, view<const T> p, view<const T> codes, view<const T> scales,
                          view<T> gradient, view<T> gp) const = 0;
    /// Behind every update: keeps p, and x where the method says so, in their domain. x is empty for values.
    virtual void after_update(view<T> x, view<T> p) const = 0;
    /// What codes can be, ascending.
    [[nodiscard]] virtual std::vector<std::int16_t> levels(view<const T> p) const = 0;
};

/// A constant (weights of one conv2d or dense layer), or the output of an identity node that only such layers
/// read.
template <class T>
struct quantized_value {
    value_id id = no_value;
    std::shared_ptr<const quantization<T>> by;
};

/// A quantisation at work: where its numbers lie.
template <class T>
struct quantized_state {
    quantized_value<T> what;
    view<T> p;
    view<T> gp;
    lanes<T> codes;  ///< of a constant
    lanes<T> real;   ///< of a constant: scale * code
    lanes<T> scales; ///< by->scales()

    [[nodiscard]] T scale(std::size_t slice) const noexcept {
        return scales.data()[scales.size() == 1 ? 0 : slice];
    }
    void fit(view<const T> x) {
        if (!p.empty() && p[0] == T{0})
            what.by->init(x, p);
    }
    void forward(view<const T> x, view<T> to) { what.by->forward(x, p, to, scales.all()); }
    /// @param gradient of the quantised x; becomes that of x
    void backward(view<const T> x, view<const T> from, view<T> gradient) {
        std::fill(gp.begin(), gp.end(), T{0});
        what.by->backward(x, p, from, scales.all(), gradient, gp);
    }
    /// Codes and real values of a constant, anew.
    void quantize(view<const T> master) {
        forward(master, codes.all());
        const std::size_t slice = codes.size() / scales.size();
        for (std::size_t i = 0; i < codes.size(); ++i)
            real.data()[i] = codes.data()[i] * scales.data()[i / slice];
    }
};

} // namespace pith::train

#endif
