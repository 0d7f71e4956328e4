// SPDX-License-Identifier: MIT
#ifndef PITH_TRAIN_BACKWARD_BATCH_NORM_HPP
#define PITH_TRAIN_BACKWARD_BATCH_NORM_HPP
/// Batch normalisation in training: statistics of the batch, running averages of them, and the rectifier and
/// the residual behind it in the same passes over memory.

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "../../graph/layer/batch_norm.hpp"
#include "../layer_training.hpp"
#include "../step.hpp"

namespace pith::train {

template <>
struct layer_training<batch_norm> {
    [[nodiscard]] static std::vector<learned_input> learned(const batch_norm&) {
        return {{1, role::norm_scale}, {2, role::norm_offset}};
    }
    template <class T>
    [[nodiscard]] static result<void> forward_step(const batch_norm& layer, step<T>& s);
    template <class T>
    static void backward_step(const batch_norm& layer, step<T>& s);
};

/// batch_norm, then maybe + residual, then maybe max(., 0).
/// inputs: x, gamma, beta, mean, variance and, with `residual`, the other term; output as x.
struct norm_chain {
    batch_norm layer{};
    bool residual = false;
    bool rectify = false;
};

namespace detail {

template <class T>
struct norm_run {
    const norm_chain& chain;
    step<T>& s;
    std::size_t channels;
    std::size_t pixels;
    std::size_t blocks;

    // Per channel: what is multiplied with, what is added, the mean and the reciprocal of the deviation, the
    // slope and constant of the gradient; and per block two sums.
    enum memory : std::size_t { scale, offset, mean, inverse, slope, constant, sums };

    void reserve() const {
        for (const auto m : {scale, offset, mean, inverse, slope, constant})
            s.keep(m, channels);
        s.keep(sums, blocks * 2 * channels);
    }
    /// Sums are zero whenever nobody is adding to them.
    void clear_sums() const { std::fill_n(kept(sums), blocks * 2 * channels, T{0}); }
    [[nodiscard]] T* kept(memory m) const noexcept { return s.kept[m].data(); }
    [[nodiscard]] T* sum_of(std::size_t block, std::size_t which) const noexcept {
        return kept(sums) + (block * 2 + which) * channels;
    }
    [[nodiscard]] double total(std::size_t which, std::size_t c) const noexcept {
        double t = 0;
        for (std::size_t b = 0; b < blocks; ++b)
            t += static_cast<double>(sum_of(b, which)[c]);
        return t;
    }

    /// Statistics of the batch, measured from the running mean so that little is lost to a large one.
    void measure() const {
        if (s.norm == nullptr || !s.norm->gradient)
            for_each_block(pixels, blocks, [&](std::size_t b, std::size_t first, std::size_t last) {
                s.kernels.moments({last - first, channels, s.in[0].value + first * channels, s.in[3].value,
                                   sum_of(b, 0), sum_of(b, 1)});
            });
        const double n = static_cast<double>(pixels);
        for (std::size_t c = 0; c < channels; ++c) {
            const double shift = total(0, c) / n;
            const double variance = std::max(0.0, total(1, c) / n - shift * shift);
            const double centre = static_cast<double>(s.in[3].value[c]) + shift;
            set(c, centre, variance);
            // The running variance is that of the population the batch is a sample of.
            const double unbiased = pixels > 1 ? variance * n / (n - 1) : variance;
            blend(s.in[3].value[c], centre);
            blend(s.in[4].value[c], unbiased);
        }
        clear_sums();
    }
    void blend(T& running, double batch) const {
        running = static_cast<T>((1 - s.momentum) * static_cast<double>(running) + s.momentum * batch);
    }
    void set(std::size_t c, double centre, double variance) const {
        const double inv = 1 / std::sqrt(variance + chain.layer.epsilon);
        const double factor = static_cast<double>(s.in[1].value[c]) * inv;
        kept(mean)[c] = static_cast<T>(centre);
        kept(inverse)[c] = static_cast<T>(inv);
        kept(scale)[c] = static_cast<T>(factor);
        kept(offset)[c] = static_cast<T>(static_cast<double>(s.in[2].value[c]) - centre * factor);
    }

    void forward() const {
        for_each_block(pixels, blocks, [&](std::size_t, std::size_t first, std::size_t last) {
            const std::size_t at = first * channels;
            s.kernels.normalize({last - first, channels, s.in[0].value + at, kept(scale), kept(offset),
                                 chain.residual ? s.in[5].value + at : nullptr, chain.rectify,
                                 s.out[0].value + at});
        });
    }

