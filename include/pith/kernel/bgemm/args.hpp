// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_BGEMM_ARGS_HPP
#define PITH_KERNEL_BGEMM_ARGS_HPP
/// Binary convolution and dense layers: inputs and weights of -1 and +1, one bit each (XNOR-Net, Rastegari et
/// al., 2016). A bit is 1 for -1, so that the product of K bits is K - 2 * popcount(x ^ w).

#include <cstddef>
#include <cstdint>

#include "../../base/on_use.hpp"
#include "../epilogue.hpp"
#include "../pool/args.hpp"

namespace pith::kernel {

inline constexpr std::uint32_t bits_in_word = 64;
inline constexpr std::uint32_t bgemm_outputs = 16; ///< whose words lie side by side

/// acc[pixel, c] = sum over the window's taps inside the image of the products of all inputs; taps outside
/// add 0. Pixels are whole words of 64 inputs, those that fill up the last word have bit 0 here and in the
/// weights.
struct bgemm_args {
    const std::uint8_t* input = nullptr;   ///< the words of pixel (0, 0); strides are in bytes
    pool_geometry over{};                  ///< channels: words of a pixel
    std::uint32_t inputs = 0;              ///< of a pixel
    const std::uint8_t* weights = nullptr; ///< words [channels / 16][tap][word][16]
    std::uint32_t channels = 0;            ///< output channels

    std::uint8_t* output = nullptr; ///< codes; or
    float* real_output = nullptr;   ///< when set: (float)(acc + bias[c]) * factor[c], no codes
    codes_epilogue epilogue;
};

/// Codes as bits: bit c of a pixel is set where code c is below `threshold`. Bits beyond the channels are 0.
struct pack_bits_args {
    const std::uint8_t* input = nullptr; ///< [pixels][channels], `input_stride` from pixel to pixel
    std::uint8_t* output = nullptr;      ///< [pixels][words], `output_stride` bytes from pixel to pixel
    std::size_t pixels = 0;
    std::uint32_t channels = 0;
    std::ptrdiff_t input_stride = 0;
    std::ptrdiff_t output_stride = 0;
    std::uint8_t threshold = 0;
};

/// Words of 64 bits that hold so many.
[[nodiscard]] constexpr std::uint32_t words_of(std::uint32_t bits) noexcept {
    return bits / bits_in_word + (bits % bits_in_word != 0 ? 1 : 0);
}

} // namespace pith::kernel

#endif
