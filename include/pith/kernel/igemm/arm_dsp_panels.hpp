// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_IGEMM_ARM_DSP_PANELS_HPP
#define PITH_KERNEL_IGEMM_ARM_DSP_PANELS_HPP
/// What the integer convolutions of the DSP extension share, whatever their weights: inputs of two pixels are
/// widened once for all outputs, so that the loops widen weights alone; inputs that outgrow the scratch
/// memory are widened part by part, once for every panel of outputs.

#include <cstddef>
#include <cstdint>

#include "../../arch/target.hpp"
#include "../../simd/arm_dsp/dot.hpp"
#include "../codes.hpp"
#include "../pixel_pairs.hpp"
#include "args.hpp"

#if PITH_ARM_DSP
namespace pith::kernel::arm_dsp {
namespace igemm_detail {

namespace words = simd::arm_dsp;

inline constexpr std::uint32_t panel_outputs = igemm_vector_tile.outputs;
/// Groups of four inputs that are widened at a time: a kernel of 3 x 3 over 32 channels.
inline constexpr std::uint32_t most_groups = 72;

/// Inputs of two pixels as pairs. A group is four words: the even inputs of both, then the odd ones.
struct pixels {
    const std::uint8_t* input[2]; ///< where they begin; twice the same for the last of an odd number
    std::uint32_t count;          ///< 1 or 2
    alignas(8) std::int32_t wide[most_groups * 4];
};

/// Widens neighbouring inputs of two pixels, in whole groups of four. What follows the last may be anything.
PITH_NOINLINE inline std::int32_t* widen_run(const std::uint8_t* a, const std::uint8_t* b,
                                             std::uint32_t inputs, std::int32_t* to) noexcept {
    const auto put = [&to](std::uint32_t va, std::uint32_t vb) {
        to[0] = words::unsigned_even(va);
        to[1] = words::unsigned_even(vb);
        to[2] = words::unsigned_odd(va);
        to[3] = words::unsigned_odd(vb);
        to += 4;
    };
    for (; inputs >= 4; inputs -= 4, a += 4, b += 4)
        put(words::load_bytes(a), words::load_bytes(b));
    if (inputs != 0) {
        const std::uint32_t there = (std::uint32_t{1} << 8 * inputs) - 1;
        put(words::load_bytes(a) & there, words::load_bytes(b) & there);
    }
    return to;
}

/// Widens groups [first, first + count), counted through all runs.
inline void widen(const window& over, pixels& p, std::uint32_t first, std::uint32_t count) noexcept {
    const std::uint32_t in_run = (over.run_length + 3) / 4;
    std::int32_t* to = p.wide;
    std::uint32_t run = first / in_run;
    for (std::uint32_t at = first % in_run; count != 0; at = 0, ++run) {
        const std::uint32_t groups = in_run - at < count ? in_run - at : count;
        const std::uint32_t inputs = at + groups == in_run ? over.run_length - 4 * at : 4 * groups;
        const std::ptrdiff_t from =
            static_cast<std::ptrdiff_t>(run / over.run_columns) * over.run_row_stride +
            static_cast<std::ptrdiff_t>(run % over.run_columns) * over.run_column_stride + 4 * at;
        to = widen_run(p.input[0] + from, p.input[1] + from, inputs, to);
        count -= groups;
    }
}

/// Calls store(first channel, channels, sums) for each panel of one or two pixels. @param weights: see
/// convolve
template <class Weights, class Store>
void for_each_panel(const igemm_args& a, const Weights& weights, pixels& p, const Store& store) noexcept {
    const std::uint32_t groups = a.over.runs() * ((a.over.run_length + 3) / 4);
    auto* w = weights.first;
    if (groups <= most_groups)
        widen(a.over, p, 0, groups);
    std::int32_t start[2];
    for (std::uint32_t i = 0; i < 2; ++i)
        start[i] = weights.start(a.over, p.input[i]);
    for (std::uint32_t first = 0; first < a.channels; first += panel_outputs) {
        const std::uint32_t outputs = a.channels - first < panel_outputs ? a.channels - first : panel_outputs;
        std::int32_t sums[2 * panel_outputs];
        for (std::uint32_t i = 0; i < panel_outputs; ++i) {
            sums[i] = start[0];
            sums[panel_outputs + i] = start[1];
        }
        for (std::uint32_t done = 0; done < groups;) {
            const std::uint32_t n = groups - done < most_groups ? groups - done : most_groups;
            if (groups > most_groups)
                widen(a.over, p, done, n);
            weights.add(p, w, n, outputs, sums);
            done += n;
            w += std::size_t{n} * Weights::group_bytes;
        }
        store(first, outputs, sums);
    }
}

/// @param weights with `first` (bytes of panel 0), `group_bytes`, start(over, input), what the sums of a
/// pixel begin with, and add(pixels, bytes, groups, outputs, sums), which adds the products of the first
/// outputs of a panel; sums of pixel 1 lie panel_outputs behind those of pixel 0
template <class Weights>
void convolve(const igemm_args& a, const Weights& weights) noexcept {
    pixels p;
    for_each_pixel_pair(a.over, [&](const pixel_pair& pair) {
        p.count = pair.count;
        p.input[0] = pair.input(a.input, a.over, 0);
        p.input[1] = pair.input(a.input, a.over, 1);
        for_each_panel(
            a, weights, p, [&](std::uint32_t first, std::uint32_t outputs, const std::int32_t* sums) {
                for (std::uint32_t i = 0; i < pair.count; ++i)
                    store_sums(a, pair.row[i], pair.column[i], first, outputs, sums + i * panel_outputs);
            });
    });
}

} // namespace igemm_detail
} // namespace pith::kernel::arm_dsp
#endif

#endif
