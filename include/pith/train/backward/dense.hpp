// SPDX-License-Identifier: MIT
#ifndef PITH_TRAIN_BACKWARD_DENSE_HPP
#define PITH_TRAIN_BACKWARD_DENSE_HPP
/// Fully connected layers in training: convolutions whose image is one row, a pixel per sample.

#include <algorithm>
#include <cstddef>

#include "../../graph/layer/dense.hpp"
#include "conv2d.hpp"
#include "conv_packing.hpp"

namespace pith::train {

template <>
struct layer_training<dense> : learns_weights {
    template <class T>
    [[nodiscard]] static result<void> forward_step(const dense& layer, step<T>& s);
    template <class T>
    static void backward_step(const dense& layer, step<T>& s);
};

namespace detail {

template <class T>
struct dense_run {
    step<T>& s;
    std::size_t in;
    std::size_t out;
    std::size_t rows;
    std::size_t blocks;
    std::ptrdiff_t start = 0; ///< the only run of the window

    enum memory : std::size_t { bias, forward_weights, backward_weights };

    [[nodiscard]] std::size_t lanes() const noexcept { return s.kernels.lanes; }

    void forward(std::size_t first, std::size_t last) const {
        kernel::conv_job<T> job;
        job.in = s.in[0].value + first * in;
        job.in_column = static_cast<std::ptrdiff_t>(in);
        job.window = {&start, 1, in};
        job.weights = s.kept[forward_weights].data();
        job.bias = s.has_input(2) && s.factor == nullptr ? s.kept[bias].data() : nullptr;
        job.out = s.out[0].value + first * out;
        job.out_column = static_cast<std::ptrdiff_t>(out);
        job.rows = 1;
        job.columns = last - first;
        job.channels = out;
        s.kernels.conv(job);
        if (s.factor != nullptr)
            scale_sums(s, last - first, out, s.kept[bias].data(), job.out);
    }
    void backward_data(std::size_t first, std::size_t last) const {
        kernel::conv_job<T> job;
        job.in = s.out[0].gradient + first * out;
        job.in_column = static_cast<std::ptrdiff_t>(out);
        job.window = {&start, 1, out};
        job.weights = s.kept[backward_weights].data();
        job.out = s.in[0].gradient + first * in;
        job.out_column = static_cast<std::ptrdiff_t>(in);
        job.rows = 1;
        job.columns = last - first;
        job.channels = in;
        job.accumulate = s.in[0].accumulate;
        s.kernels.conv(job);
    }
    /// Weights of outputs [first, last), over the whole batch: each block has its own, nothing is summed up.
    void backward_weights_of(std::size_t first, std::size_t last) const {
        kernel::conv_weights_job<T> job;
        job.in = s.in[0].value;
        job.in_column = static_cast<std::ptrdiff_t>(in);
        job.window = {&start, 1, in};
        job.gradient = s.out[0].gradient + first;
        job.gradient_column = static_cast<std::ptrdiff_t>(out);
        job.rows = 1;
        job.columns = rows;
        job.channels = last - first;
        job.weights = s.in[1].gradient + first * in;
        job.weights_stride = in;
        if (!s.in[1].accumulate)
            std::fill_n(job.weights, (last - first) * in, T{0});
        s.kernels.conv_weights(job);
    }
    void backward_bias() const {
        T* const db = open_gradient(s.in[2]);
        for (std::size_t r = 0; r < rows; ++r)
            for (std::size_t o = 0; o < out; ++o)
                db[o] += s.out[0].gradient[r * out + o];
    }
};

template <class T>
[[nodiscard]] dense_run<T> dense_run_of(step<T>& s) {
    dense_run<T> run{s, static_cast<std::size_t>(s.in[1].dims[1]), static_cast<std::size_t>(s.in[1].dims[0]),
                     0, 1};
    run.rows = s.in[0].size() / std::max<std::size_t>(run.in, 1);
    // A block of 32 rows is what makes the packed weights worth reading.
    run.blocks = std::clamp<std::size_t>(run.rows / 32, 1, most_blocks);
    return run;
}

} // namespace detail

template <class T>
result<void> layer_training<dense>::forward_step(const dense&, step<T>& s) {
    const auto run = detail::dense_run_of(s);
    using memory = typename detail::dense_run<T>::memory;
    const T* w = s.in[1].value;
    detail::pack_panels(s.keep(memory::forward_weights, detail::panels_size(run.lanes(), run.out, run.in)),
                        run.lanes(), run.out, {0}, run.in,
                        [&](std::size_t o, std::size_t, std::size_t i) { return w[o * run.in + i]; });
    T* b = s.keep(memory::bias, run.out + run.lanes());
    if (s.has_input(2))
        std::copy_n(s.in[2].value, run.out, b);
    for_each_block(run.rows, run.blocks,
                   [&](std::size_t, std::size_t first, std::size_t last) { run.forward(first, last); });
    return {};
}

template <class T>
void layer_training<dense>::backward_step(const dense&, step<T>& s) {
    const auto run = detail::dense_run_of(s);
    using memory = typename detail::dense_run<T>::memory;
    const T* w = s.in[1].real != nullptr ? s.in[1].real : s.in[1].value;
    if (s.in[0].gradient != nullptr) {
        detail::pack_panels(
            s.keep(memory::backward_weights, detail::panels_size(run.lanes(), run.in, run.out)), run.lanes(),
            run.in, {0}, run.out,
            [&](std::size_t i, std::size_t, std::size_t o) { return w[o * run.in + i]; });
        for_each_block(run.rows, run.blocks, [&](std::size_t, std::size_t first, std::size_t last) {
            run.backward_data(first, last);
        });
    }
    const std::size_t eights = (run.out + 7) / 8; // outputs of a kernel's tile
    if (s.in[1].gradient != nullptr)
        for_each_block(eights, std::min(eights, most_blocks),
                       [&](std::size_t, std::size_t first, std::size_t last) {
                           run.backward_weights_of(8 * first, std::min(8 * last, run.out));
                       });
    if (s.has_input(2) && s.in[2].gradient != nullptr)
        run.backward_bias();
}

} // namespace pith::train

#endif
