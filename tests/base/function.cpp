// SPDX-License-Identifier: MIT
#include "pith/base/function.hpp"

#include <doctest/doctest.h>
#include <memory>
#include <string>
#include <type_traits>

using pith::function;

namespace {
int twice(int x) {
    return 2 * x;
}
} // namespace

TEST_CASE("function: calls what it holds, copies it, moves it") {
    function<int(int)> f;
    CHECK(!f);
    f = &twice;
    CHECK(f(4) == 8);
    const auto calls = std::make_shared<int>(0);
    f = [calls, own = 0](int x) mutable { return ++*calls, own += x; };
    CHECK(calls.use_count() == 2);
    function<int(int)> g = f;
    CHECK(calls.use_count() == 3);
    CHECK(f(1) == 1);
    CHECK(f(1) == 2);
    CHECK(g(5) == 5); // state of its own
    g = std::move(f);
    CHECK(g(1) == 3);
    g = nullptr;
    CHECK(g == nullptr);
    CHECK(calls.use_count() == 1);
}

TEST_CASE("function: arguments go through as they are") {
    const function<std::string(std::string&, const std::string&)> f = [](std::string& a,
                                                                         const std::string& b) {
        a += b;
        return a;
    };
    std::string text = "a";
    CHECK(f(text, "b") == "ab");
    CHECK(text == "ab");
    static_assert(std::is_convertible_v<int (*)(int), function<int(int)>>);
    static_assert(!std::is_convertible_v<int, function<int(int)>>);
    static_assert(!std::is_convertible_v<void (*)(), function<int(int)>>);
}
