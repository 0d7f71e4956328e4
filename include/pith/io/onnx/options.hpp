// SPDX-License-Identifier: MIT
#ifndef PITH_IO_ONNX_OPTIONS_HPP
#define PITH_IO_ONNX_OPTIONS_HPP

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "../array.hpp"

namespace pith::io {

/// How an ONNX file is read.
struct onnx_options {
    /// Sizes of dimensions that the file leaves open, by their symbol. An open first dimension of an input
    /// (the batch) needs none: it is 1, and the graph's metadata has a "batch" entry.
    std::vector<std::pair<std::string, std::int64_t>> dims;
    /// Values of inputs that are to become constants, by name: those that decide shapes, for example.
    std::vector<array> fixed;
};

namespace onnx {

/// The newest version of the standard's operators that is read.
inline constexpr std::int64_t newest_opset = 24;

} // namespace onnx

} // namespace pith::io

#endif
