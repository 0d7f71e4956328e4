// SPDX-License-Identifier: MIT
#ifndef PITH_TESTS_FUZZ_HOSTILE_FILES_HPP
#define PITH_TESTS_FUZZ_HOSTILE_FILES_HPP
/// ONNX files that mean harm, by number.

#include <cstddef>
#include <cstdint>
#include <vector>

#include <pith/graph/graph.hpp>

namespace fuzz {

using file_bytes = std::vector<std::byte>;

/// Five models made by code, then the smaller ones of the data folder in the order of their names.
[[nodiscard]] std::vector<file_bytes> hostile_seeds();

/// Whether an accepted network can be inferred again, and packs or is refused with a reason, and opens if it
/// packs; where that is cheap, it runs.
[[nodiscard]] bool usable(pith::graph<float> g);

/// Three of ten are damaged behind the wire format, one on both sides of it, three byte by byte; three are
/// hostile from the start. @param seeds valid models, at least five
[[nodiscard]] file_bytes hostile_file(const std::vector<file_bytes>& seeds, std::uint64_t index);

} // namespace fuzz

#endif
