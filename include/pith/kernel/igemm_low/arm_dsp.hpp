// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_IGEMM_LOW_ARM_DSP_HPP
#define PITH_KERNEL_IGEMM_LOW_ARM_DSP_HPP
/// Low-bit integer convolution with the DSP extension of Cortex-M4, M7, M33 and M55. Evenly spaced weights of
/// two and four bits are never unpacked: a mask leaves two indices of a word in place, SMLAD multiplies them,
/// and the lowest code is added to each once, through the sum of the inputs. Other weights run in plain C++.

#include <cstddef>
#include <cstdint>

#include "../igemm/arm_dsp_panels.hpp"
#include "args.hpp"
#include "portable.hpp"

#if PITH_ARM_DSP
namespace pith::kernel::arm_dsp {
namespace igemm_low_detail {

using namespace igemm_detail;

/// Of Bits bits, 2 or 4. Byte k of word j of a group has input k of the outputs j, j + words, ...
template <int Bits>
struct low_weights {
    static constexpr int group_bytes = 8 * Bits;
    static constexpr std::uint32_t words = 2 * Bits;
    static constexpr std::uint32_t mask = Bits == 4 ? 0x000F000F : 0x00030003;

    const std::uint8_t* first;
    std::int32_t lowest; ///< code of index 0

    /// lowest times the sum of a pixel's inputs
    [[nodiscard]] std::int32_t start(const window& over, const std::uint8_t* input) const noexcept {
        std::uint32_t sum = 0;
        for (std::uint32_t row = 0; row < over.run_rows; ++row)
            for (std::uint32_t column = 0; column < over.run_columns; ++column) {
                const std::uint8_t* x = input + static_cast<std::ptrdiff_t>(row) * over.run_row_stride +
                                        static_cast<std::ptrdiff_t>(column) * over.run_column_stride;
                std::uint32_t left = over.run_length;
                for (; left >= 4; left -= 4, x += 4)
                    sum = simd::arm_dsp::add_four(sum, simd::arm_dsp::load_bytes(x));
                for (; left != 0; --left)
                    sum += *x++;
            }
        return static_cast<std::int32_t>(sum * static_cast<std::uint32_t>(lowest));
    }

    /// Two pixels by the outputs whose indices lie Slot * Bits and (Slot + 1) * Bits high in their bytes.
    template <int Slot>
    PITH_NOINLINE static void add_two_pixels(const std::int32_t* x, const std::uint8_t* w,
                                             std::uint32_t groups, std::int32_t* sums) noexcept {
        std::int32_t* const other = sums + panel_outputs;
        std::int32_t a0 = sums[0], a1 = sums[words], b0 = other[0], b1 = other[words];
        // compilers that save space would call a lambda that is used twice
        const auto add = [&]() __attribute__((always_inline)) {
            simd::arm_dsp::add_two_by_two_low<group_bytes, Slot * Bits, (Slot + 1) * Bits>(x, w, mask, a0, a1,
                                                                                           b0, b1);
        };
        for (; groups > 1; groups -= 2) {
            add();
            add();
        }
        if (groups != 0)
            add();
        sums[0] = a0, sums[words] = a1, other[0] = b0, other[words] = b1;
    }

    /// One pixel by the same outputs.
    template <int Slot>
    PITH_NOINLINE static void add_one_pixel(const std::int32_t* x, const std::uint8_t* w,
                                            std::uint32_t groups, std::int32_t* sums) noexcept {
        std::int32_t s0 = sums[0], s1 = sums[words];
        for (; groups != 0; --groups)
            simd::arm_dsp::add_one_by_two_low<group_bytes, Slot * Bits, (Slot + 1) * Bits>(x, w, mask, s0,
                                                                                           s1);
        sums[0] = s0, sums[words] = s1;
    }

    template <int Slot>
    static void add_slots(const pixels& p, const std::uint8_t* w, std::uint32_t groups, std::uint32_t outputs,
                          std::int32_t* sums) noexcept {
        for (std::uint32_t j = 0; j < words && j + Slot * words < outputs; ++j)
            if (p.count == 2)
                add_two_pixels<Slot>(p.wide, w + 4 * j, groups, sums + j + Slot * words);
            else
                add_one_pixel<Slot>(p.wide, w + 4 * j, groups, sums + j + Slot * words);
    }
    static void add(const pixels& p, const std::uint8_t* w, std::uint32_t groups, std::uint32_t outputs,
                    std::int32_t* sums) noexcept {
        add_slots<0>(p, w, groups, outputs, sums);
        if constexpr (Bits == 2)
            add_slots<2>(p, w, groups, outputs, sums);
    }
};

} // namespace igemm_low_detail

/// @pre a.dense.packed == format::low_bit_tile
template <class = on_use>
void igemm_low(const igemm_low_args& a) noexcept {
    using igemm_low_detail::low_weights;
    if (a.codes.levels == nullptr && a.codes.bits == 4)
        return igemm_detail::convolve(a.dense, low_weights<4>{a.weights, a.codes.lowest});
    if (a.codes.levels == nullptr && a.codes.bits == 2)
        return igemm_detail::convolve(a.dense, low_weights<2>{a.weights, a.codes.lowest});
    portable::igemm_low(a);
}

} // namespace pith::kernel::arm_dsp
#endif

#endif
