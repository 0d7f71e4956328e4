// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_IGEMM_ARM_DSP_HPP
#define PITH_KERNEL_IGEMM_ARM_DSP_HPP
/// Integer convolution with the DSP extension of Cortex-M4, M7, M33 and M55: two pixels by two outputs at a
/// time, or one by four.

#include <cstdint>

#include "arm_dsp_panels.hpp"

#if PITH_ARM_DSP
namespace pith::kernel::arm_dsp {
namespace igemm_detail {

inline constexpr int byte_group = panel_outputs * igemm_vector_tile.depth;

/// Adds the products of two pixels and two outputs. @param sums of pixel 0; those of pixel 1 a panel further
PITH_NOINLINE inline void add_two_pixels(const std::int32_t* x, const std::int8_t* w, std::uint32_t groups,
                                         std::int32_t* sums) noexcept {
    std::int32_t* const other = sums + panel_outputs;
    std::int32_t a0 = sums[0], a1 = sums[1], b0 = other[0], b1 = other[1];
    for (; groups > 1; groups -= 2) {
        words::add_two_by_two<byte_group>(x, w, a0, a1, b0, b1);
        words::add_two_by_two<byte_group>(x, w, a0, a1, b0, b1);
    }
    if (groups != 0)
        words::add_two_by_two<byte_group>(x, w, a0, a1, b0, b1);
    sums[0] = a0, sums[1] = a1, other[0] = b0, other[1] = b1;
}

/// Adds the products of one pixel and four outputs.
PITH_NOINLINE inline void add_one_pixel(const std::int32_t* x, const std::int8_t* w, std::uint32_t groups,
                                        std::int32_t* sums) noexcept {
    std::int32_t s0 = sums[0], s1 = sums[1], s2 = sums[2], s3 = sums[3];
    for (; groups != 0; --groups)
        words::add_one_by_four<byte_group>(x, w, s0, s1, s2, s3);
    sums[0] = s0, sums[1] = s1, sums[2] = s2, sums[3] = s3;
}

/// Weights of a byte each.
struct byte_weights {
    static constexpr std::uint32_t group_bytes = byte_group;
    const std::int8_t* first;

    [[nodiscard]] static std::int32_t start(const window&, const std::uint8_t*) noexcept { return 0; }
    static void add(const pixels& p, const std::int8_t* w, std::uint32_t groups, std::uint32_t outputs,
                    std::int32_t* sums) noexcept {
        if (p.count == 2)
            for (std::uint32_t o = 0; o < outputs; o += 2)
                add_two_pixels(p.wide, w + 4 * o, groups, sums + o);
        else
            for (std::uint32_t o = 0; o < outputs; o += 4)
                add_one_pixel(p.wide, w + 4 * o, groups, sums + o);
    }
};

} // namespace igemm_detail

/// @pre a.packed == tile{16, 4}
template <class = on_use>
void igemm(const igemm_args& a) noexcept {
    igemm_detail::convolve(a, igemm_detail::byte_weights{a.weights});
}

} // namespace pith::kernel::arm_dsp
#endif

#endif
