// SPDX-License-Identifier: MIT
#include "pith/base/file.hpp"

#include <cstddef>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace {

using namespace pith;
namespace fs = std::filesystem;

struct folder {
    fs::path path = fs::temp_directory_path() / ("pith_file_" + std::to_string(::getpid()) + "_" +
                                                 std::to_string(reinterpret_cast<std::uintptr_t>(this)));
    folder() { fs::create_directory(path); }
    ~folder() { fs::remove_all(path); }

    [[nodiscard]] std::string operator/(const char* name) const { return (path / name).string(); }
    [[nodiscard]] auto files() const {
        return std::distance(fs::directory_iterator(path), fs::directory_iterator());
    }
};

std::vector<std::byte> some_bytes(std::size_t n, int value = 7) {
    return std::vector<std::byte>(n, static_cast<std::byte>(value));
}

mode_t mode_of(const std::string& path) {
    struct stat s {};
    REQUIRE(::stat(path.c_str(), &s) == 0);
    return s.st_mode & 07777;
}

TEST_CASE("file: bytes written are the bytes read, and nothing is left beside them") {
    const folder at;
    const std::string file = at / "a.bin";
    for (const std::size_t n : {std::size_t{0}, std::size_t{1}, std::size_t{100000}}) {
        const auto bytes = some_bytes(n);
        REQUIRE(write_file(file, bytes));
        const auto back = read_file(file);
        REQUIRE(back);
        CHECK(*back == bytes);
        CHECK(at.files() == 1);
    }
}

TEST_CASE("file: what cannot be read or written is a fault that names the file") {
    const folder at;
    const auto gone = read_file(at / "gone");
    REQUIRE(!gone);
    CHECK(gone.error().code == errc::missing);
    CHECK(std::string(gone.error().where).find("gone") != std::string::npos);
    CHECK(!read_file(at.path.string()));
    CHECK(!write_file(at / "no/such/folder", {}));
    fs::create_directory(at.path / "taken");
    CHECK(!write_file(at / "taken", {}));
    REQUIRE(write_file(at / "file", {}));
    CHECK(!write_file(at / "file/below", {}));
    CHECK(!write_file("", {}));
    CHECK(at.files() == 2);
}

TEST_CASE("file: one that is larger than it may be is refused with both numbers") {
    const folder at;
    REQUIRE(write_file(at / "large", some_bytes(100)));
    CHECK(read_file(at / "large", 100));
    const auto refused = read_file(at / "large", 99);
    REQUIRE(!refused);
    CHECK(std::string(refused.error().where).find("100 bytes, at most 99") != std::string::npos);
}

TEST_CASE("file: whether an output can be written is known before, and nothing is created to find out") {
    const folder at;
    CHECK(check_output(at / "new"));
    CHECK(!check_output(at / "no/such/folder"));
    CHECK(!check_output(at.path.string()));
    CHECK(at.files() == 0);
    REQUIRE(write_file(at / "old", {}));
    CHECK(check_output(at / "old"));
    CHECK(!check_output(at / "old/below"));
    CHECK(check_output("/dev/null"));
    if (::geteuid() == 0)
        return; // may write anywhere
    fs::permissions(at.path / "old", fs::perms::owner_read);
    CHECK(!check_output(at / "old"));
    CHECK(!write_file(at / "old", {}));
    fs::permissions(at.path, fs::perms::owner_read | fs::perms::owner_exec);
    CHECK(!check_output(at / "new"));
    CHECK(!write_file(at / "new", {}));
    fs::permissions(at.path, fs::perms::owner_all);
}

TEST_CASE("file: the mode of a file is kept; a new one has what the umask leaves") {
    const folder at;
    const mode_t before = ::umask(027);
    REQUIRE(write_file(at / "new", {}));
    ::umask(before);
    CHECK(mode_of(at / "new") == 0640);
    REQUIRE(::chmod((at / "new").c_str(), 0751) == 0);
    REQUIRE(write_file(at / "new", some_bytes(3)));
    CHECK(mode_of(at / "new") == 0751);
}

