// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "counted_add.hpp"
#include "run/hand_made.hpp"

using namespace hand_made;

TEST_CASE("extend: a kernel of one's own runs an operation of the library") {
    program p;
    const auto a = p.tensor(dtype::u8, {1, 1, 1, 16});
    const auto b = p.tensor(dtype::u8, {1, 1, 1, 16});
    const auto sum = p.tensor(dtype::u8, {1, 1, 1, 16});
    op::binary_u8_record r{};
    r.op = operands(sum, a, b);
    r.highest = 255;
    r.factors[0] = r.factors[1] = 1;
    p.add<op::add_u8>(r);
    p.door(a, "a", true);
    p.door(b, "b", true);
    p.door(sum, "sum", false);
    auto bytes = p.bytes();
    const auto opened = program_view::open(bytes.view());
    REQUIRE(opened);

    kernel_set kernels = portable_kernels;
    kernels.of<op::add_u8>().best = mine::counted_add_entry;
    CHECK(kernel_name(*opened, *opened->ops().begin(), kernels) == std::string_view("counted"));
    aligned_bytes arena(opened->arena_bytes());
    std::memset(arena.data(), 20, arena.size);
    execute(*opened, arena.view(), kernels);
    CHECK(mine::added == 1);
    const auto* y = reinterpret_cast<const std::uint8_t*>(arena.data() + opened->tensor(sum).offset);
    for (std::size_t i = 0; i < 16; ++i)
        CHECK(int{y[i]} == 40);
}
