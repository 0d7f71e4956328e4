// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <vector>

#include "pith/run/execution.hpp"
#include "pith/run/layout.hpp"
#include "pith/run/op/window.hpp"

using namespace pith::run;

namespace {

tensor_record image(std::uint32_t n, std::uint32_t h, std::uint32_t w, std::uint32_t c, std::uint8_t top,
                    std::uint8_t left, std::uint8_t bottom, std::uint8_t right) {
    tensor_record t{};
    t.dims[0] = n;
    t.dims[1] = h;
    t.dims[2] = w;
    t.dims[3] = c;
    t.type = static_cast<std::uint8_t>(pith::format::dtype::u8);
    const std::uint8_t border[4] = {top, left, bottom, right};
    for (std::size_t i = 0; i < 4; ++i)
        t.border[i] = border[i];
    return t;
}

} // namespace

TEST_CASE("layout: without a border tensors are dense") {
    const auto t = image(2, 3, 4, 5, 0, 0, 0, 0);
    CHECK(!has_border(t));
    CHECK(row_stride(t) == 20);
    CHECK(image_stride(t) == 60);
    CHECK(elements_before(t) == 0);
    CHECK(stored_elements(t) == 120);
    CHECK(elements_of(t) == 120);
}

TEST_CASE("layout: every pixel around an image is border, and no pixel of it is") {
    const std::uint8_t borders[][4] = {{1, 1, 1, 1}, {2, 0, 0, 3}, {0, 3, 1, 0}, {0, 0, 2, 0},
                                       {1, 0, 0, 0}, {0, 2, 0, 1}, {3, 1, 0, 2}};
    for (const auto& b : borders)
        for (std::uint32_t n = 1; n < 3; ++n) {
            const auto t = image(n, 3, 4, 2, b[0], b[1], b[2], b[3]);
            std::vector<std::byte> memory(stored_elements(t) + 2, std::byte{7});
            std::byte* first = memory.data() + 1 + elements_before(t);
            fill_border(first, t, 9);
            CHECK(memory.front() == std::byte{7});
            CHECK(memory.back() == std::byte{7});
            const auto row = static_cast<std::ptrdiff_t>(row_stride(t));
            for (std::ptrdiff_t i = 0; i < n; ++i)
                for (std::ptrdiff_t r = -b[0]; r < 3 + b[2]; ++r)
                    for (std::ptrdiff_t c = -b[1]; c < 4 + b[3]; ++c)
                        for (std::ptrdiff_t k = 0; k < 2; ++k) {
                            const bool inside = r >= 0 && r < 3 && c >= 0 && c < 4;
                            const std::byte* at = first + i * static_cast<std::ptrdiff_t>(image_stride(t)) +
                                                  r * row + c * 2 + k;
                            REQUIRE(at > memory.data());
                            REQUIRE(at < memory.data() + memory.size() - 1);
                            CHECK(*at == (inside ? std::byte{7} : std::byte{9}));
                        }
        }
}

TEST_CASE("window: kernel rows that lie in one piece are one run") {
    op::window_record w{};
    w.kernel[0] = 3;
    w.kernel[1] = 5;
    w.dilations[0] = 2;
    w.dilations[1] = 1;
    CHECK(op::runs_of(w, 8, 1).rows == 3);
    CHECK(op::runs_of(w, 8, 1).columns == 1);
    CHECK(op::runs_of(w, 8, 1).length == 40);
    CHECK(op::runs_of(w, 8, 2).columns == 5);
    CHECK(op::runs_of(w, 8, 2).length == 4);
    w.dilations[1] = 2;
    CHECK(op::runs_of(w, 8, 1).columns == 5);
    CHECK(op::runs_of(w, 8, 1).length == 8);
}
