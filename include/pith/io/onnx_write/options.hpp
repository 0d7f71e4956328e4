// SPDX-License-Identifier: MIT
#ifndef PITH_IO_ONNX_WRITE_OPTIONS_HPP
#define PITH_IO_ONNX_WRITE_OPTIONS_HPP

#include <cstdint>
#include <string>

namespace pith::io {

/// How encodings are written.
enum class onnx_codes : std::uint8_t {
    none,      ///< not at all
    pairs,     ///< QuantizeLinear and DequantizeLinear around real operators
    operators, ///< operators on codes
};

/// How a network is written as ONNX.
struct onnx_write_options {
    /// 13 to 24. 13 is the first with one scale per channel, so every runtime since 2020 reads it; newer ones
    /// only write some activations as one operator instead of two or three, and have more element types:
    /// float8 since 19, int4 and uint4 since 21, float4 since 23, float8e8m0 since 24.
    std::int64_t opset = 13;
    /// The symbol of the batch, which is then free. Empty: as the graph's metadata has it ("batch"), else the
    /// batch is the graph's.
    std::string batch{};
    /// Encodings as QuantizeLinear and DequantizeLinear around real operators, which every runtime reads and
    /// ONNX Runtime runs in codes, as operators on codes (QLinearConv and its kin, partly ONNX Runtime's
    /// own), or not at all: the float masters.
    onnx_codes codes = onnx_codes::pairs;
    /// Store weights of at most four bits in four (int4, from opset 21 on); a Cast makes them int8 when the
    /// model is loaded. Without, every code is an int8.
    bool int4 = false;
};

namespace onnx_write {

/// The newest version of the standard's operators that is written.
inline constexpr std::int64_t newest_opset = 24;

} // namespace onnx_write

} // namespace pith::io

#endif
