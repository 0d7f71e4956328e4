// SPDX-License-Identifier: MIT
#include "pith/run/session.hpp"

#include <cstdint>
#include <utility>

#include <doctest/doctest.h>

#include "hand_made.hpp"

namespace {

using namespace pith::run;
using hand_made::dtype;

/// Copies eight numbers.
session copies(dtype type) {
    hand_made::program p;
    const auto a = p.tensor(type, {1, 1, 1, 8});
    const auto b = p.tensor(type, {1, 1, 1, 8});
    op::copy::record r{};
    r.op = hand_made::operands(b, a);
    r.rank = 1;
    p.add<op::copy>(r, {8, 1, 1});
    p.door(a, "a", true);
    p.door(b, "b", false);
    auto bytes = p.bytes();
    auto s = session::open(pith::bytes_view(bytes.data(), bytes.size));
    REQUIRE(s);
    return std::move(*s);
}

void check_works(session& s) {
    for (std::size_t i = 0; i < 8; ++i)
        s.input(0)[i] = static_cast<float>(i);
    s.run();
    for (std::size_t i = 0; i < 8; ++i)
        CHECK(s.output(0)[i] == static_cast<float>(i));
}

TEST_CASE("session: views of inputs and outputs have the elements of their types") {
    auto reals = copies(dtype::f32);
    CHECK(reals.input(0).size() == 8);
    CHECK(reals.output(0).size() == 8);
    check_works(reals);
    auto codes = copies(dtype::u8);
    CHECK(codes.input<std::uint8_t>(0).size() == 8);
    CHECK(codes.output<std::uint8_t>(0).size() == 8);
}

TEST_CASE("session: moved, it works on; moved from, it is a session of no program") {
    auto first = copies(dtype::f32);
    const auto* arena = first.arena().data();
    auto second = std::move(first);
    CHECK(second.arena().data() == arena);
    check_works(second);
    first.run(); // NOLINT(bugprone-use-after-move): that is what is asked
    CHECK(first.program().input_count() == 0);
    CHECK(first.program().output_count() == 0);
    CHECK(first.program().op_count() == 0);
    CHECK(first.arena().empty());
    CHECK(first.program().bytes().empty());
    first = std::move(second);
    check_works(first);
    second.run(); // NOLINT(bugprone-use-after-move)
    CHECK(second.program().input_count() == 0);
    second = copies(dtype::f32);
    check_works(second);
}

#ifdef NDEBUG
TEST_CASE("session: without assertions a view that does not exist is empty") {
    auto codes = copies(dtype::u8);
    CHECK(codes.input(0).empty());
    CHECK(codes.output(0).empty());
    CHECK(codes.input<std::uint8_t>(1).empty());
    const auto moved = std::move(codes);
    CHECK(codes.input<std::uint8_t>(0).empty()); // NOLINT(bugprone-use-after-move)
    CHECK(codes.output<std::uint8_t>(0).empty());
    CHECK(moved.output<std::uint8_t>(0).size() == 8);
}
#endif

} // namespace
