// SPDX-License-Identifier: MIT
#include <cstddef>
#include <cstdint>
#include <set>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include <pith/format/dtype.hpp>

namespace {

using namespace pith::format;

std::vector<dtype> every_type() {
    std::vector<dtype> all;
    for (std::uint8_t i = 1; i <= 21; ++i)
        all.push_back(static_cast<dtype>(i));
    return all;
}

TEST_CASE("every type has bits and a name of its own") {
    std::set<std::string_view> names;
    for (const dtype t : every_type()) {
        const std::size_t bits = bits_of(t);
        CAPTURE(name_of(t));
        CHECK((bits == 4 || bits == 8 || bits == 16 || bits == 32 || bits == 64));
        CHECK(bytes_of(t) == (bits == 4 ? 1 : bits / 8));
        CHECK(name_of(t) != "unknown");
        names.insert(name_of(t));
    }
    CHECK(names.size() == every_type().size());
    for (const auto none : {dtype{}, static_cast<dtype>(22)}) {
        CHECK(bits_of(none) == 0);
        CHECK(name_of(none) == "unknown");
    }
}

TEST_CASE("bits follow from the name") {
    for (const dtype t : every_type()) {
        const std::string_view name = name_of(t);
        CAPTURE(name);
        if (t == dtype::boolean)
            continue;
        std::size_t bits = 0;
        for (const char c : name.substr(name.find_first_of("0123456789"))) {
            if (c < '0' || c > '9')
                break; // float8e4m3fn
            bits = 10 * bits + static_cast<std::size_t>(c - '0');
        }
        CHECK(bits_of(t) == bits);
    }
}

TEST_CASE("two elements of four bits share a byte") {
    for (const dtype t : {dtype::i4, dtype::u4, dtype::f4e2m1}) {
        CHECK(bytes_of(t, 0) == 0);
        CHECK(bytes_of(t, 1) == 1);
        CHECK(bytes_of(t, 2) == 1);
        CHECK(bytes_of(t, 7) == 4);
    }
    CHECK(bytes_of(dtype::boolean, 7) == 7);
    CHECK(bytes_of(dtype::bf16, 7) == 14);
    CHECK(bytes_of(dtype::f64, 7) == 56);
}

TEST_CASE("programs have seven types, and what is computed is floating") {
    std::size_t programs = 0, floating = 0, computed = 0;
    for (const dtype t : every_type()) {
        programs += in_programs(t);
        floating += is_floating(t);
        computed += is_computed(t);
        CHECK((is_floating(t) || !is_computed(t)));
        CHECK(is_floating(t) == (name_of(t).find("float") != std::string_view::npos));
    }
    CHECK(programs == 7);
    CHECK(floating == 10);
    CHECK(computed == 4);
    CHECK_FALSE(in_programs(dtype{}));
    CHECK_FALSE(in_programs(dtype::i16));
}

} // namespace
