// SPDX-License-Identifier: MIT
#ifndef PITH_TRAIN_KERNEL_JOBS_HPP
#define PITH_TRAIN_KERNEL_JOBS_HPP
/// What the kernels of training work on. Images lie in memory with their padding around them, so that the
/// window of an output pixel is a fixed pattern of contiguous runs; all strides are in elements.

#include <cstddef>
#include <cstdint>

namespace pith::train::kernel {

/// Runs of `run_length` inputs that make up the window of a pixel, at `runs[i]` from its first.
struct run_list {
    const std::ptrdiff_t* runs = nullptr;
    std::size_t count = 0;
    std::size_t length = 0;

    [[nodiscard]] constexpr std::size_t depth() const noexcept { return count * length; }
};

/// out[pixel][channel] (+)= bias[channel] + sum of window elements times weights.
template <class T>
struct conv_job {
    const T* in = nullptr;
    std::ptrdiff_t in_row = 0;
    std::ptrdiff_t in_column = 0;
    run_list window;
    const T* weights = nullptr; ///< [panel][depth][lanes], zero beyond the channels
    const T* bias = nullptr;    ///< [channels rounded up to lanes], or null
    T* out = nullptr;
    std::ptrdiff_t out_row = 0;
    std::ptrdiff_t out_column = 0;
    std::size_t rows = 0;
    std::size_t columns = 0;
    std::size_t channels = 0;
    bool accumulate = false; ///< onto what `out` holds
};

/// weights[channel][depth] += sum over pixels of gradient[pixel][channel] * window element.
template <class T>
struct conv_weights_job {
    const T* in = nullptr; ///< readable a vector beyond every run
    std::ptrdiff_t in_row = 0;
    std::ptrdiff_t in_column = 0;
    run_list window;
    const T* gradient = nullptr;
    std::ptrdiff_t gradient_row = 0;
    std::ptrdiff_t gradient_column = 0;
    std::size_t rows = 0;
    std::size_t columns = 0;
    std::size_t channels = 0;
    T* weights = nullptr; ///< [channels][depth]
    std::size_t weights_stride = 0;
};

/// [pixels][channels], and per-channel numbers.
template <class T>
struct channels_job {
    std::size_t pixels = 0;
    std::size_t channels = 0;
    const T* x = nullptr;
    const T* scale = nullptr;
    const T* offset = nullptr;
    const T* residual = nullptr; ///< may be null
    bool rectify = false;        ///< max(., 0) at the end
    T* y = nullptr;
};

/// Sums over pixels of x - shift and of its square, added to what `sum` and `squares` hold.
template <class T>
struct moments_job {
    std::size_t pixels = 0;
    std::size_t channels = 0;
    const T* x = nullptr;
    const T* shift = nullptr;
    T* sum = nullptr;
    T* squares = nullptr;
};

/// The gradient of scale * x + offset (+ residual), rectified, in two passes.
/// First: sum += g, product += g * (x - shift). Then: dx = scale * g + slope * x + constant.
/// g is `gradient` where the output was positive (or everywhere, without `rectify`).
template <class T>
struct channels_gradient_job {
    std::size_t pixels = 0;
    std::size_t channels = 0;
    const T* x = nullptr;
    const T* y = nullptr; ///< the output, read for its sign; null to compute it from x without residual
    const T* gradient = nullptr;
    const T* scale = nullptr;
    const T* offset = nullptr;
    bool rectify = false;

    const T* shift = nullptr; ///< first pass
    T* sum = nullptr;
    T* product = nullptr;
    T* residual = nullptr;     ///< receives g; may be null
    bool add_residual = false; ///< onto what it holds

    const T* slope = nullptr; ///< second pass
    const T* constant = nullptr;
    T* dx = nullptr;
    bool accumulate = false; ///< onto what dx holds
};

/// Elements one by one.
template <class T>
struct elements_job {
    std::size_t count = 0;
    const T* x = nullptr;
    const T* gradient = nullptr;
    T* y = nullptr;
    bool accumulate = false; ///< onto what y holds
};

/// A processor's kernels.
template <class T>
struct table {
    std::size_t lanes = 1; ///< channels of a panel of packed weights
    void (*conv)(const conv_job<T>&) noexcept = nullptr;
    void (*conv_weights)(const conv_weights_job<T>&) noexcept = nullptr;
    void (*depthwise)(const conv_job<T>&) noexcept = nullptr; ///< weights [tap][channels]; a run is a tap
    void (*depthwise_weights)(const conv_weights_job<T>&) noexcept = nullptr;
    void (*moments)(const moments_job<T>&) noexcept = nullptr;
    void (*normalize)(const channels_job<T>&) noexcept = nullptr;
    void (*gradient_sums)(const channels_gradient_job<T>&) noexcept = nullptr;
    void (*gradient)(const channels_gradient_job<T>&) noexcept = nullptr;
    void (*copy)(const elements_job<T>&) noexcept = nullptr;             ///< y (+)= x
    void (*rectify)(const elements_job<T>&) noexcept = nullptr;          ///< y = max(x, 0)
    void (*rectify_gradient)(const elements_job<T>&) noexcept = nullptr; ///< y (+)= gradient where x > 0
};

} // namespace pith::train::kernel

#endif
