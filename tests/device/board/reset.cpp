// SPDX-License-Identifier: MIT
// From reset to the C library's start-up code, which places nothing: code and data are loaded where they run.

#include <cstdint>

extern "C" {
extern char stack_top[];
void _start(); // the C library's
[[noreturn]] void on_reset();
[[noreturn]] void on_fault();
}

void on_reset() {
#if defined(__ARM_FP)
    auto* access = reinterpret_cast<volatile std::uint32_t*>(0xE000ED88);
    *access = *access | 0x00F00000u;
    asm volatile("dsb\n\tisb" ::: "memory");
#endif
    _start();
    for (;;) {
    }
}

void on_fault() {
    constexpr std::uint32_t exit = 0x18, internal_error = 0x20024;
    for (;;) {
        register std::uint32_t r0 asm("r0") = exit;
        register std::uint32_t r1 asm("r1") = internal_error;
        asm volatile("bkpt 0xAB" ::"r"(r0), "r"(r1) : "memory");
    }
}

namespace {

struct vector_table {
    char* stack;
    void (*handlers[15])();
};
[[gnu::section(".vectors"), gnu::used]] const vector_table vectors = {
    stack_top,
    {on_reset, on_fault, on_fault, on_fault, on_fault, on_fault, nullptr, nullptr, nullptr, nullptr, on_fault,
     on_fault, nullptr, on_fault, on_fault}};

} // namespace
