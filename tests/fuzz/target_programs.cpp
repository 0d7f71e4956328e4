// SPDX-License-Identifier: MIT
// Makes COUNT whole programs from number FIRST on, runs those that are accepted everywhere, and counts. Built
// under sanitizers, for 64 and for 32 bits: cmake/dev programs.
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "try_whole_program.hpp"

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/common_interface_defs.h>
#endif

namespace {

std::uint64_t now = 0; ///< the program at hand, to be named when a sanitizer ends everything

void watch() {
#ifdef __SANITIZE_ADDRESS__
    __sanitizer_set_death_callback(
        [] { std::fprintf(stderr, "in program %llu\n", fuzz::tally::as_printed(now)); });
#endif
}

} // namespace

int main(int count, char** arguments) {
    const std::uint64_t programs = count > 1 ? std::strtoull(arguments[1], nullptr, 10) : 100000;
    const std::uint64_t first = count > 2 ? std::strtoull(arguments[2], nullptr, 10) : 0;
    fuzz::tally t;
    watch();
    for (std::uint64_t seed = first; seed < first + programs; ++seed) {
        if ((seed - first) % 100000 == 0 && seed != first)
            t.print();
        now = seed;
        fuzz::try_whole_program(seed, t);
    }
    t.print();
    return t.differ != 0 ? 1 : 0;
}
