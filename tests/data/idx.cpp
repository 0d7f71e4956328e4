// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <pith/data/idx.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace {

std::vector<std::byte> bytes(std::initializer_list<int> values) {
    std::vector<std::byte> out;
    for (const int v : values)
        out.push_back(static_cast<std::byte>(v));
    return out;
}

std::vector<std::byte> two_by_three() {
    return bytes({0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6});
}

} // namespace

TEST_CASE("idx: header of a whole file") {
    const auto h = pith::data::parse_idx(two_by_three());
    REQUIRE(h);
    CHECK(h->dims == pith::shape{2, 3});
    CHECK(h->offset == 12);
}

TEST_CASE("idx: every truncation and any longer file is refused") {
    const auto whole = two_by_three();
    for (std::size_t n = 0; n < whole.size(); ++n) {
        const auto h = pith::data::parse_idx({whole.data(), n}, "here");
        REQUIRE(!h);
        CHECK(h.error().code == pith::errc::bad_file);
        CHECK(std::string(h.error().where) == "here");
    }
    auto longer = whole;
    longer.push_back({});
    CHECK(!pith::data::parse_idx(longer));
}

TEST_CASE("idx: foreign magic, types, ranks and sizes are refused") {
    CHECK(!pith::data::parse_idx(bytes({31, 139, 8, 0, 0, 0, 0, 0}))); // gzip
    CHECK(pith::data::parse_idx(bytes({0, 0, 13, 1, 0, 0, 0, 1, 0, 0, 0, 0})).error().code ==
          pith::errc::unsupported);                                       // float
    CHECK(!pith::data::parse_idx(bytes({0, 0, 8, 0, 7})));                // no axis
    CHECK(!pith::data::parse_idx(bytes({0, 0, 8, 9, 0, 0, 0, 0, 0, 0}))); // nine axes
    CHECK(!pith::data::parse_idx(bytes({0, 0, 8, 1, 0, 0, 0, 0})));       // empty axis
    CHECK(!pith::data::parse_idx(bytes({0,   0,   8,   4,   255, 255, 255, 255, 255, 255, 255, 255,
                                        255, 255, 255, 255, 255, 255, 255, 255, 1,   2,   3}))); // would wrap
    CHECK(!pith::data::parse_idx(bytes({0, 0, 8, 2, 128, 0, 0, 0, 0, 0, 0, 2, 1, 2})));
}
