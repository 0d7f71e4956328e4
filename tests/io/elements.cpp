// SPDX-License-Identifier: MIT
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <pith/io/elements.hpp>

namespace {

using namespace pith;
using format::dtype;

template <class T>
std::string bytes_from(dtype type, const std::vector<T>& elements) {
    std::string out;
    io::append_elements(out, type, std::span<const T>(elements));
    CHECK(out.size() == format::bytes_of(type, elements.size()));
    return out;
}

template <class T>
std::vector<T> elements_from(dtype type, const std::string& bytes, std::size_t count) {
    std::vector<T> out(count);
    io::load_elements(type, reinterpret_cast<const std::byte*>(bytes.data()), std::span<T>(out));
    return out;
}

using bytes = std::string;
using reals = std::vector<float>;
using wholes = std::vector<std::int64_t>;

TEST_CASE("elements lie little endian, those of four bits two in a byte, the first one low") {
    CHECK(bytes_from(dtype::i4, wholes{-8, 7, -1}) == bytes("\x78\x0F", 2));
    CHECK(bytes_from(dtype::u4, wholes{1, 2}) == bytes("\x21"));
    CHECK(bytes_from(dtype::f4e2m1, reals{0.5F, -6.F, 1.F}) == bytes("\xF1\x02", 2));
    CHECK(bytes_from(dtype::i16, wholes{-2, 258}) == bytes("\xFE\xFF\x02\x01", 4));
    CHECK(bytes_from(dtype::f16, reals{1.F, -2.F}) == bytes("\x00\x3C\x00\xC0", 4));
    CHECK(bytes_from(dtype::bf16, reals{1.F}) == bytes("\x80\x3F", 2));
    CHECK(bytes_from(dtype::u32, wholes{4294967295}) == bytes("\xFF\xFF\xFF\xFF", 4));
    CHECK(bytes_from(dtype::u64, wholes{-1}) == bytes(8, '\xFF'));
    CHECK(bytes_from(dtype::boolean, wholes{1, 0}) == bytes("\x01\x00", 2));
    CHECK(bytes_from(dtype::f8e4m3fn, reals{448.F}) == bytes("\x7E"));
    CHECK(bytes_from(dtype::f64, reals{1.F}) == bytes("\0\0\0\0\0\0\xF0\x3F", 8));
}

TEST_CASE("every byte of the small types is read, and written again as it was") {
    for (const auto type : {dtype::u8, dtype::i8, dtype::f8e4m3fn, dtype::f8e4m3fnuz, dtype::f8e5m2,
                            dtype::f8e5m2fnuz, dtype::f8e8m0, dtype::i4, dtype::u4, dtype::f4e2m1}) {
        CAPTURE(name_of(type));
        bytes all;
        for (int b = 0; b < 256; ++b)
            all += static_cast<char>(b);
        const std::size_t count = 256 * 8 / format::bits_of(type);
        if (is_real(type)) {
            const bytes again = bytes_from(type, elements_from<float>(type, all, count));
            std::size_t other = 0;
            for (std::size_t i = 0; i < all.size(); ++i)
                other += again[i] == all[i] ? 0 : 1;
            CHECK(other == (type == dtype::f8e5m2 ? 4 : 0)); // NaNs beside the one that is written
        } else {
            CHECK(bytes_from(type, elements_from<std::int64_t>(type, all, count)) == all);
        }
    }
}

TEST_CASE("every float16 and bfloat16 is read, and written again as it was") {
    bytes all;
    for (int code = 0; code < 65536; ++code) {
        all += static_cast<char>(code & 255);
        all += static_cast<char>(code >> 8);
    }
    for (const auto type : {dtype::f16, dtype::bf16}) {
        const auto x = elements_from<float>(type, all, 65536);
        const bytes again = bytes_from(type, x);
        std::size_t wrong = 0;
        for (std::size_t i = 0; i < x.size(); ++i)
            wrong += x[i] == x[i] && again.compare(2 * i, 2, all, 2 * i, 2) != 0 ? 1 : 0;
        CHECK(wrong == 0);
    }
    for (const auto type : {dtype::i16, dtype::u16})
        CHECK(bytes_from(type, elements_from<std::int64_t>(type, all, 65536)) == all);
}

TEST_CASE("numbers are rounded to real types and cut to whole ones") {
    CHECK(bytes_from(dtype::f16, reals{65519.F, 65520.F}) == bytes("\xFF\x7B\x00\x7C", 4));
    CHECK(bytes_from(dtype::f8e5m2, reals{1e9F, std::numeric_limits<float>::infinity()}) ==
          bytes("\x7B\x7C", 2)); // an infinity is the type's own
    CHECK(bytes_from(dtype::u8, wholes{256, -1}) == bytes("\x00\xFF", 2));
    CHECK(elements_from<std::int64_t>(dtype::boolean, bytes("\x02\x00", 2), 2) == wholes{1, 0});
}

} // namespace
