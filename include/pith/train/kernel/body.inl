// SPDX-License-Identifier: MIT
// The kernels of training, written once in the words of a vector (real, vf, width, registers, ...), and
// included in a namespace that has them, inside a target region where the vector needs one.

/// `part` elements, or a whole vector where that is 0.
PITH_ALWAYS_INLINE vf read_channels(const real* p, std::uint32_t part) noexcept {
    return part == 0 ? load(p) : load_part(p, part);
}
PITH_ALWAYS_INLINE void write_channels(real* p, vf v, std::uint32_t part) noexcept {
    if (part == 0)
        store(p, v);
    else
        store_part(p, v, part);
}

#include "conv.inl"

#include "depthwise.inl"

#include "channels.inl"

#include "elements.inl"

/// @param name of the processor family
template <class Use = on_use>
[[nodiscard]] inline table<real> make_table(const char* name) noexcept {
    return {.name = name,
            .lanes = width,
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
}
