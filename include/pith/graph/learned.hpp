// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_LEARNED_HPP
#define PITH_GRAPH_LEARNED_HPP
/// A quantiser that learns, as values of a graph carry it: training reads and writes it, committing makes an
/// encoding of it (quantize/aware.hpp).

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace pith {

/// Levels, gradient and range fit of one value. p are the learned scalars, which the caller keeps.
template <class T>
class learned_quantizer {
public:
    virtual ~learned_quantizer() = default;

    [[nodiscard]] virtual std::size_t parameters() const = 0;
    /// 1, or one for each slice of a constant's first axis.
    [[nodiscard]] virtual std::size_t scales() const = 0;
    /// Fits p to weights, or to a first batch of activations. Never leaves p[0] at 0.
    virtual void init(std::span<const T> x, std::span<T> p) const = 0;
    /// The quantised x is scale * code.
    virtual void forward(std::span<const T> x, std::span<const T> p, std::span<T> codes,
                         std::span<T> scales) const = 0;
    /// Turns the gradient of the quantised x into that of x, and adds p's to gp.
    virtual void backward(std::span<const T> x, std::span<const T> p, std::span<const T> codes,
                          std::span<const T> scales, std::span<T> gradient, std::span<T> gp) const = 0;
    /// Behind every update: keeps p, and x where the method says so, in their domain. x is empty for values.
    virtual void after_update(std::span<T> x, std::span<T> p) const = 0;
    /// For methods that scale gradients by how curved the loss is.
    /// @param curvature mean second derivative of the loss by a code
    /// @param reach three standard deviations of the first derivative
    virtual void adapt(double curvature, double reach, std::span<T> p) const = 0;
    /// What codes can be, ascending.
    [[nodiscard]] virtual std::vector<std::int16_t> levels(std::span<const T> p) const = 0;
};

/// What a value is rounded by while it is trained, and what that has learned so far.
template <class T>
struct learned_codes {
    std::shared_ptr<const learned_quantizer<T>> by{}; ///< null: the value is trained as a real number
    std::vector<T> parameters{};                      ///< by->parameters() of them; empty: not fitted yet

    explicit operator bool() const noexcept { return by != nullptr; }
};

} // namespace pith

#endif
