// SPDX-License-Identifier: MIT
#ifndef PITH_IO_ONNX_HPP
#define PITH_IO_ONNX_HPP
/// Reads ONNX: a model, float or quantised in any dialect, becomes a graph of float masters and encodings,
/// channels last, or is refused by name.

#include <string>

#include "../base/result.hpp"
#include "../base/view.hpp"
#include "../graph/graph.hpp"
#include "file.hpp"
#include "onnx/options.hpp"
#ifndef PITH_COMPILED_ELSEWHERE
#include "onnx/importer.hpp"
#endif

namespace pith::io {

/// The model in a .onnx file's bytes. @pre the bytes stay while this runs; the graph keeps none of them
///
/// Quantised models of every dialect become float masters and encodings: QuantizeLinear and DequantizeLinear
/// pairs, operators on codes (ONNX's and ONNX Runtime's), products of integers, QONNX's Quant and
/// BipolarQuant.
/// - int8 activations are held as uint8 codes moved by 128 and keep the rounding of int8 ones.
/// - Weights are signed codes of 2 to 8 bits, as few as hold them; those of int8 tensors that use at most 16
///   numbers far apart are a codebook again. Weights whose codes less zero point leave int8, whose scales lie
///   along another axis than the outputs, or in blocks, keep exact masters and no encoding: their layers run
///   in floating point. So do activations with a scale per channel, 16-bit codes, scales known only at run
///   time and products of two activations.
/// - An int32 bias comes back from its float master exactly up to 2^22, beyond within one unit in 2^24.
/// - Products of integers are summed in parts that are exact in float; grouped convolutions whose sums may
/// leave
///   24 bits are refused.
template <class T = float, class Layers = layer_list>
[[nodiscard]] result<graph<T, Layers>> parse_onnx(bytes_view bytes, const onnx_options& options = {});

#ifndef PITH_COMPILED_ELSEWHERE
/// Not seen by files that include compiled.hpp.
template <class T, class Layers>
result<graph<T, Layers>> parse_onnx(bytes_view bytes, const onnx_options& options) {
    return onnx::import_model<graph<T, Layers>>(bytes, options);
}
#endif

template <class T = float, class Layers = layer_list>
[[nodiscard]] result<graph<T, Layers>> load_onnx(const std::string& path, const onnx_options& options = {}) {
    const auto bytes = read_file(path);
    if (!bytes)
        return bytes.error();
    return parse_onnx<T, Layers>(*bytes, options);
}

} // namespace pith::io

#endif
