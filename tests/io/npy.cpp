// SPDX-License-Identifier: MIT
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include <pith/io/npy.hpp>

namespace {

using namespace pith;

bytes_view bytes_of(const std::string& s) {
    return {reinterpret_cast<const std::byte*>(s.data()), s.size()};
}

/// A file as numpy.save writes it.
std::string numpy_file(std::string header, const std::string& payload) {
    header.resize(117, ' ');
    header += '\n';
    std::string out{"\x93NUMPY\x01\x00", 8};
    out += static_cast<char>(header.size());
    out += '\0';
    return out + header + payload;
}

const std::string four_bytes{"\x01\x02\x03\xff", 4};

TEST_CASE("arrays come back from .npy bytes as they were") {
    io::array a;
    a.data = tensor<float>({2, 3}, {1.F, -2.5F, 3.F, 0.F, 1e-30F, 7.F});
    auto back = io::parse_npy(bytes_of(io::format_npy(a)));
    REQUIRE(back);
    CHECK(back->type == format::dtype::f32);
    CHECK(back->data == a.data);

    a.type = format::dtype::u8;
    a.data = tensor<std::int64_t>({4}, {0, 1, 128, 255});
    back = io::parse_npy(bytes_of(io::format_npy(a)));
    REQUIRE(back);
    CHECK(back->type == format::dtype::u8);
    CHECK(back->data == a.data);

    a.type = format::dtype::i64;
    a.data = tensor<std::int64_t>(shape{}, -5);
    back = io::parse_npy(bytes_of(io::format_npy(a)));
    REQUIRE(back);
    CHECK(back->type == format::dtype::i64);
    CHECK(back->data == a.data);
}

TEST_CASE("every type that NumPy has comes back as it was") {
    const auto back = [](const io::array& a) {
        const auto b = io::parse_npy(bytes_of(io::format_npy(a)));
        REQUIRE(b);
        CHECK(b->data == a.data);
        return b->type;
    };
    using format::dtype;
    constexpr std::int64_t low = std::numeric_limits<std::int64_t>::min();
    CHECK(back({"", dtype::i8, tensor<std::int64_t>({2}, {-128, 127})}) == dtype::i8);
    CHECK(back({"", dtype::i16, tensor<std::int64_t>({2}, {-32768, 32767})}) == dtype::i16);
    CHECK(back({"", dtype::u16, tensor<std::int64_t>({2}, {0, 65535})}) == dtype::u16);
    CHECK(back({"", dtype::i32, tensor<std::int64_t>({2}, {-1, 1 << 30})}) == dtype::i32);
    CHECK(back({"", dtype::u32, tensor<std::int64_t>({2}, {0, 0xFFFFFFFF})}) == dtype::u32);
    CHECK(back({"", dtype::u64, tensor<std::int64_t>({3}, {0, -1, low})}) == dtype::u64);
    CHECK(back({"", dtype::boolean, tensor<std::int64_t>({2}, {0, 1})}) == dtype::boolean);
    CHECK(back({"", dtype::f16, tensor<float>({3}, {65504.F, -0x1p-24F, 0.5F})}) == dtype::f16);
    CHECK(back({"", dtype::f64, tensor<float>({2}, {1e-30F, -3.F})}) == dtype::f64);
    // and what it does not have as the next wider one
    CHECK(back({"", dtype::i4, tensor<std::int64_t>({2}, {-8, 7})}) == dtype::i8);
    CHECK(back({"", dtype::u4, tensor<std::int64_t>({2}, {0, 15})}) == dtype::u8);
    CHECK(back({"", dtype::bf16, tensor<float>({2}, {0x1p127F, -1.F})}) == dtype::f32);
    CHECK(back({"", dtype::f8e4m3fn, tensor<float>({2}, {448.F, -0.F})}) == dtype::f32);
    CHECK(back({"", dtype::f4e2m1, tensor<float>({2}, {6.F, 0.5F})}) == dtype::f32);
}

TEST_CASE("a written .npy file has NumPy's alignment and header") {
    io::array a;
    a.data = tensor<float>(shape{5});
    const std::string file = io::format_npy(a);
    CHECK((file.size() - 5 * sizeof(float)) % 64 == 0);
    CHECK(file.find("{'descr': '<f4', 'fortran_order': False, 'shape': (5,), }") == 10);
}

TEST_CASE("a .npy file of NumPy is read") {
    const auto a = io::parse_npy(
        bytes_of(numpy_file("{'descr': '|u1', 'fortran_order': False, 'shape': (2, 2), }", four_bytes)));
    REQUIRE(a);
    CHECK(a->dims() == shape{2, 2});
    CHECK(*a->wholes() == tensor<std::int64_t>({2, 2}, {1, 2, 3, 255}));
}

TEST_CASE("what is not a plain .npy file is refused with the reason") {
    const auto refused = [](const std::string& file, std::string_view part) {
        const auto a = io::parse_npy(bytes_of(file));
        REQUIRE(!a);
        CHECK_MESSAGE(std::string_view(a.error().what).find(part) != std::string_view::npos, a.error().what);
    };
    refused("", "not a .npy file");
    refused(std::string(200, 'x'), "not a .npy file");
    refused(numpy_file("{'descr': '<c8', 'fortran_order': False, 'shape': (1,), }", four_bytes),
            "only little-endian");
    refused(numpy_file("{'descr': '>f4', 'fortran_order': False, 'shape': (1,), }", four_bytes),
            "only little-endian");
    refused(numpy_file("{'descr': '<f', 'fortran_order': False, 'shape': (1,), }", four_bytes),
            "only little-endian");
    refused(numpy_file("{'descr': '<f16', 'fortran_order': False, 'shape': (1,), }", four_bytes),
            "only little-endian");
    refused(numpy_file("{'descr': '<f4', 'fortran_order': True, 'shape': (1,), }", four_bytes), "C-order");
    refused(numpy_file("{'descr': '<f4', 'fortran_order': False, }", four_bytes), "no valid shape");
    refused(numpy_file("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }", four_bytes),
            "no valid shape");
    refused(numpy_file("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", four_bytes),
            "another size");
    refused(numpy_file(
                "{'descr': '<f4', 'fortran_order': False, 'shape': (4000000000, 4000000000, 4000000000), }",
                four_bytes),
            "shorter");
    refused(
        numpy_file("{'descr': '|u1', 'fortran_order': False, 'shape': (1,1,1,1,1,1,1,1,4), }", four_bytes),
        "8 dimensions");
    const std::string whole =
        numpy_file("{'descr': '|u1', 'fortran_order': False, 'shape': (4,), }", four_bytes);
    for (std::size_t n = 0; n < whole.size(); ++n)
        CHECK(!io::parse_npy(bytes_of(whole.substr(0, n))));
}

TEST_CASE("a .npy file is saved and loaded") {
    const std::string path = (std::filesystem::temp_directory_path() / "pith_npy_test.npy").string();
    io::array a;
    a.data = tensor<float>({1, 2}, {3.F, 4.F});
    REQUIRE(io::save_npy(path, a));
    const auto back = io::load_npy(path);
    REQUIRE(back);
    CHECK(back->data == a.data);
    static_cast<void>(std::remove(path.c_str()));
    CHECK(!io::load_npy(path));
}

} // namespace
