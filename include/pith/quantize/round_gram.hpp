// SPDX-License-Identifier: MIT
#ifndef PITH_QUANTIZE_ROUND_GRAM_HPP
#define PITH_QUANTIZE_ROUND_GRAM_HPP
/// Codes for a matrix of weights whose products with the rows of a Gram matrix come nearest to their targets:
/// least squares on a grid. Every weight is rounded knowing what the ones before it were rounded to, so that
/// they carry each other's errors (Frantar et al., "GPTQ", 2022, which is Babai's nearest plane); then single
/// codes move, and scales, for as long as that helps.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "../base/ascending.hpp"
#include "../base/parallel.hpp"
#include "../graph/cholesky.hpp"
#include "../graph/gemm.hpp"
#include "../graph/gram.hpp"

namespace pith::quantize {

struct gram_rounding_options {
    /// What departing from the given weights costs beside the error of the products, as a share of the mean
    /// of the Gram matrix's diagonal. More than 0: rows are few and alike, and the matrix needs an inverse.
    double damping = 0.2;
    std::size_t refits = 3; ///< of the scales, each before codes move again
};

/// The outputs of one layer.
struct gram_task {
    const gram& moments;            ///< what is read, and what is to come out
    std::span<const float> weights; ///< [outputs, depth]; those that are 0 stay 0 where that is a code
    std::span<const float> codes;   ///< in use, ascending, one at least
    std::span<const float> scales;  ///< one, or one of every output
    float least_scale = 0.f;        ///< no scale falls below this
};

struct gram_codes {
    std::vector<float> codes;  ///< [outputs, depth]
    std::vector<float> scales; ///< as many as the task has
};

namespace detail {

/// What one group's least squares come to, its columns in an order of ascending diagonal.
template <class T>
struct gram_system {
    std::vector<std::size_t> order{}; ///< columns
    std::vector<T> matrix{};          ///< damped, [depth, depth]
    std::vector<T> factor{};          ///< of the matrix; empty: it has none
    T damping = 0;

    [[nodiscard]] static gram_system of(const gram& m, std::size_t group, double share);
};

template <class T>
gram_system<T> gram_system<T>::of(const gram& m, std::size_t group, double share) {
    const std::size_t n = m.depth;
    const double* h = m.inputs_of(group);
    std::vector<double> diagonal(n);
    for (std::size_t i = 0; i < n; ++i)
        diagonal[i] = h[i * n + i];
    gram_system s{.order = ascending(diagonal), .matrix = std::vector<T>(n * n)};
    for (std::size_t i = 0; i < n; ++i)
        s.damping += static_cast<T>(share * h[i * n + i] / static_cast<double>(n));
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < n; ++j)
            s.matrix[i * n + j] =
                static_cast<T>(h[s.order[i] * n + s.order[j]]) + (i == j ? s.damping : T{0});
    if (auto l = cholesky(s.matrix, n))
        s.factor = std::move(*l);
    return s;
}

/// The code nearest to a number. @pre codes ascend
[[nodiscard]] inline float nearest_of(std::span<const float> codes, double at) noexcept {
    std::size_t low = 0;
    std::size_t high = codes.size() - 1;
    while (low < high) {
        const std::size_t k = (low + high) / 2;
        if (at > 0.5 * (static_cast<double>(codes[k]) + static_cast<double>(codes[k + 1])))
            low = k + 1;
        else
            high = k;
    }
    return codes[low];
}

/// Some outputs of one group, whose codes are searched for. Columns are in the system's order.
template <class T>
class gram_search {
public:
    /// @param first the first of `count` outputs
    gram_search(const gram_task& task, const gram_system<T>& system, std::size_t first, std::size_t count);

    /// The better of two beginnings, each followed down.
    void begin();
    /// What the error is in terms of an output's scale s: denominator s^2 - 2 numerator s + something.
    struct parabola {
        T numerator = 0;
        T denominator = 0;
    };
    [[nodiscard]] parabola along_scale(std::size_t o) const;
    /// Another scale for output o, and where codes move then.
    void rescale(std::size_t o, float scale);
    [[nodiscard]] float scale(std::size_t o) const noexcept { return scales_[o]; }
    [[nodiscard]] std::size_t count() const noexcept { return count_; }
    /// Its part of the layer's codes and scales.
    void write(gram_codes& to) const;

private:
    /// Codes, and half the slope of the error along each weight: matrix * scale * codes - pull.
    struct attempt {
        std::vector<T> codes;
        std::vector<T> slope;
    };
    [[nodiscard]] bool stays(std::size_t i) const noexcept { return keeps_zeros_ && weights_[i] == 0.; }
    [[nodiscard]] T nearest(std::size_t i, T at) const noexcept {
        return stays(i) ? 0. : static_cast<T>(nearest_of(t_.codes, static_cast<double>(at)));
    }
    [[nodiscard]] std::vector<T> each_nearest() const;
    [[nodiscard]] std::vector<T> in_order() const;
    [[nodiscard]] attempt descended(std::vector<T> codes) const;
    void descend(attempt& a, std::size_t o) const;
    [[nodiscard]] T loss(const attempt& a, std::size_t o) const;

