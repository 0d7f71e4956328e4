// SPDX-License-Identifier: MIT
#include "pith/run/stored.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "hand_made.hpp"
#include "pith/plan/store.hpp"
#include "pith/run/program.hpp"

using namespace hand_made;

namespace {

/// A quantised value through a table of 256 bytes: enough for several runs.
[[nodiscard]] aligned_bytes small_program() {
    program p;
    const auto input = p.tensor(dtype::u8, {1, 1, 1, 8}, 1, 0);
    const auto output = p.tensor(dtype::u8, {1, 1, 1, 8}, 1, 0);
    std::vector<std::uint8_t> table(256);
    for (std::size_t i = 0; i < 256; ++i)
        table[i] = static_cast<std::uint8_t>(i < 200 ? 0 : i * 7);
    op::table_u8::record t{};
    t.op = operands(output, input);
    t.table = p.constant(table);
    p.add<op::table_u8>(t);
    p.door(input, "input", true);
    p.door(output, "output", false);
    return p.bytes();
}

} // namespace

TEST_CASE("stored programs: expanded, whole or from a stream, they are the same bytes") {
    auto p = small_program();
    const auto stored = pith::plan::store(p.view());
    REQUIRE(stored);
    CHECK(stored->size() < p.size);
    CHECK(pith::run::is_stored(*stored));
    CHECK_FALSE(pith::run::is_stored(p.view()));
    REQUIRE(*pith::run::expanded_bytes(*stored) == p.size);
    pith::format::symbol_model model;
    aligned_bytes whole(p.size);
    REQUIRE(pith::run::expand(*stored, whole.view(), model));
    CHECK(std::memcmp(whole.data(), p.data(), p.size) == 0);
    CHECK(pith::run::program_view::open(whole.view()));

    aligned_bytes streamed(p.size);
    std::size_t at = sizeof(pith::run::stored_header);
    auto arrive = [&] { return at < stored->size() ? (*stored)[at++] : std::byte{0}; };
    REQUIRE(pith::run::expand_stream(arrive, streamed.view(), model));
    CHECK(std::memcmp(streamed.data(), p.data(), p.size) == 0);
}

TEST_CASE("stored programs: whatever is damaged, nothing outside is touched and hardly anything opens") {
    auto p = small_program();
    const auto stored = *pith::plan::store(p.view());
    pith::format::symbol_model model;
    std::size_t opened = 0;
    for (std::size_t i = sizeof(pith::run::stored_header); i < stored.size(); ++i)
        for (unsigned bit = 0; bit < 8; ++bit) {
            auto damaged = stored;
            damaged[i] ^= static_cast<std::byte>(1u << bit);
            aligned_bytes r(p.size);
            if (pith::run::expand(damaged, r.view(), model) && pith::run::program_view::open(r.view())) {
                CHECK(std::memcmp(r.data(), p.data(), p.size) == 0); // the end of a stream is not read whole
                ++opened;
            }
        }
    CHECK(opened <= 32);
}

TEST_CASE("stored programs: what contradicts itself is refused, with a sentence") {
    auto p = small_program();
    const auto stored = *pith::plan::store(p.view());
    const auto refusal = [&](std::size_t at, std::uint32_t value) {
        auto changed = stored;
        pith::store_le(changed.data() + at, value);
        const auto bytes = pith::run::expanded_bytes(changed);
        return bytes ? std::string() : std::string(bytes.error().what);
    };
    CHECK(refusal(0, 7).find("not a stored") != std::string::npos);
    CHECK(refusal(4, 2).find("version 1") != std::string::npos);
    CHECK(refusal(8, 7).find("cut off") != std::string::npos);
    CHECK(refusal(12, 0x7FFFFFFF).find("1,024 times") != std::string::npos);
    CHECK_FALSE(pith::run::expanded_bytes(pith::bytes_view(stored).first(8)));
    pith::format::symbol_model model;
    aligned_bytes small(p.size - 1);
    CHECK(pith::run::expand(stored, small.view(), model).error().code == pith::errc::no_memory);
}
