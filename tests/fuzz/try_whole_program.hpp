// SPDX-License-Identifier: MIT
#ifndef PITH_TESTS_FUZZ_TRY_WHOLE_PROGRAM_HPP
#define PITH_TESTS_FUZZ_TRY_WHOLE_PROGRAM_HPP
/// One program by its number: made, opened, and run everywhere if it is accepted.

#include <cstdint>
#include <cstdio>
#include <cstring>

#include "run_everywhere.hpp"
#include "whole_programs.hpp"

namespace fuzz {

/// Larger arenas would only be slow.
inline constexpr std::size_t most_run_bytes = std::size_t{1} << 16;

struct tally {
    std::uint64_t refused = 0;
    std::uint64_t accepted = 0; ///< and run
    std::uint64_t large = 0;    ///< accepted, not run
    std::uint64_t differ = 0;
    std::uint64_t kinds[256] = {}; ///< operations run

    void print() const {
        std::printf("%llu programs: %llu refused, %llu accepted and run, %llu accepted and too large to run, "
                    "%llu differ\n",
                    as_printed(refused + accepted + large), as_printed(refused), as_printed(accepted),
                    as_printed(large), as_printed(differ));
        std::fflush(stdout);
    }
    static unsigned long long as_printed(std::uint64_t n) { return n; }
};

inline void try_whole_program(std::uint64_t seed, tally& t) {
    auto made = program_maker(seed).make();
    const exact_block file(made.size);
    std::memcpy(file.data(), made.data(), made.size);
    const auto p = program_view::open(file.view());
    if (!p) {
        ++t.refused;
        return;
    }
    if (p->arena_bytes() > most_run_bytes) {
        ++t.large;
        return;
    }
    ++t.accepted;
    for (const op_view op : p->ops())
        ++t.kinds[op.head().kind];
    const finding f = run_everywhere(*p, seed);
    if (!f.ok) {
        ++t.differ;
        std::printf("program %llu: %s\n", tally::as_printed(seed), f.text);
        std::fflush(stdout);
    }
}

} // namespace fuzz

#endif
