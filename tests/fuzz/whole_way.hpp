// SPDX-License-Identifier: MIT
#ifndef PITH_TESTS_FUZZ_WHOLE_WAY_HPP
#define PITH_TESTS_FUZZ_WHOLE_WAY_HPP
/// Everything a user can do with an ONNX model from a stranger, in one go.

#include <cstddef>
#include <string>

#include <pith/base/view.hpp>

namespace fuzz {

struct journey {
    bool loaded = false;
    bool ran = false; ///< as a program
    bool quantized = false;
    bool written = false;   ///< as ONNX, and read again
    std::string wrong;      ///< empty unless something is neither right nor refused
    double seconds = 0;     ///< of the processor, for load, simplify and pack
    double all_seconds = 0; ///< for everything
    std::size_t peak = 0;   ///< bytes live at one time, where they are counted
};

/// Loads, simplifies, evaluates, quantises, packs, opens, runs, writes and reads again; what costs much work
/// is left out.
[[nodiscard]] journey whole_way(pith::bytes_view model);

} // namespace fuzz

#endif
