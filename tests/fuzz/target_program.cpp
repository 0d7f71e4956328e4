// SPDX-License-Identifier: MIT
// libFuzzer: program files whose checksum is made right.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "readers.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto* first = reinterpret_cast<const std::byte*>(data);
    std::vector<std::byte> file(first, first + size);
    fuzz::repair(file);
    if (fuzz::try_program(file) == fuzz::verdict::mute)
        std::abort();
    return 0;
}
