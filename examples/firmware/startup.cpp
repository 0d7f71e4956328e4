// SPDX-License-Identifier: MIT
// From reset to main on a Cortex-M: switch the floating-point unit on, place the data, call main, report its
// code.

#include <cstddef>
#include <cstdint>

#include "semihost.hpp"

int main();

// The linker script's marks.
extern "C" {
extern std::uint32_t stack_top[];
extern const std::uint32_t data_in_flash[];
extern std::uint32_t data_first[];
extern std::uint32_t data_last[];
extern std::uint32_t zeros_first[];
extern std::uint32_t zeros_last[];
[[noreturn]] void on_reset();
[[noreturn]] void on_fault();
}

namespace firmware {
namespace {

constexpr std::uint32_t write_text = 0x04;
constexpr std::uint32_t exit_extended = 0x20;
constexpr std::uint32_t application_exit = 0x20026;
constexpr std::uint32_t fault_code = 70;

void call_host(std::uint32_t operation, const void* argument) noexcept {
    register std::uint32_t r0 asm("r0") = operation;
    register const void* r1 asm("r1") = argument;
    asm volatile("bkpt 0xAB" : "+r"(r0) : "r"(r1) : "memory");
}

void enable_floating_point() noexcept {
#if defined(__ARM_FP)
    constexpr std::uintptr_t access_control = 0xE000ED88;
    auto* control = reinterpret_cast<volatile std::uint32_t*>(access_control);
    *control = *control | 0x00F00000u;
    asm volatile("dsb\n\tisb" ::: "memory");
#endif
}

} // namespace

void print(const char* text) noexcept {
    call_host(write_text, text);
}

void print_hex(std::uint64_t number) noexcept {
    char text[17];
    for (int i = 15; i >= 0; --i, number >>= 4)
        text[i] = "0123456789abcdef"[number & 15u];
    text[16] = '\0';
    print(text);
}

void leave(std::uint32_t code) noexcept {
    const std::uint32_t block[2] = {application_exit, code};
    for (;;)
        call_host(exit_extended, block);
}

} // namespace firmware

// Volatile, lest the loops become calls of memcpy and memset before there is memory to speak of.
void on_reset() {
    firmware::enable_floating_point();
    const std::uint32_t* from = data_in_flash;
    for (volatile std::uint32_t* to = data_first; to != data_last;)
        *to++ = *from++;
    for (volatile std::uint32_t* to = zeros_first; to != zeros_last;)
        *to++ = 0;
    firmware::leave(static_cast<std::uint32_t>(main()));
}

void on_fault() {
    firmware::print("hardware fault\n");
    firmware::leave(firmware::fault_code);
}

namespace {

struct vector_table {
    std::uint32_t* stack;
    void (*handlers[15])();
};
[[gnu::section(".vectors"), gnu::used]] const vector_table vectors = {
    stack_top,
    {on_reset, on_fault, on_fault, on_fault, on_fault, on_fault, nullptr, nullptr, nullptr, nullptr, on_fault,
     on_fault, nullptr, on_fault, on_fault}};

} // namespace
