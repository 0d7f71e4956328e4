// SPDX-License-Identifier: MIT
// Ten thousand hostile ONNX files, loaded under the sanitizers with the heap counted: none crashes, none
// takes a second, none makes more live at once than its own size and what budget allows. What is accepted is
// packed, and run where that is cheap. PITH_HOSTILE_FILE names a file that every model is written to before
// it is loaded, to have the one that crashed; PITH_HOSTILE_FIRST and PITH_HOSTILE_LAST are the numbers to
// begin with and to end before, if others than 0 and 10,000.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <pith/io/file.hpp>
#include <pith/io/onnx.hpp>

#include "allocations.hpp"
#include "hostile_files.hpp"
#include "support/compiled.hpp"

namespace {

constexpr std::uint64_t rounds = 10'000;
constexpr double most_seconds = 1; ///< of the processor

double processor_seconds() {
    timespec t{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

std::uint64_t number(const char* variable, std::uint64_t otherwise) {
    const char* text = std::getenv(variable);
    return text != nullptr ? std::strtoull(text, nullptr, 10) : otherwise;
}

struct loading {
    pith::result<pith::graph<float>> g;
    double seconds = 0;
    std::size_t peak = 0;
};

loading load(const fuzz::file_bytes& file) {
    const fuzz::peak_counter heap;
    const double start = processor_seconds();
    loading l{pith::io::parse_onnx(file)};
    l.seconds = processor_seconds() - start;
    l.peak = heap.bytes();
    return l;
}

TEST_CASE("ten thousand hostile ONNX files") {
    const auto seeds = fuzz::hostile_seeds();
    REQUIRE(seeds.size() >= 5);
    const char* keep = std::getenv("PITH_HOSTILE_FILE");
    const std::uint64_t first = number("PITH_HOSTILE_FIRST", 0);
    const std::uint64_t last = number("PITH_HOSTILE_LAST", rounds);
    std::size_t accepted = 0;
    double slowest = 0;
    double fullest = 0; // of what is allowed
    double greediest = 0;
    for (std::uint64_t i = first; i < last; ++i) {
        CAPTURE(i);
        const auto file = fuzz::hostile_file(seeds, i);
        if (keep != nullptr) {
            REQUIRE(pith::io::write_file(keep, file));
            std::fprintf(stderr, "%llu\n", static_cast<unsigned long long>(i));
        }
        auto l = load(file);
        const auto allowed = 8 * static_cast<double>(file.size()) + (64 << 20);
        CHECK_MESSAGE(l.seconds < most_seconds, file.size());
        CHECK_MESSAGE(static_cast<double>(l.peak) <= allowed, file.size());
        slowest = std::max(slowest, l.seconds);
        fullest = std::max(fullest, static_cast<double>(l.peak) / allowed);
        greediest = std::max(greediest, static_cast<double>(l.peak) / static_cast<double>(file.size() + 1));
        if (l.g) {
            ++accepted;
            CHECK(fuzz::usable(std::move(*l.g)));
        } else {
            CHECK(l.g.error().what[0] != '\0');
        }
    }
    const std::uint64_t count = last - first;
    MESSAGE(seeds.size(), " seeds, ", count, " files: ", accepted, " accepted, ", count - accepted,
            " refused; slowest ", 1000 * slowest, " ms, most memory ", 100 * fullest,
            " % of 8 x the file + 64 MB, greatest share of the file's size ", greediest);
    if (count >= rounds) {
        CHECK(accepted > count / 20);
        CHECK(accepted < count / 2);
    }
}

} // namespace
