// SPDX-License-Identifier: MIT
#ifndef PITH_TRAIN_INITIALIZE_HPP
#define PITH_TRAIN_INITIALIZE_HPP
/// Fresh masters for a network, the same on every machine for a seed.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "../base/random.hpp"
#include "../graph/graph.hpp"
#include "learned.hpp"

namespace pith::train {

/// How far weights spread: He keeps the size of what passes a rectifier (2 / fan in), Glorot that of what
/// passes a symmetric function (2 / (fan in + fan out)).
enum class spread : std::uint8_t { he, glorot };

/// A pass: fresh weights for every convolution, dense layer and matrix product (He et al., 2015), by the seed
/// alone.
struct initialize {
    spread kind = spread::he;
    std::uint64_t seed = 1;

    /// Weights uniform with the variance of `kind`, biases and offsets 0, scales 1, slopes 0.25, running
    /// means 0 and variances 1.
    template <class T, class Layers>
    [[nodiscard]] graph<T, Layers> operator()(graph<T, Layers> g) const {
        random_bits bits(seed);
        for (const auto& l : learned_constants(g)) {
            auto& values = *g[l.id].reals();
            if (l.kind == role::weight)
                draw(values, bits);
            else
                std::fill(values.data().begin(), values.data().end(), first_value<T>(l.kind));
        }
        for (const auto& n : g.nodes)
            if (layer_of<batch_norm>(n) != nullptr)
                for (const std::size_t i : {3u, 4u})
                    if (auto* t = g[n.inputs[i]].reals(); t != nullptr)
                        std::fill(t->data().begin(), t->data().end(), i == 3 ? T{0} : T{1});
        return g;
    }

private:
    template <class T>
    [[nodiscard]] static T first_value(role kind) noexcept {
        return kind == role::norm_scale ? T{1} : kind == role::slope ? static_cast<T>(0.25) : T{0};
    }
    /// Weights [out, ..., in]: a window's inputs come in, its outputs go out.
    template <class T>
    void draw(tensor<T>& w, random_bits& bits) const {
        const shape& d = w.dims();
        if (d.rank() == 0)
            return;
        const double in =
            static_cast<double>(d.elements()) / static_cast<double>(std::max<std::int64_t>(d[0], 1));
        const double out =
            static_cast<double>(d.elements()) / static_cast<double>(std::max<std::int64_t>(d.back(), 1));
        const double variance = kind == spread::he ? 2 / in : 2 / (in + out);
        const double limit = std::sqrt(3 * variance);
        for (auto& v : w.data())
            v = static_cast<T>((static_cast<double>(bits.unit()) * 2 - 1) * limit);
    }
};

} // namespace pith::train

#endif