    const gram_task& t_;
    const gram_system<T>& s_;
    std::size_t first_;
    std::size_t count_;
    std::size_t depth_;
    bool keeps_zeros_;
    std::vector<float> scales_; ///< [count]
    std::vector<T> weights_;    ///< [count, depth]
    std::vector<T> pull_;       ///< [count, depth]: what real weights would be, times the matrix
    attempt best_{};
};

template <class T>
gram_search<T>::gram_search(const gram_task& task, const gram_system<T>& system, std::size_t first,
                            std::size_t count)
    : t_(task), s_(system), first_(first), count_(count), depth_(task.moments.depth),
      keeps_zeros_(std::find(t_.codes.begin(), t_.codes.end(), 0.f) != t_.codes.end()), scales_(count),
      weights_(count * depth_), pull_(count * depth_) {
    for (std::size_t o = 0; o < count; ++o) {
        scales_[o] = t_.scales[t_.scales.size() == 1 ? 0 : first + o];
        for (std::size_t k = 0; k < depth_; ++k) {
            const auto w = static_cast<T>(t_.weights[(first + o) * depth_ + s_.order[k]]);
            weights_[o * depth_ + k] = w;
            pull_[o * depth_ + k] =
                static_cast<T>(t_.moments.cross_of(first + o)[s_.order[k]]) + s_.damping * w;
        }
    }
}

template <class T>
void gram_search<T>::begin() {
    best_ = descended(each_nearest());
    const attempt other = descended(in_order());
    for (std::size_t o = 0; o < count_; ++o)
        if (loss(other, o) < loss(best_, o)) {
            std::copy_n(other.codes.data() + o * depth_, depth_, best_.codes.data() + o * depth_);
            std::copy_n(other.slope.data() + o * depth_, depth_, best_.slope.data() + o * depth_);
        }
}

template <class T>
std::vector<T> gram_search<T>::each_nearest() const {
    std::vector<T> codes(weights_.size());
    for (std::size_t i = 0; i < codes.size(); ++i)
        codes[i] = nearest(i, weights_[i] / static_cast<T>(scales_[i / depth_]));
    return codes;
}

/// With matrix = L L^T the error is |L^T w - t|^2, t = L^-1 pull: back substitution gives the w without any,
/// the last column first. Here each w is rounded as it is found, and the ones after it see what it became.
template <class T>
std::vector<T> gram_search<T>::in_order() const {
    std::vector<T> t(depth_ * count_);
    for (std::size_t o = 0; o < count_; ++o)
        for (std::size_t k = 0; k < depth_; ++k)
            t[k * count_ + o] = pull_[o * depth_ + k];
    substitute_forward(s_.factor.data(), depth_, depth_, count_, t.data());
    std::vector<T> codes(weights_.size());
    std::vector<T> rest(depth_);
    for (std::size_t o = 0; o < count_; ++o) {
        const auto scale = static_cast<T>(scales_[o]);
        for (std::size_t k = 0; k < depth_; ++k)
            rest[k] = t[k * count_ + o];
        for (std::size_t k = depth_; k-- > 0;) {
            const T* l = s_.factor.data() + k * depth_;
            const T code = nearest(o * depth_ + k, rest[k] / (l[k] * scale));
            codes[o * depth_ + k] = code;
            for (std::size_t j = 0; j < k; ++j)
                rest[j] -= l[j] * (code * scale);
        }
    }
    return codes;
}

template <class T>
typename gram_search<T>::attempt gram_search<T>::descended(std::vector<T> codes) const {
    attempt a{.codes = std::move(codes), .slope = std::vector<T>(weights_.size())};
    gemm_nn<T>({count_, depth_, depth_, depth_, depth_, depth_}, a.codes.data(), s_.matrix.data(),
               a.slope.data());
    for (std::size_t i = 0; i < a.slope.size(); ++i)
        a.slope[i] = a.slope[i] * static_cast<T>(scales_[i / depth_]) - pull_[i];
    for (std::size_t o = 0; o < count_; ++o)
        descend(a, o);
    return a;
}

/// Moves single codes, each to the best place for it, until none moves. A move has to gain more than
/// rounding errors could feign; should they go round in circles even so, there is an end.
template <class T>
void gram_search<T>::descend(attempt& a, std::size_t o) const {
    constexpr int most_rounds = 1000;
    constexpr T least_gain = 1e-9;
    const auto scale = static_cast<T>(scales_[o]);
    T* codes = a.codes.data() + o * depth_;
    T* slope = a.slope.data() + o * depth_;
    bool moved = true;
    for (int round = 0; moved && round < most_rounds; ++round) {
        moved = false;
        for (std::size_t k = depth_; k-- > 0;) {
            const T* h = s_.matrix.data() + k * depth_;
            const T code = nearest(o * depth_ + k, codes[k] - slope[k] / (h[k] * scale));
            const T step = (code - codes[k]) * scale;
            if (!(step * (2. * slope[k] + step * h[k]) < -least_gain * step * step * h[k]))
                continue;
            codes[k] = code;
            for (std::size_t j = 0; j < depth_; ++j)
                slope[j] += step * h[j];
            moved = true;
        }
    }
}

/// The error, less that of all weights 0.
template <class T>
T gram_search<T>::loss(const attempt& a, std::size_t o) const {
    T sum = 0;
    for (std::size_t i = o * depth_; i < (o + 1) * depth_; ++i)
        sum += a.codes[i] * (a.slope[i] - pull_[i]);
    return sum * static_cast<T>(scales_[o]);
}

template <class T>
typename gram_search<T>::parabola gram_search<T>::along_scale(std::size_t o) const {
    parabola p;
    for (std::size_t i = o * depth_; i < (o + 1) * depth_; ++i) {
        p.numerator += best_.codes[i] * pull_[i];
        p.denominator += best_.codes[i] * (best_.slope[i] + pull_[i]);
    }
    p.denominator /= static_cast<T>(scales_[o]);
    return p;
}

template <class T>
void gram_search<T>::rescale(std::size_t o, float scale) {
    const T factor = static_cast<T>(scale) / static_cast<T>(scales_[o]);
    for (std::size_t i = o * depth_; i < (o + 1) * depth_; ++i)
        best_.slope[i] = factor * (best_.slope[i] + pull_[i]) - pull_[i];
    scales_[o] = scale;
    descend(best_, o);
}

template <class T>
void gram_search<T>::write(gram_codes& to) const {
    for (std::size_t o = 0; o < count_; ++o) {
        to.scales[to.scales.size() == 1 ? 0 : first_ + o] = scales_[o];
        for (std::size_t k = 0; k < depth_; ++k)
            to.codes[(first_ + o) * depth_ + s_.order[k]] = static_cast<float>(best_.codes[o * depth_ + k]);
    }
}

/// The scale with the least error, or the one there is where none can be found.
template <class T>
[[nodiscard]] float refitted(const typename gram_search<T>::parabola& p, float scale, float least) {
    const auto best = static_cast<float>(p.numerator / p.denominator);
    return std::isfinite(best) && best > 0.f ? std::max(best, least) : scale;
}

/// A better scale for all outputs, or for each.
template <class T>
void refit(std::vector<gram_search<T>>& searches, bool shared, float least) {
    std::optional<float> common;
    if (shared && !searches.empty()) {
        typename gram_search<T>::parabola all;
        for (const auto& search : searches)
            for (std::size_t o = 0; o < search.count(); ++o) {
                const auto p = search.along_scale(o);
                all.numerator += p.numerator;
                all.denominator += p.denominator;
            }
        common = refitted<T>(all, searches[0].scale(0), least);
    }
    parallel_for(searches.size(), [&](std::size_t i) {
        auto& search = searches[i];
        for (std::size_t o = 0; o < search.count(); ++o)
            search.rescale(o, common ? *common : refitted<T>(search.along_scale(o), search.scale(o), least));
    });
}

} // namespace detail

