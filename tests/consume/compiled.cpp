// SPDX-License-Identifier: MIT
// Calls what only the source of pith::compiled has.
#include <pith/compiled.hpp>

int main() {
    const auto read = pith::io::parse_onnx<float>({}, {});
    return read.has_value() ? 1 : 0; // no bytes are no network
}
