// SPDX-License-Identifier: MIT
#ifndef PITH_IO_ONNX_WRITE_CHECKED_WRITING_HPP
#define PITH_IO_ONNX_WRITE_CHECKED_WRITING_HPP
/// What a layer's writing lacks, as one short error. A header of its own, so that few includes lead to it.

#include "layer_writing.hpp"

namespace pith::io::onnx_write::detail {

/// One error that names L and what its writing lacks; the exporter instantiates it for each layer of its
/// list.
template <class L>
struct checked_writing {
    static constexpr bool given = has_layer_writing<L>;
    static_assert(given, "a layer of the list has no pith::io::onnx_write::layer_writing "
                         "(io/onnx_write/layer_writing.hpp)");
    static_assert(!given || has_reads_mixed<L>,
                  "pith::io::onnx_write::layer_writing<L>::reads_mixed is missing");
    static_assert(!given || has_on_codes<L>, "pith::io::onnx_write::layer_writing<L>::on_codes is missing");
    static_assert(!given || has_write<L>, "pith::io::onnx_write::layer_writing<L>::write is missing");
};

} // namespace pith::io::onnx_write::detail

#endif
