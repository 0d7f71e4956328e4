// SPDX-License-Identifier: MIT
#ifndef PITH_IO_ONNX_WRITE_HPP
#define PITH_IO_ONNX_WRITE_HPP
/// The way out: a graph becomes an ONNX model, channels first, as any ONNX runtime reads it; encodings become
/// QuantizeLinear and DequantizeLinear.

#include <cstddef>
#include <string>
#include <vector>

#include "../base/result.hpp"
#include "../graph/graph.hpp"
#include "file.hpp"
#include "onnx_write/options.hpp"
#ifndef PITH_COMPILED_ELSEWHERE
#include "onnx_write/checked_writing.hpp"
#include "onnx_write/exporter.hpp"
#endif

namespace pith::io {

/// The graph as a serialised ModelProto. Faults name the node that ONNX has no operator for.
template <class T, class Layers>
[[nodiscard]] result<std::vector<std::byte>> onnx_bytes(const graph<T, Layers>& g,
                                                        const onnx_write_options& options = {});

#ifndef PITH_COMPILED_ELSEWHERE
/// Not seen by files that include compiled.hpp.
template <class T, class Layers>
result<std::vector<std::byte>> onnx_bytes(const graph<T, Layers>& g, const onnx_write_options& options) {
    static_assert(sizeof(typename Layers::template each<onnx_write::detail::checked_writing>) != 0);
    return onnx_write::export_model(g, options);
}
#endif

/// Writes the graph as an .onnx file; the file is replaced in one step.
template <class T, class Layers>
[[nodiscard]] result<void> save_onnx(const graph<T, Layers>& g, const std::string& path,
                                     const onnx_write_options& options = {}) {
    const auto bytes = onnx_bytes(g, options);
    if (!bytes)
        return bytes.error();
    return write_file(path, *bytes);
}

} // namespace pith::io

#endif