TEST_CASE("file: symbolic links stay, and what they lead to is written") {
    const folder at;
    fs::create_directory(at.path / "below");
    REQUIRE(write_file(at / "below/real", some_bytes(1)));
    fs::create_symlink("below/real", at.path / "link");
    fs::create_symlink("link", at.path / "second");
    fs::create_symlink("below/later", at.path / "dangling");
    fs::create_symlink("circle", at.path / "circle");
    REQUIRE(write_file(at / "second", some_bytes(5)));
    CHECK(fs::is_symlink(at.path / "second"));
    CHECK(fs::is_symlink(at.path / "link"));
    CHECK(!fs::is_symlink(at.path / "below/real"));
    CHECK(read_file(at / "below/real")->size() == 5);
    REQUIRE(write_file(at / "dangling", some_bytes(2)));
    CHECK(fs::is_symlink(at.path / "dangling"));
    CHECK(read_file(at / "below/later")->size() == 2);
    CHECK(!write_file(at / "circle", {}));
    CHECK(at.files() == 5);
}

TEST_CASE("file: a link planted under a name that was once used is not followed") {
    const folder at;
    REQUIRE(write_file(at / "victim", some_bytes(9)));
    for (const char* name : {"out.part", "out.new", "out.tmp"})
        fs::create_symlink("victim", at.path / name);
    REQUIRE(write_file(at / "out", some_bytes(2)));
    CHECK(read_file(at / "victim")->size() == 9);
    CHECK(read_file(at / "out")->size() == 2);
    CHECK(at.files() == 5);
}

TEST_CASE("file: devices and pipes are written through") {
    const folder at;
    CHECK(write_file("/dev/null", some_bytes(100)));
    CHECK(fs::is_character_file("/dev/null"));
    const std::string pipe = at / "pipe";
    REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
    std::vector<std::byte> seen(200000);
    std::size_t count = 0;
    std::thread reader([&] {
        const int d = ::open(pipe.c_str(), O_RDONLY);
        for (ssize_t n = 1; n > 0; count += n > 0 ? static_cast<std::size_t>(n) : 0)
            n = ::read(d, seen.data() + count, seen.size() - count);
        ::close(d);
    });
    CHECK(check_output(pipe));
    CHECK(write_file(pipe, some_bytes(150000)));
    reader.join();
    CHECK(count == 150000);
    CHECK(fs::is_fifo(pipe));
    CHECK(at.files() == 1);
}

TEST_CASE("file: descriptors of this process are written where they stand") {
    const folder at;
    const int d = ::open((at / "log").c_str(), O_WRONLY | O_CREAT, 0600);
    REQUIRE(d >= 0);
    REQUIRE(::write(d, "abc", 3) == 3);
    const std::string name = "/dev/fd/" + std::to_string(d);
    CHECK(check_output(name));
    CHECK(write_file(name, some_bytes(4)));
    CHECK(::write(d, "abc", 3) == 3);
    ::close(d);
    CHECK(fs::file_size(at.path / "log") == 10);
    CHECK(!check_output(name));
    CHECK(!write_file(name, {}));
}

TEST_CASE("file: of two writers at once one is the last, and its bytes are whole") {
    const folder at;
    const std::string file = at / "shared";
    std::vector<std::thread> writers;
    for (int k = 0; k < 4; ++k)
        writers.emplace_back([&, k] {
            for (int i = 0; i < 20; ++i)
                static_cast<void>(write_file(file, some_bytes(50000 + static_cast<std::size_t>(k), k)));
        });
    for (int i = 0; i < 50; ++i)
        if (const auto bytes = read_file(file))
            CHECK(*bytes == some_bytes(bytes->size(), static_cast<int>(bytes->size() - 50000)));
    for (auto& w : writers)
        w.join();
    const auto bytes = read_file(file);
    REQUIRE(bytes);
    CHECK(*bytes == some_bytes(bytes->size(), static_cast<int>(bytes->size() - 50000)));
    CHECK(at.files() == 1);
}

} // namespace
