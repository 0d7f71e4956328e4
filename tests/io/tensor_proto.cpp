// SPDX-License-Identifier: MIT
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>
#include <protozero/pbf_writer.hpp>

#include <pith/io/tensor_proto.hpp>

#include "support/onnx_writer.hpp"

namespace {

using namespace pith;
using tests::as_bytes;
using tests::sizes;

TEST_CASE("tensors of every supported type come back from their bytes") {
    for (const auto type : {format::dtype::i64, format::dtype::i32, format::dtype::i8, format::dtype::u8,
                            format::dtype::boolean}) {
        io::array a{"x", type, tensor<std::int64_t>({3}, {0, 1, 1})};
        if (type == format::dtype::i8 || type == format::dtype::i32 || type == format::dtype::i64)
            a.data = tensor<std::int64_t>({3}, {-128, 0, 127});
        const auto back = io::parse_tensor_proto(as_bytes(io::format_tensor_proto(a)));
        REQUIRE(back);
        CHECK(back->name == "x");
        CHECK(back->type == type);
        CHECK(back->data == a.data);
    }
    for (const auto type : {format::dtype::f32, format::dtype::f64}) {
        const io::array a{"", type, tensor<float>({1, 2}, {0.25F, -3.F})};
        const auto back = io::parse_tensor_proto(as_bytes(io::format_tensor_proto(a)));
        REQUIRE(back);
        CHECK(back->type == type);
        CHECK(back->data == a.data);
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

std::string header(const sizes& dims, int element) {
    std::string bytes;
    protozero::pbf_writer w{bytes};
    w.add_packed_int64(1, dims.begin(), dims.end());
    w.add_int32(2, element);
    return bytes;
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
    refused(with_raw(header({-1}, 1), 4), "negative");
    refused(with_raw(header({1 << 30, 1 << 30, 1 << 30}, 1), 4), "2^31 elements");
    refused(with_raw(header({1LL << 62, 4}, 1), 4), "2^31 elements");
    refused(with_raw(header({1, 1, 1, 1, 1, 1, 1, 1, 1}, 1), 4), "8 dimensions");
    refused(with_raw(header({2}, 10), 4), "float16");
    refused(with_raw(header({2}, 16), 4), "bfloat16");
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
