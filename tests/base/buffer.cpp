// SPDX-License-Identifier: MIT
#include "pith/base/buffer.hpp"

#include <algorithm>
#include <cstdint>
#include <doctest/doctest.h>

TEST_CASE("buffer: aligned, zeroed, and readable past its end as kernels need") {
    const pith::buffer b(100);
    CHECK(reinterpret_cast<std::uintptr_t>(b.data()) % pith::buffer::alignment == 0);
    CHECK(b.size() == 100);
    const auto* end = b.data() + b.size() + pith::over_read_bytes;
    CHECK(std::all_of(b.data(), end, [](std::byte x) { return x == std::byte{0}; }));
}

TEST_CASE("buffer: empty by default, moved without copying") {
    pith::buffer a(8);
    const std::byte* p = a.data();
    pith::buffer c = std::move(a);
    pith::buffer b;
    b = std::move(c);
    CHECK(b.data() == p);
    CHECK(b.size() == 8);
    CHECK(a.bytes().data() == nullptr); // NOLINT(bugprone-use-after-move): that is what is asked
    CHECK(a.size() == 0);
    CHECK(pith::buffer{}.size() == 0);
}

TEST_CASE("buffer: no data where there is not so much memory") {
    CHECK(pith::buffer::if_possible(SIZE_MAX).data() == nullptr);
    CHECK(pith::buffer::if_possible(SIZE_MAX).size() == 0);
#ifndef __SANITIZE_ADDRESS__ // which ends the program instead
    CHECK(pith::buffer::if_possible(SIZE_MAX / 4).data() == nullptr);
#endif
    const pith::buffer some = pith::buffer::if_possible(100);
    CHECK(some.size() == 100);
    CHECK(some.data()[99 + pith::over_read_bytes] == std::byte{0});
}
