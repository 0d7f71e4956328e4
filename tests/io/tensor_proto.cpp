// SPDX-License-Identifier: MIT
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <protozero/pbf_writer.hpp>

#include <pith/io/tensor_proto.hpp>

#include "support/onnx_writer.hpp"

namespace {

using namespace pith;
using tests::as_bytes;
using tests::sizes;

using format::dtype;

/// All values of the small types, some of the others.
io::array example(dtype type) {
    io::array a{"x", type, {}};
    const auto bits = static_cast<std::uint32_t>(format::bits_of(type));
    if (is_real(type)) {
        std::vector<float> x{0.25F, -3.F, 0.F};
        if (bits < 16)
            x.clear();
        for (std::uint32_t code = 0; bits < 16 && code < 1U << bits; ++code)
            if (const double v = format::decode_float(type, code); v == v)
                x.push_back(static_cast<float>(v));
        if (x.size() % 2 == 0) // the last byte of four-bit elements is half full
            x.pop_back();
        a.data = tensor<float>({static_cast<std::int64_t>(x.size())}, x);
        return a;
    }
    std::vector<std::int64_t> x;
    for (const std::int64_t v : {-128, -1, 0, 1, 127, 255, 65535, 1 << 30})
        if (x.empty() || pith::detail::wrapped(v, type) != x.back())
            x.push_back(pith::detail::wrapped(v, type));
    if (bits == 64)
        x.push_back(std::numeric_limits<std::int64_t>::min());
    a.data = tensor<std::int64_t>({static_cast<std::int64_t>(x.size())}, x);
    return a;
}

TEST_CASE("tensors of every type come back from their bytes") {
    for (const auto& e : io::onnx::element_entries) {
        CAPTURE(name_of(e.type));
        const io::array a = example(e.type);
        const auto back = io::parse_tensor_proto(as_bytes(io::format_tensor_proto(a)));
        REQUIRE(back);
        CHECK(back->name == "x");
        CHECK(back->type == e.type);
        CHECK(back->data == a.data);
    }
}

std::string header(const sizes& dims, int element) {
    std::string bytes;
    protozero::pbf_writer w{bytes};
    w.add_packed_int64(1, dims.begin(), dims.end());
    w.add_int32(2, element);
    return bytes;
}

/// The numbers in a typed field, packed or one by one.
io::array typed(const sizes& dims, int element, int field, const std::vector<std::int64_t>& v, bool packed) {
    std::string bytes = header(dims, element);
    protozero::pbf_writer w{bytes};
    const auto tag = static_cast<protozero::pbf_tag_type>(field);
    if (packed)
        w.add_packed_int64(tag, v.begin(), v.end());
    else
        for (const auto n : v)
            w.add_int64(tag, n);
    const auto a = io::parse_tensor_proto(as_bytes(bytes));
    REQUIRE(a);
    return *a;
}

TEST_CASE("typed fields hold every type as the standard packs it") {
    const auto wholes = [](std::vector<std::int64_t> v) {
        const auto n = static_cast<std::int64_t>(v.size());
        return any_tensor<float>(tensor<std::int64_t>({n}, std::move(v)));
    };
    const auto reals = [](std::vector<float> v) {
        const auto n = static_cast<std::int64_t>(v.size());
        return any_tensor<float>(tensor<float>({n}, std::move(v)));
    };
    for (const bool packed : {false, true}) {
        CHECK(typed({2}, 5, 5, {-32768, 7}, packed).data == wholes({-32768, 7}));           // int16
        CHECK(typed({2}, 4, 5, {65535, 7}, packed).data == wholes({65535, 7}));             // uint16
        CHECK(typed({2}, 12, 11, {4294967295, 7}, packed).data == wholes({4294967295, 7})); // uint32
        CHECK(typed({2}, 13, 11, {-1, 7}, packed).data == wholes({-1, 7})); // uint64: 2^64 - 1
        CHECK(typed({2}, 9, 5, {1, 0}, packed).data == wholes({1, 0}));     // bool
        CHECK(typed({2}, 10, 5, {0x3C00, 0x8001}, packed).data == reals({1.F, -0x1p-24F})); // float16 codes
        CHECK(typed({2}, 16, 5, {0x3F80, 0xC040}, packed).data == reals({1.F, -3.F}));      // bfloat16
        CHECK(typed({2}, 17, 5, {0x7E, 0x81}, packed).data == reals({448.F, -0x1p-9F}));    // float8e4m3fn
        CHECK(typed({2}, 18, 5, {0x7F, 0x81}, packed).data == reals({240.F, -0x1p-10F}));   // float8e4m3fnuz
        CHECK(typed({2}, 19, 5, {0x7B, 0x81}, packed).data == reals({57344.F, -0x1p-16F})); // float8e5m2
        CHECK(typed({2}, 20, 5, {0x7F, 0x81}, packed).data == reals({57344.F, -0x1p-17F})); // float8e5m2fnuz
        CHECK(typed({2}, 24, 5, {127, 0}, packed).data == reals({1.F, 0x1p-127F}));         // float8e8m0
        CHECK(typed({3}, 22, 5, {0x7F, 0x08}, packed).data == wholes({-1, 7, -8}));     // int4, two in each
        CHECK(typed({4}, 21, 5, {0x7F, 0xA8}, packed).data == wholes({15, 7, 8, 10}));  // uint4
        CHECK(typed({3}, 23, 5, {0x7F, 0x02}, packed).data == reals({-6.F, 6.F, 1.F})); // float4e2m1
    }
}

TEST_CASE("typed fields are read, packed or not") {
    const auto packed = io::parse_tensor_proto(as_bytes(tests::onnx_tensor("t", {2, 1}, sizes{-1, 300})));
    REQUIRE(packed);
    CHECK(*packed->wholes() == tensor<std::int64_t>({2, 1}, {-1, 300}));
    std::string bytes;
    protozero::pbf_writer w{bytes};
    w.add_int64(1, 2);
    w.add_int32(2, 1);
    w.add_float(4, 1.5F);
    w.add_float(4, 2.5F);
    const auto single = io::parse_tensor_proto(as_bytes(bytes));
    REQUIRE(single);
    CHECK(*single->reals() == tensor<float>({2}, {1.5F, 2.5F}));
}

std::string with_raw(std::string bytes, std::size_t raw) {
    protozero::pbf_writer w{bytes};
    w.add_bytes(9, std::string(raw, '\1'));
    return bytes;
}

TEST_CASE("tensors that are not what they say are refused") {
    const auto refused = [](const std::string& bytes, std::string_view part) {
        const auto a = io::parse_tensor_proto(as_bytes(bytes));
        REQUIRE(!a);
        CHECK_MESSAGE(std::string_view(a.error().what).find(part) != std::string_view::npos, a.error().what);
    };
    refused(with_raw(header({2, 2}, 1), 15), "raw data has another size");
    refused(with_raw(header({2, 2}, 1), 17), "raw data has another size");
    refused(header({3}, 1), "another number of elements");
    std::string nibbles = header({4}, 21);
    protozero::pbf_writer{nibbles}.add_int32(5, 0x21);
    refused(nibbles, "another number of elements");
    protozero::pbf_writer{nibbles}.add_int32(5, 0x21);
    CHECK(io::parse_tensor_proto(as_bytes(nibbles)));
    protozero::pbf_writer{nibbles}.add_int32(5, 0x21);
    refused(nibbles, "another number of elements");
    refused(with_raw(header({-1}, 1), 4), "negative");
    refused(with_raw(header({1 << 30, 1 << 30, 1 << 30}, 1), 4), "2^31 elements");
    refused(with_raw(header({1LL << 62, 4}, 1), 4), "2^31 elements");
    refused(with_raw(header({1, 1, 1, 1, 1, 1, 1, 1, 1}, 1), 4), "8 dimensions");
    refused(with_raw(header({2}, 10), 3), "raw data has another size");
    refused(with_raw(header({3}, 22), 3), "raw data has another size");
    refused(with_raw(header({4}, 22), 3), "raw data has another size");
    refused(with_raw(header({2}, 8), 4), "string");
    refused(with_raw(header({2}, 14), 4), "complex64");
    refused(with_raw(header({2}, 99), 4), "unknown");
    std::string external = header({1}, 1);
    protozero::pbf_writer w{external};
    w.add_enum(14, 1);
    refused(external, "external data");
    refused("\x08\x02\xff\xff", "protocol buffer");
    refused("\x08", "protocol buffer");
}

TEST_CASE("a tensor of two billion elements in forty bytes allocates nothing") {
    const auto a = io::parse_tensor_proto(as_bytes(header({1 << 30}, 1)));
    REQUIRE(!a);
}

} // namespace
