// SPDX-License-Identifier: MIT
#ifndef PITH_EXAMPLES_FIRMWARE_SEMIHOST_HPP
#define PITH_EXAMPLES_FIRMWARE_SEMIHOST_HPP
/// Words and an exit code for the debugger or emulator that runs this firmware (Arm semihosting).

#include <cstdint>

namespace firmware {

void print(const char* text) noexcept;
/// Sixteen hexadecimal digits.
void print_hex(std::uint64_t number) noexcept;
[[noreturn]] void leave(std::uint32_t code) noexcept;

} // namespace firmware

#endif
