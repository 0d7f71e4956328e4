// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <pith/graph/encoding.hpp>

#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

using namespace pith;

namespace {

constexpr format::affine_codes bytes{.lowest = -127, .highest = 127};
using list = std::vector<std::int16_t>;

} // namespace

TEST_CASE("encoding: none is real") {
    const encoding e;
    CHECK_FALSE(e.is_coded());
    CHECK(e.as<format::real>() != nullptr);
    CHECK(e.bits() == 32);
    CHECK(e.listed() == 0);
    CHECK_FALSE(fits_uint8(e));
    CHECK_FALSE(fits_int8(e, 1));
}

TEST_CASE("encoding: reals become codes of their own slice, whatever the format") {
    encoding e{format::affine_codes{.lowest = -8, .highest = 7}, {0.5f, 2.f}, 0};
    CHECK(e.bits() == 4);
    CHECK(e.encode(0, 1.f) == 2);
    CHECK(e.encode(1, 1.f) == 0); // a tie: to the even code
    CHECK(e.encode(1, 100.f) == 7);
    CHECK(e.decode(1, -3) == -6.f);
    e.element = format::codebook{{-4, 0, 4}, 3};
    CHECK(e.bits() == 2);
    CHECK(e.listed() == 3);
    CHECK(e.encode(0, 1.01f) == 4);
    CHECK(e.encode(0, -1.f) == 0);
    CHECK(e.decode(0, 4) == 2.f);
    e.element = format::binary{};
    CHECK(e.bits() == 1);
    CHECK(e.encode(0, -0.1f) == -1);
    CHECK(e.encode(1, 0.f) == 1);
    CHECK(e.decode(1, -1) == -2.f);
}

TEST_CASE("encoding: one scale and zero point of a whole tensor") {
    const auto one = encoding::per_tensor({0.1f, 3, 0, 255, 128});
    CHECK(one.at(5).scale == 0.1f);
    CHECK(one.at(5).zero == 3);
    CHECK(one.at(5).moved == 128);
    CHECK(one.axis == -1);
    CHECK(one == encoding::per_tensor({0.1f, 3, 0, 255, 128}));
    CHECK(one != encoding::per_tensor({0.1f, 3, 0, 255, 0}));
    auto marked = one;
    marked.mark = 1;
    CHECK(one != marked);
}

TEST_CASE("encoding: codes that uint8 activations hold") {
    CHECK(fits_uint8(encoding::per_tensor({0.5f, 3})));
    CHECK(fits_uint8({format::binary{0}, {1.f}}));
    CHECK(fits_uint8({format::codebook{{-50, 0, 100}, 3, 60}, {1.f}}));
    CHECK_FALSE(fits_uint8({format::codebook{{-50, 0, 100}, 3, 49}, {1.f}}));
    CHECK_FALSE(fits_uint8({format::codebook{{1, 2}, 2}, {1.f}})); // real zero is below all codes
    CHECK_FALSE(fits_uint8({format::binary{-1}, {1.f}}));
    CHECK_FALSE(fits_uint8(encoding::per_tensor({0.5f, 256})));
    CHECK_FALSE(fits_uint8(encoding::per_tensor({0.f, 3})));
    CHECK_FALSE(fits_uint8({format::affine_codes{}, {1.f, 1.f}, 0}));
    CHECK_FALSE(fits_uint8({format::affine_codes{}, {}}));
}

TEST_CASE("encoding: codes that int8 weights are") {
    CHECK(fits_int8({bytes, {1.f}}, 3));
    CHECK(fits_int8({bytes, {1.f, 2.f, 3.f}, 0}, 3));
    CHECK(fits_int8({format::binary{0}, {1.f}}, 3));
    CHECK_FALSE(fits_int8({bytes, {1.f, 2.f, 3.f}, 1}, 3));
    CHECK_FALSE(fits_int8({bytes, {1.f, 2.f}, 0}, 3));
    CHECK_FALSE(fits_int8({bytes, {1.f, 2.f, std::numeric_limits<float>::infinity()}, 0}, 3));
    CHECK_FALSE(fits_int8({format::affine_codes{}, {1.f}}, 3));
    CHECK_FALSE(fits_int8({format::affine_codes{1, -127, 127}, {1.f}}, 3));
    CHECK_FALSE(fits_int8({format::affine_codes{0, 5, 5}, {1.f}}, 3));
    CHECK_FALSE(fits_int8({format::codebook{{-1, 1}, 2, 7}, {1.f}}, 3));
}

TEST_CASE("encoding: the format of the codes in use") {
    CHECK(element_of(list{-1, 1}) == element_format(format::binary{-1}));
    CHECK(element_of(list{0, 1}) == element_format(format::binary{0}));
    CHECK(element_of(list{-2, -1, 0, 1}) == element_format(format::affine_codes{0, -2, 1}));
    CHECK(element_of(list{-127, 127}) == element_format(format::codebook{{-127, 127}, 2}));
    list all;
    for (std::int16_t i = 0; i < 256; ++i)
        all.push_back(i);
    CHECK(element_of(all) == element_format(format::affine_codes{}));
    all.erase(all.begin() + 7); // 255 levels are no codebook
    CHECK_FALSE(element_of(all));
    CHECK_FALSE(element_of(list{}));
    CHECK_FALSE(element_of(list{1, -1}));
    CHECK_FALSE(element_of(list{0, 100, 200}));
}
