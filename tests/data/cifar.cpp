// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <pith/data/cifar.hpp>

#include <cstddef>
#include <vector>

using namespace pith;

TEST_CASE("cifar10: whole records are counted") {
    std::vector<std::byte> file(3 * data::cifar10.record_bytes());
    file[data::cifar10.record_bytes()] = std::byte{9};
    const auto n = data::parse_cifar(data::cifar10, file);
    REQUIRE(n);
    CHECK(*n == 3);
}

TEST_CASE("cifar10: partial records, labels above nine and empty files are refused") {
    std::vector<std::byte> file(2 * data::cifar10.record_bytes());
    CHECK(!data::parse_cifar(data::cifar10, {file.data(), 0}));
    CHECK(!data::parse_cifar(data::cifar10, {file.data(), data::cifar10.record_bytes() - 1}));
    CHECK(!data::parse_cifar(data::cifar10, {file.data(), data::cifar10.record_bytes() + 1}));
    file[data::cifar10.record_bytes()] = std::byte{10};
    const auto bad = data::parse_cifar(data::cifar10, file, "batch");
    REQUIRE(!bad);
    CHECK(bad.error().code == errc::bad_file);
    CHECK(std::string_view(bad.error().where) == "batch");
}

TEST_CASE("cifar100: two labels before the pixels, the coarse one and the fine one") {
    const std::size_t record = 3074;
    std::vector<std::byte> file(2 * record);
    file[record] = std::byte{19};
    file[record + 1] = std::byte{99};
    for (const auto& set : {data::cifar100, data::cifar100_coarse}) {
        const auto n = data::parse_cifar(set, file);
        REQUIRE(n);
        CHECK(*n == 2);
    }
    CHECK(data::cifar100.label(file, 1) == 99);
    CHECK(data::cifar100_coarse.label(file, 1) == 19);
    file[record] = std::byte{20};
    CHECK(data::parse_cifar(data::cifar100, file));
    CHECK(!data::parse_cifar(data::cifar100_coarse, file));
    file[record + 1] = std::byte{100};
    CHECK(!data::parse_cifar(data::cifar100, file));
    CHECK(!data::parse_cifar(data::cifar100, {file.data(), 3073}));
}
