// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <pith/format/element.hpp>

#include <vector>

using namespace pith;

namespace element_test { // with a name: clang warns of comparisons that nothing calls

struct whole {
    static constexpr bool coded = true;
    unsigned bits() const { return 8; }
    format::affine_codes codes() const { return {}; }
    std::size_t listed() const { return 0; }
    std::int32_t encode(float) const { return 0; }
    bool is_valid() const { return true; }
    friend bool operator==(const whole&, const whole&) = default;
};
struct without_encode {
    static constexpr bool coded = true;
    unsigned bits() const { return 8; }
    format::affine_codes codes() const { return {}; }
    std::size_t listed() const { return 0; }
    bool is_valid() const { return true; }
    friend bool operator==(const without_encode&, const without_encode&) = default;
};
struct on_the_heap : whole {
    std::vector<int> levels;
    friend bool operator==(const on_the_heap&, const on_the_heap&) = default;
};

} // namespace element_test

using namespace element_test;

TEST_CASE("element: plain values that tell codes and bits, nothing less, no heap") {
    CHECK(format::element<whole>);
    CHECK(format::element<format::affine_codes>);
    CHECK_FALSE(format::element<without_encode>);
    CHECK_FALSE(format::element<on_the_heap>);
}
