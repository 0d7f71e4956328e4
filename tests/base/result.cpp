// SPDX-License-Identifier: MIT
#include "pith/base/result.hpp"

#include <doctest/doctest.h>
#include <memory>
#include <string>

using pith::errc;
using pith::fault;
using pith::result;

namespace {
result<int> half(int n) {
    if (n % 2 != 0)
        return fault{errc::bad_option, "give an even number", std::to_string(n)};
    return n / 2;
}
result<void> refuse_odd(int n) {
    PITH_TRY(half(n));
    return {};
}
} // namespace

TEST_CASE("result: steps chain while they succeed and keep the first fault") {
    CHECK(*half(12).and_then(half) == 3);
    const auto failed = half(6).and_then(half).and_then(half);
    REQUIRE(!failed);
    CHECK(failed.error().code == errc::bad_option);
    CHECK(std::string(failed.error().what) == "give an even number");
    CHECK(std::string(failed.error().where) == "3");
}

TEST_CASE("result: moves what cannot be copied") {
    result<std::unique_ptr<int>> r{std::make_unique<int>(7)};
    const std::unique_ptr<int> p = *std::move(r);
    CHECK(*p == 7);
}

TEST_CASE("result<void>: PITH_TRY leaves with the fault") {
    CHECK(refuse_odd(4).has_value());
    CHECK(std::string(refuse_odd(5).error().where) == "5");
}

TEST_CASE("fault: a place that is too long is cut and terminated") {
    const fault f{errc::bad_file, "what", std::string(500, 'x')};
    CHECK(std::string(f.where).size() == fault::where_capacity - 1);
}

TEST_CASE("result: values that are changed, mended or replaced") {
    const result<int> good = 3;
    const result<int> bad = fault{errc::missing, "not here"};
    CHECK(good.value_or(7) == 3);
    CHECK(bad.value_or(7) == 7);
    CHECK(*result<int>(good).transform([](int i) { return i + 0.5; }) == 3.5);
    CHECK(result<int>(bad).transform([](int i) { return i + 0.5; }).error().code == errc::missing);
    CHECK(*result<int>(bad).or_else([](const fault&) -> result<int> { return 9; }) == 9);
    CHECK(*result<int>(good).or_else([](const fault& f) -> result<int> { return f; }) == 3);
    int seen = 0;
    CHECK(result<int>(good).transform([&](int i) { seen = i; }));
    CHECK(seen == 3);
    CHECK(*result<void>().and_then([]() -> result<int> { return 4; }) == 4);
    CHECK(!result<void>(bad.error()).or_else([](const fault& f) -> result<void> { return f; }));
}
