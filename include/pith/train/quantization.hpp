// SPDX-License-Identifier: MIT
#ifndef PITH_TRAIN_QUANTIZATION_HPP
#define PITH_TRAIN_QUANTIZATION_HPP
/// Quantised constants and values in training: convolutions and dense layers multiply their integer codes,
/// whose sums are exact below 2^24, and scale the sums once, as the packed program does. Greater sums are
/// rounded as floats are; they do not wrap, and where int32 could not hold them the program does not let them
/// either (graph/accumulator_bound.hpp).

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "../base/random.hpp"
#include "../base/result.hpp"
#include "../graph/graph.hpp"
#include "../graph/learned.hpp"
#include "../graph/uses.hpp"
#include "learned.hpp"
#include "memory.hpp"
#include "step.hpp"

namespace pith::train {

/// Moves codes off their levels, each up or down by chance, and sums up the gradient by codes, along that
/// direction above all.
template <class T>
struct code_probe {
    T step{0}; ///< in codes; 0 leaves them alone
    std::uint64_t seed = 0;
    double along = 0;
    double sum = 0;
    double squares = 0;
    std::size_t count = 0;

    /// body(element, -1 or 1)
    template <class Body>
    void for_signs(std::size_t elements, const Body& body) const {
        random_bits bits(seed);
        std::uint64_t word = 0;
        for (std::size_t i = 0; i < elements; ++i, word >>= 1) {
            if (i % 64 == 0)
                word = bits();
            body(i, (word & 1) != 0 ? T{1} : T{-1});
        }
    }
    void move(std::span<T> codes) const {
        for_signs(codes.size(), [&](std::size_t i, T sign) { codes[i] += step * sign; });
    }
    /// @param scales of equal parts
    void watch(std::span<const T> gradient, std::span<const T> scales) {
        const std::size_t part = gradient.size() / scales.size();
        for_signs(gradient.size(), [&](std::size_t i, T sign) {
            const double g = static_cast<double>(gradient[i] * scales[i / part]);
            along += static_cast<double>(sign) * g;
            sum += g;
            squares += g * g;
        });
        count = gradient.size();
    }
};

/// A quantisation at work: where its numbers lie.
template <class T>
struct quantized_state {
    value_id id = no_value; ///< of a constant (weights of one layer), or of what such layers read
    std::shared_ptr<const learned_quantizer<T>> by;
    std::span<T> p;
    std::span<T> gp;
    lanes<T> codes;  ///< of a constant
    lanes<T> real;   ///< of a constant: scale * code
    lanes<T> scales; ///< by->scales()
    code_probe<T> probe{};

    [[nodiscard]] T scale(std::size_t slice) const noexcept {
        return scales.data()[scales.size() == 1 ? 0 : slice];
    }
    void fit(std::span<const T> x) {
        if (!p.empty() && p[0] == T{0})
            by->init(x, p);
    }
    void forward(std::span<const T> x, std::span<T> to) {
        by->forward(x, p, to, scales.all());
        if (probe.step != T{0})
            probe.move(to);
    }
    /// @param gradient of the quantised x; becomes that of x
    void backward(std::span<const T> x, std::span<const T> from, std::span<T> gradient) {
        if (probe.step != T{0})
            probe.watch(gradient, scales.all());
        std::fill(gp.begin(), gp.end(), T{0});
        by->backward(x, p, from, scales.all(), gradient, gp);
    }
    /// Codes and real values of a constant, anew.
    void quantize(std::span<const T> master) {
        forward(master, codes.all());
        const std::size_t slice = codes.size() / scales.size();
        for (std::size_t i = 0; i < codes.size(); ++i)
            real.data()[i] = codes.data()[i] * scales.data()[i / slice];
    }
};

/// The values that are trained in codes: layer by layer, the weights first.
template <class T, class Layers>
[[nodiscard]] std::vector<value_id> values_in_codes(const graph<T, Layers>& g) {
    std::vector<value_id> out;
    const auto take = [&](value_id id) {
        if (id != no_value && g[id].learned && std::find(out.begin(), out.end(), id) == out.end())
            out.push_back(id);
    };
    for (const auto& n : g.nodes)
        if (has_weights(n.layer)) {
            take(n.inputs[1]);
            take(n.inputs[0]);
        }
    for (value_id id = 0; id < g.values.size(); ++id)
        take(id);
    return out;
}

/// Constants are the weights of one layer; values come from an identity node and go to such layers.
template <class T, class Layers>
[[nodiscard]] result<void> check_quantized(const graph<T, Layers>& g,
                                           const std::vector<quantized_state<T>>& quantized) {
    const auto uses = uses_of(g);
    for (const auto& q : quantized) {
        const value_id id = q.id;
        const auto& u = uses[id];
        const bool constant = g[id].is_constant();
        bool good = !u.is_output && !u.readers.empty() && (!constant || u.readers.size() == 1);
        for (const auto r : u.readers) {
            const auto& n = g.nodes[r];
            const bool sums = has_weights(n.layer);
            good = good && sums && n.inputs[constant ? 1 : 0] == id;
        }
        if (!constant) {
            const auto* made_by = u.producer == no_node ? nullptr : layer_of<unary>(g.nodes[u.producer]);
            good = good && made_by != nullptr && made_by->op == unary_op::identity;
        }
        if (!good)
            return fault{errc::unsupported,
                         "training in codes takes the weights of one convolution or dense layer, or an "
                         "identity node's output that only such layers read",
                         g[id].name};
    }
    return {};
}

/// What the sums of a layer over codes are multiplied by; null where it multiplies reals.
template <class T>
[[nodiscard]] const T* find_factors(const quantized_state<T>* weights, const quantized_state<T>* input,
                                    const step<T>& s, lanes<T>& memory) {
    if (weights == nullptr && input == nullptr)
        return nullptr;
    const auto channels = static_cast<std::size_t>(s.out[0].dims.back());
    T* const f = memory.hold(channels);
    for (std::size_t c = 0; c < channels; ++c)
        f[c] = (weights != nullptr ? weights->scale(c) : T{1}) * (input != nullptr ? input->scale(0) : T{1});
    return f;
}

/// An identity node whose output is quantised.
template <class T>
void forward_quantized(quantized_state<T>& q, step<T>& s) {
    const std::span<const T> x{s.in[0].value, s.in[0].size()};
    q.fit(x);
    q.forward(x, {s.out[0].value, x.size()});
}
template <class T>
void backward_quantized(quantized_state<T>& q, step<T>& s) {
    const slot<T>& in = s.in[0];
    const std::size_t n = in.size();
    T* const g = s.out[0].gradient;
    q.backward({in.value, n}, {s.out[0].value, n}, {g, n});
    if (in.gradient != nullptr)
        s.kernels.copy({.count = n, .x = g, .y = in.gradient, .accumulate = in.accumulate});
}

} // namespace pith::train

#endif
