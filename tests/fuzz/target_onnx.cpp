// SPDX-License-Identifier: MIT
// libFuzzer: ONNX models.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "readers.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (fuzz::try_onnx({reinterpret_cast<const std::byte*>(data), size}) == fuzz::verdict::mute)
        std::abort();
    return 0;
}
