// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_WINDOW_AXIS_HPP
#define PITH_GRAPH_WINDOW_AXIS_HPP
/// One axis of a sliding window: how many outputs a convolution or pool has.

#include <cstdint>

#include "../base/result.hpp"

namespace pith {

struct window_axis {
    std::int64_t input = 0;
    std::int64_t kernel = 1;
    std::int64_t stride = 1;
    std::int64_t before = 0; ///< padding
    std::int64_t after = 0;
    std::int64_t dilation = 1;
};

/// Outputs of the window. With `ceil` a last, partial window counts if it begins inside the input or the
/// padding before it (ONNX).
[[nodiscard]] inline result<std::int64_t> outputs_of(const window_axis& w, bool ceil = false) {
    constexpr std::int64_t most = std::int64_t{1} << 24;
    if (w.kernel < 1 || w.stride < 1 || w.dilation < 1)
        return fault{errc::bad_shape, "kernel sizes, strides and dilations must be at least 1"};
    if (w.kernel > most || w.stride > most || w.dilation > most || w.before > most || w.after > most)
        return fault{errc::bad_shape, "a kernel size, stride, dilation or padding is too large"};
    const std::int64_t room = w.input + w.before + w.after - ((w.kernel - 1) * w.dilation + 1);
    if (room < 0)
        return fault{errc::bad_shape, "the window is larger than the padded image"};
    std::int64_t n = room / w.stride + 1;
    if (ceil && room % w.stride != 0 && n * w.stride < w.input + w.before)
        ++n;
    return n;
}

/// How many taps of the window that begins at `start` lie before `end`: the first ones.
[[nodiscard]] constexpr std::int64_t taps_before(const window_axis& w, std::int64_t start,
                                                 std::int64_t end) noexcept {
    const std::int64_t taps = end > start ? (end - start - 1) / w.dilation + 1 : 0;
    return taps < w.kernel ? taps : w.kernel;
}

} // namespace pith

#endif