    [[nodiscard]] kernel::channels_gradient_job<T> job(std::size_t b, std::size_t first,
                                                       std::size_t last) const {
        const std::size_t at = first * channels;
        kernel::channels_gradient_job<T> j;
        j.pixels = last - first;
        j.channels = channels;
        j.x = s.in[0].value + at;
        j.y = chain.residual ? s.out[0].value + at : nullptr;
        j.gradient = s.out[0].gradient + at;
        j.scale = kept(scale);
        j.offset = kept(offset);
        j.rectify = chain.rectify;
        j.shift = kept(mean);
        j.sum = sum_of(b, 0);
        j.product = sum_of(b, 1);
        j.slope = kept(slope);
        j.constant = kept(constant);
        j.dx = s.in[0].gradient != nullptr ? s.in[0].gradient + at : nullptr;
        j.accumulate = s.in[0].accumulate;
        if (chain.residual && s.in[5].gradient != nullptr) {
            j.residual = s.in[5].gradient + at;
            j.add_residual = s.in[5].accumulate;
        }
        return j;
    }

    /// Gradients of gamma and beta, and what the statistics' dependence on x takes from its gradient.
    void reduce() const {
        T* const dgamma = open_gradient(s.in[1]);
        T* const dbeta = open_gradient(s.in[2]);
        const double n = static_cast<double>(pixels);
        for (std::size_t c = 0; c < channels; ++c) {
            const double sum = total(0, c);
            const double product = total(1, c);
            const double inv = static_cast<double>(kept(inverse)[c]);
            if (dgamma != nullptr)
                dgamma[c] += static_cast<T>(product * inv);
            if (dbeta != nullptr)
                dbeta[c] += static_cast<T>(sum);
            const double factor = s.training ? static_cast<double>(kept(scale)[c]) / n : 0.0;
            const double along = -factor * inv * inv * product;
            kept(slope)[c] = static_cast<T>(along);
            kept(constant)[c] = static_cast<T>(-factor * sum - along * static_cast<double>(kept(mean)[c]));
        }
        clear_sums();
    }
};

template <class T>
[[nodiscard]] norm_run<T> norm_run_of(const norm_chain& chain, step<T>& s) {
    norm_run<T> run{chain, s, s.in[1].size(), 0, 1};
    run.pixels = s.in[0].size() / run.channels;
    run.blocks = std::clamp<std::size_t>(run.pixels, 1, most_blocks);
    return run;
}

} // namespace detail

/// Fills in what the convolutions around a normalisation need of it. @pre s.norm says what they do for it
template <class T>
void share_norm(const norm_chain& chain, step<T>& s) {
    const auto run = detail::norm_run_of(chain, s);
    using memory = typename detail::norm_run<T>::memory;
    run.reserve();
    s.norm->rectify = chain.rectify;
    s.norm->scale = run.kept(memory::scale);
    s.norm->offset = run.kept(memory::offset);
    s.norm->shift = s.in[3].value;
    s.norm->sums = run.kept(memory::sums);
    s.norm->slope = run.kept(memory::slope);
    s.norm->constant = run.kept(memory::constant);
    s.norm->y = chain.residual ? s.out[0].value : nullptr;
    s.norm->y_gradient = s.out[0].gradient;
}

template <class T>
[[nodiscard]] result<void> forward_chain(const norm_chain& chain, step<T>& s) {
    const auto run = detail::norm_run_of(chain, s);
    run.reserve();
    if (s.training)
        run.measure();
    else
        for (std::size_t c = 0; c < run.channels; ++c)
            run.set(c, static_cast<double>(s.in[3].value[c]), static_cast<double>(s.in[4].value[c]));
    if (s.norm == nullptr || !s.norm->value)
        run.forward();
    return {};
}

template <class T>
void backward_chain(const norm_chain& chain, step<T>& s) {
    const auto run = detail::norm_run_of(chain, s);
    for_each_block(run.pixels, run.blocks, [&](std::size_t b, std::size_t first, std::size_t last) {
        s.kernels.gradient_sums(run.job(b, first, last));
    });
    run.reduce();
    if (s.in[0].gradient == nullptr || (s.norm != nullptr && s.norm->gradient))
        return;
    for_each_block(run.pixels, run.blocks, [&](std::size_t b, std::size_t first, std::size_t last) {
        s.kernels.gradient(run.job(b, first, last));
    });
}

template <class T>
result<void> layer_training<batch_norm>::forward_step(const batch_norm& layer, step<T>& s) {
    return forward_chain(norm_chain{layer, false, false}, s);
}

template <class T>
void layer_training<batch_norm>::backward_step(const batch_norm& layer, step<T>& s) {
    backward_chain(norm_chain{layer, false, false}, s);
}

} // namespace pith::train

#endif
