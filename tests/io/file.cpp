// SPDX-License-Identifier: MIT
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <pith/io/file.hpp>

namespace {

using namespace pith;
namespace fs = std::filesystem;

struct folder {
    fs::path path =
        fs::temp_directory_path() / ("pith_file_" + std::to_string(reinterpret_cast<std::uintptr_t>(this)));
    folder() { fs::create_directory(path); }
    ~folder() { fs::remove_all(path); }
};

TEST_CASE("bytes written are the bytes read, and nothing is left beside them") {
    const folder at;
    const std::string file = (at.path / "a.bin").string();
    for (const std::size_t n : {std::size_t{0}, std::size_t{1}, std::size_t{100000}}) {
        std::vector<std::byte> bytes(n, std::byte{7});
        REQUIRE(io::write_file(file, bytes));
        const auto back = io::read_file(file);
        REQUIRE(back);
        CHECK(*back == bytes);
        CHECK(std::distance(fs::directory_iterator(at.path), fs::directory_iterator()) == 1);
    }
}

TEST_CASE("what cannot be read or written is a fault that names the file") {
    const folder at;
    const auto gone = io::read_file((at.path / "gone").string());
    REQUIRE(!gone);
    CHECK(gone.error().code == errc::missing);
    CHECK(std::string(gone.error().where).find("gone") != std::string::npos);
    CHECK(!io::read_file(at.path.string()));
    CHECK(!io::write_file((at.path / "no" / "such" / "folder").string(), {}));
    fs::create_directory(at.path / "taken");
    CHECK(!io::write_file((at.path / "taken").string(), {}));
    CHECK(std::distance(fs::directory_iterator(at.path), fs::directory_iterator()) == 1);
}

} // namespace
