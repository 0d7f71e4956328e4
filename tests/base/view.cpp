// SPDX-License-Identifier: MIT
#include "pith/base/view.hpp"

#include <array>
#include <doctest/doctest.h>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

using pith::view;

namespace {
double sum(view<const float> v) {
    double s = 0;
    for (const float x : v)
        s += static_cast<double>(x);
    return s;
}
int which(view<const float>) {
    return 1;
}
int which(view<const int>) {
    return 2;
}

struct base {};
struct derived : base {};
} // namespace

TEST_CASE("view: made of whatever holds elements in one piece") {
    std::vector<float> v{1, 2, 3};
    const std::vector<float> constant{4, 5};
    const std::array<float, 2> array{6, 7};
    float plain[] = {8, 9};
    CHECK(sum(v) == 6);
    CHECK(sum(constant) == 9);
    CHECK(sum(array) == 13);
    CHECK(sum(plain) == 17);
    CHECK(sum(std::span<float>(v)) == 6);
    CHECK(sum(view<float>(v)) == 6);
    CHECK(sum({v.data() + 1, 2}) == 5);
    CHECK(sum(std::vector<float>{1, 1}) == 2);
    CHECK(sum({}) == 0);
    CHECK(std::span<const float>(view<const float>(v)).size() == 3);
    const view<float> writable(v);
    writable[1] = 20;
    CHECK(v[1] == 20);
}

TEST_CASE("view: parts") {
    const std::string text = "abcdef";
    const view<const char> v = text;
    CHECK(v.size() == 6);
    CHECK(v.first(2).back() == 'b');
    CHECK(v.last(2).front() == 'e');
    CHECK(v.subspan(2)[0] == 'c');
    CHECK(v.subspan(2, 1).size() == 1);
    CHECK(v.subspan(6).empty());
    CHECK(std::string(v.begin(), v.end()) == text);
    CHECK(view<const double>(nullptr, 3).size_bytes() == 24);
}

TEST_CASE("view: neither drops const nor converts elements, and overloads stay apart") {
    static_assert(!std::is_convertible_v<const std::vector<float>&, view<float>>);
    static_assert(!std::is_convertible_v<view<const float>, view<float>>);
    static_assert(!std::is_convertible_v<std::vector<float>, view<float>>);
    static_assert(!std::is_convertible_v<std::vector<int>&, view<const float>>);
    static_assert(!std::is_convertible_v<std::vector<derived>&, view<base>>);
    static_assert(!std::is_convertible_v<int, view<const float>>);
    static_assert(std::is_convertible_v<view<float>, view<const float>>);
    static_assert(std::is_trivially_copyable_v<view<float>>);
    const std::vector<int> whole{1};
    CHECK(which(std::vector<float>{1}) == 1);
    CHECK(which(whole) == 2);
}
