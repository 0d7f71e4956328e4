// SPDX-License-Identifier: MIT
// The code of README, compiled and run: its C++ blocks are put into files by CMakeLists.txt, in their order.
#include <array>
#include <cstdio>
#include <filesystem>
#include <span>
#include <vector>

#include <doctest/doctest.h>
#include <examples/glyphs_net.hpp>
#include <pith/device.hpp>
#include <pith/pith.hpp>

#include "support/compiled.hpp"

namespace {

int refused(const pith::fault& f) {
    std::printf("%s: %s\n", f.what, f.where);
    return 1;
}

/// What README begins with. @return 1 where a file is missing
int first_program() {
#include "readme_block_1.inc"
    return 0;
}

/// An image's own operations. @return 1 where the program needs others
int firmware(std::span<const std::byte> bytes, std::span<std::byte> arena) {
#include "readme_block_2.inc"
    return 0;
}

/// A network built, trained, compressed and packed.
int by_tasks() {
#include "readme_block_3.inc"
#include "readme_block_4.inc"
    return program->size() < 12000 ? 0 : 2;
}

} // namespace

TEST_CASE("README: the first program says what is missing, and is no crash") {
    const auto here = std::filesystem::current_path();
    const auto empty = std::filesystem::temp_directory_path() / "pith_test_readme";
    std::filesystem::create_directories(empty);
    std::filesystem::current_path(empty);
    CHECK(first_program() == 1);
    std::filesystem::current_path(here);
}

TEST_CASE("README: a network is built, trained, compressed and packed for a microcontroller") {
    CHECK(by_tasks() == 0);
}

TEST_CASE("README: an image opens programs of its own operations, and refuses others") {
    pith::graph_builder<float> b;
    auto net = *std::move(b).finish({b.relu(b.input({1, 4}))});
    const auto bytes = pith::plan::pack(std::move(net));
    REQUIRE(bytes);
    alignas(16) std::array<std::byte, 4096> arena{};
    CHECK(firmware(*bytes, arena) == 1); // a float rectifier is not among its operations
}