/// Codes and scales; by the damped error never worse than the nearest codes at the scales that were given, of
/// no output that has a scale of its own. The same bits for any number of threads.
/// @return none where the moments have no inverse: numbers that are not finite, or nothing but zeros
/// @pre scales are positive, of groups of outputs as the moments have them
/// @tparam T scalar of the systems that are solved
template <class T = double>
[[nodiscard]] std::optional<gram_codes> round_gram(const gram_task& task,
                                                   const gram_rounding_options& options) {
    constexpr std::size_t at_a_time = 16;
    const gram& m = task.moments;
    const std::size_t in_group = m.outputs / m.groups;
    std::vector<detail::gram_system<T>> systems(m.groups);
    parallel_for(m.groups,
                 [&](std::size_t g) { systems[g] = detail::gram_system<T>::of(m, g, options.damping); });
    std::vector<detail::gram_search<T>> searches;
    for (std::size_t g = 0; g < m.groups; ++g) {
        if (systems[g].factor.empty())
            return std::nullopt;
        for (std::size_t o = 0; o < in_group; o += at_a_time)
            searches.emplace_back(task, systems[g], g * in_group + o, std::min(at_a_time, in_group - o));
    }
    parallel_for(searches.size(), [&](std::size_t i) { searches[i].begin(); });
    for (std::size_t r = 0; r < options.refits; ++r)
        detail::refit<T>(searches, task.scales.size() == 1, task.least_scale);
    gram_codes done{.codes = std::vector<float>(m.outputs * m.depth),
                    .scales = {task.scales.begin(), task.scales.end()}};
    for (const auto& search : searches)
        search.write(done);
    return done;
}

} // namespace pith::quantize

#endif
