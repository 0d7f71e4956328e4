// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <pith/train/memory.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>

using namespace pith;

TEST_CASE("lanes: aligned zeros that are kept until they have to grow") {
    train::lanes<float> x(1000);
    CHECK(reinterpret_cast<std::uintptr_t>(x.data()) % buffer::alignment == 0);
    CHECK(std::all_of(x.all().begin(), x.all().end(), [](float v) { return v == 0.f; }));
    x.data()[3] = 7.f;
    CHECK(x.hold(500) == x.data());
    CHECK(x.size() == 1000);
    CHECK(x.data()[3] == 7.f);
    CHECK(x.hold(std::size_t{1} << 20)[3] == 0.f); // large pages
    CHECK(x.size() == std::size_t{1} << 20);
}

TEST_CASE("memory pool: the smallest piece that is large enough is handed out again") {
    train::memory_pool<double> pool;
    const auto small = pool.take(10);
    const auto large = pool.take(100);
    double* const kept = pool.add(50);
    CHECK(small.at != large.at);
    CHECK(pool.bytes() == 160 * sizeof(double));
    pool.give_back(large);
    pool.give_back(small);
    CHECK(pool.take(5).at == small.at);
    CHECK(pool.take(5).at == large.at); // larger than needed, but there
    const auto fresh = pool.take(5);
    CHECK(fresh.at != small.at);
    CHECK(fresh.at != large.at);
    CHECK(fresh.at != kept);
    CHECK(fresh.at[4] == 0.0);
    CHECK(pool.bytes() == 165 * sizeof(double));
}
