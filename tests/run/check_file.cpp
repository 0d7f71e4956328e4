// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <cstdint>
#include <cstring>
#include <string>

#include "hand_made.hpp"
#include "pith/run/program.hpp"

using namespace hand_made;
using pith::run::program_view;

namespace {

/// What is said about a program with this one tensor; nothing if it is accepted.
std::string said(const std::uint32_t (&dims)[4], dtype type = dtype::u8, std::uint32_t spare = 0) {
    program p;
    p.tensor(type, dims);
    p.header.arena_bytes += spare;
    auto bytes = p.bytes();
    const auto opened = program_view::open(bytes.view());
    return opened ? "" : opened.error().what;
}

TEST_CASE("check_file: a tensor is bounded by its bytes alone") {
    CHECK(said({1, 1, 1, 5u << 20}).empty()); // one long row
    CHECK(said({1, 2, 1u << 20, 64}).empty());
    CHECK(said({1, 1, 1, 1u << 28}, dtype::f32).empty());
    CHECK(said({2, 1, 1, 1u << 28}, dtype::f32) != "");
    CHECK(said({1u << 28, 1, 1, 8}, dtype::u8) != "");
    CHECK(said({1u << 28, 1u << 28, 1u << 28, 1u << 28}) != "");
}

TEST_CASE("check_file: an arena is hardly larger than its tensors need") {
    CHECK(said({1, 1, 1, 64}, dtype::u8, 0x10000).empty());
    CHECK(said({1, 1, 1, 64}, dtype::u8, 0x10001) ==
          "the .pith program asks for more memory than its tensors need");
    CHECK(said({1, 1, 1, 64}, dtype::u8, 0xFFFFFF00u) != "");
}

} // namespace
