// SPDX-License-Identifier: MIT
// Damaged ONNX files are refused or understood, never worse. Run under sanitizers by the test suite.
#include <cstddef>
#include <cstdint>

#include <doctest/doctest.h>

#include "mutate.hpp"
#include "readers.hpp"
#include "seeds.hpp"
#include "support/compiled.hpp"

namespace {

using fuzz::verdict;

constexpr std::uint64_t rounds = 3000;

TEST_CASE("a damaged ONNX model") {
    const auto whole = fuzz::small_onnx();
    REQUIRE(fuzz::try_onnx(whole) == verdict::accepted);
    std::size_t refused = 0;
    for (std::uint64_t seed = 0; seed < rounds; ++seed) {
        CAPTURE(seed);
        const verdict v = fuzz::try_onnx(fuzz::mutated(whole, seed));
        REQUIRE(v != verdict::mute);
        refused += v == verdict::refused;
    }
    MESSAGE(refused, " of ", rounds, " damaged models are refused");
    CHECK(refused > rounds / 4);
}

TEST_CASE("every truncation of an ONNX model is refused or understood") {
    const auto whole = fuzz::small_onnx();
    for (std::size_t size = 0; size < whole.size(); size += size < 512 ? 1 : 7) {
        CAPTURE(size);
        REQUIRE(fuzz::try_onnx({whole.data(), size}) == verdict::refused);
    }
}

} // namespace
