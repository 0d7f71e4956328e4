// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <pith/io/cifar.hpp>

#include <cstddef>
#include <vector>

using namespace pith;

TEST_CASE("cifar10: whole records are counted") {
    std::vector<std::byte> file(3 * io::cifar_record_bytes);
    file[io::cifar_record_bytes] = std::byte{9};
    const auto n = io::parse_cifar10(file);
    REQUIRE(n);
    CHECK(*n == 3);
}

TEST_CASE("cifar10: partial records, labels above nine and empty files are refused") {
    std::vector<std::byte> file(2 * io::cifar_record_bytes);
    CHECK(!io::parse_cifar10({file.data(), 0}));
    CHECK(!io::parse_cifar10({file.data(), io::cifar_record_bytes - 1}));
    CHECK(!io::parse_cifar10({file.data(), io::cifar_record_bytes + 1}));
    file[io::cifar_record_bytes] = std::byte{10};
    const auto bad = io::parse_cifar10(file, "batch");
    REQUIRE(!bad);
    CHECK(bad.error().code == errc::bad_file);
    CHECK(std::string_view(bad.error().where) == "batch");
}
