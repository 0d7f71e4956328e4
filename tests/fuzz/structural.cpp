// SPDX-License-Identifier: MIT
// ONNX models of every operator that the reader knows, their structure changed, on the whole way from the
// file to a program that ran and a file that was written: all of it refused or right, in bounded time and
// 256 MB. PITH_MUTANTS is how many (2,000 if not given), PITH_MUTANTS_FIRST the number of the first one;
// PITH_MUTANT_FILE names a file that every mutant is written to before it is read, to have the one that
// crashed. `cmake/dev mutants` runs 100,000.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <pith/io/file.hpp>
#include <pith/io/onnx.hpp>

#include "hostile_files.hpp"
#include "operator_seeds.hpp"
#include "structure.hpp"
#include "support/compiled.hpp"
#include "whole_way.hpp"

namespace {

constexpr double most_seconds = 5; ///< to load, simplify and pack: a tenth of that without the sanitizers
constexpr double most_seconds_all = 10; ///< with evaluation, quantisation and running, under the sanitizers
constexpr std::size_t most_bytes = std::size_t{256} << 20;

pith::bytes_view bytes_of(const std::string& text) {
    return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}

std::uint64_t number(const char* variable, std::uint64_t otherwise) {
    const char* text = std::getenv(variable);
    return text != nullptr ? std::strtoull(text, nullptr, 10) : otherwise;
}

fuzz::parts all_parts() {
    fuzz::parts p;
    p.operators = fuzz::known_operators();
    for (auto& seed : fuzz::operator_seeds())
        p.models.push_back(std::move(seed.model));
    for (const auto& file : fuzz::hostile_seeds())
        p.models.emplace_back(reinterpret_cast<const char*>(file.data()), file.size());
    return p;
}

TEST_CASE("every operator has a seed, and every seed goes the whole way") {
    std::set<std::pair<std::string, std::string>> seen;
    for (const auto& seed : fuzz::operator_seeds()) {
        CAPTURE(seed.op_type);
        CAPTURE(seed.domain);
        const auto g = pith::io::parse_onnx(bytes_of(seed.model));
        if (!g) {
            FAIL_CHECK(g.error().what, ": ", g.error().where);
            continue;
        }
        seen.insert({seed.op_type, seed.domain});
        const auto j = fuzz::whole_way(bytes_of(seed.model));
        CHECK(j.wrong == "");
    }
    for (const auto& [op, domain] : fuzz::known_operators()) {
        CAPTURE(op);
        CHECK(seen.count({op, domain}) == 1);
    }
}

TEST_CASE("mutants of every operator go the whole way") {
    const auto parts = all_parts();
    const std::uint64_t first = number("PITH_MUTANTS_FIRST", 0);
    const std::uint64_t count = number("PITH_MUTANTS", 2000);
    const char* keep = std::getenv("PITH_MUTANT_FILE");
    std::size_t loaded = 0, ran = 0, quantized = 0, written = 0, most = 0;
    double slowest = 0, slowest_all = 0;
    for (std::uint64_t i = first; i < first + count; ++i) {
        CAPTURE(i);
        pith::random_bits bits(i * 0x9E3779B97F4A7C15U + 1);
        const auto& seed = parts.models[bits.below(parts.models.size())];
        const std::string model = fuzz::restructurer(seed, parts, bits).mutant();
        if (keep != nullptr) {
            REQUIRE(pith::io::write_file(keep, bytes_of(model)));
            std::fprintf(stderr, "%llu\n", static_cast<unsigned long long>(i));
        }
        const auto j = fuzz::whole_way(bytes_of(model));
        CHECK(j.wrong == "");
        CHECK(j.seconds < most_seconds);
        CHECK(j.all_seconds < most_seconds_all);
        CHECK(j.peak <= most_bytes);
        loaded += j.loaded;
        ran += j.ran;
        quantized += j.quantized;
        written += j.written;
        slowest = std::max(slowest, j.seconds);
        slowest_all = std::max(slowest_all, j.all_seconds);
        most = std::max(most, j.peak);
        if ((i + 1) % 10000 == 0)
            std::fprintf(stderr, "%llu mutants: %zu loaded, %zu ran, %zu quantised, %zu written and read\n",
                         static_cast<unsigned long long>(i + 1 - first), loaded, ran, quantized, written);
    }
    MESSAGE(parts.models.size(), " seeds, ", count, " mutants: ", loaded, " loaded, ", ran, " ran, ",
            quantized, " quantised, ", written, " written and read again; slowest load and pack ",
            1000 * slowest, " ms, slowest of all ", 1000 * slowest_all, " ms, most memory ", most >> 20,
            " MB");
    if (count >= 1000)
        CHECK(loaded > count / 10);
}

} // namespace
