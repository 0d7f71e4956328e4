// SPDX-License-Identifier: MIT
// The kernels of training, included in a namespace that has `reals` (simd/words.hpp) and most_pixels, of a
// convolution tile one vector wide; inside a target region where the vectors need one.

static_assert(simd::checked_reals<reals>::complete);
using real = reals::real;
using vf = reals::vf;
inline constexpr std::uint32_t width = reals::width;

/// `part` elements, or a whole vector where that is 0.
PITH_ALWAYS_INLINE vf read_channels(const real* p, std::uint32_t part) noexcept {
    return part == 0 ? reals::load(p) : reals::load_part(p, part);
}
PITH_ALWAYS_INLINE void write_channels(real* p, vf v, std::uint32_t part) noexcept {
    if (part == 0)
        reals::store(p, v);
    else
        reals::store_part(p, v, part);
}

#include "conv.inl"

#include "depthwise.inl"

#include "channels.inl"

#include "elements.inl"

template <class Use = on_use>
inline constexpr table<real> functions{.lanes = width,
                                       .conv = &conv<Use>,
                                       .conv_weights = &conv_weights<Use>,
                                       .depthwise = &depthwise<Use>,
                                       .depthwise_weights = &depthwise_weights<Use>,
                                       .moments = &moments<Use>,
                                       .normalize = &normalize<Use>,
                                       .gradient_sums = &gradient_sums<Use>,
                                       .gradient = &gradient<Use>,
                                       .copy = &copy<Use>,
                                       .rectify = &rectify<Use>,
                                       .rectify_gradient = &rectify_gradient<Use>};
