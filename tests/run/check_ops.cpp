// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <cstdint>
#include <cstring>
#include <vector>

#include "hand_made.hpp"
#include "pith/run/program.hpp"

using namespace hand_made;
using pith::run::program_view;

namespace {

bool opens(const program& p) {
    auto bytes = p.bytes();
    return program_view::open(bytes.view()).has_value();
}

struct pool_case {
    program p;
    std::uint16_t in, out;
    op::pool_record r{};

    pool_case(std::uint32_t rows, std::uint32_t out_rows)
        : in(p.tensor(dtype::f32, {1, rows, 4, 2})), out(p.tensor(dtype::f32, {1, out_rows, 4, 2})) {
        r.op = operands(out, in);
        for (std::size_t i = 0; i < 2; ++i)
            r.kernel[i] = r.strides[i] = r.dilations[i] = 1;
    }
    [[nodiscard]] bool accepted() {
        p.add<op::max_pool_f32>(r);
        p.door(in, "in", true);
        p.door(out, "out", false);
        return opens(p);
    }
};

TEST_CASE("check_ops: windows of a pool begin and end inside the image and its padding") {
    const auto accepted = [](std::uint32_t rows, std::uint32_t out_rows, const auto& change) {
        pool_case c(rows, out_rows);
        change(c.r);
        return c.accepted();
    };
    CHECK(accepted(8, 8, [](op::pool_record&) {}));
    CHECK(accepted(8, 4, [](op::pool_record& r) { r.kernel[0] = r.strides[0] = 2; }));
    CHECK(accepted(8, 1, [](op::pool_record& r) { r.kernel[0] = 8; }));
    CHECK(!accepted(8, 1, [](op::pool_record& r) { r.kernel[0] = 9; }));
    CHECK(accepted(8, 2, [](op::pool_record& r) { r.kernel[0] = 9, r.pads[0] = 1, r.pads[2] = 1; }));
    CHECK(!accepted(8, 1, [](op::pool_record& r) { r.kernel[0] = 2, r.dilations[0] = 8; }));
    CHECK(accepted(9, 1, [](op::pool_record& r) { r.kernel[0] = 2, r.dilations[0] = 8; }));
    CHECK(!accepted(8, 9, [](op::pool_record&) {}));
    CHECK(accepted(8, 9, [](op::pool_record& r) { r.pads[0] = 1; }));
    // 2^31 pixels down, and back to where an int32 begins again.
    CHECK(!accepted(8, 32770, [](op::pool_record& r) { r.strides[0] = 65535; }));
    CHECK(!accepted(8, 65538, [](op::pool_record& r) { r.strides[0] = 65535; }));
}

/// A pool by one pixel of codes of this scale, as that operation.
template <class Op>
bool pools(float scale, std::uint8_t int8) {
    program p;
    const auto in = p.tensor(dtype::u8, {1, 4, 4, 2}, scale);
    const auto out = p.tensor(dtype::u8, {1, 4, 4, 2});
    op::pool_record r{};
    r.op = operands(out, in);
    r.int8 = int8;
    for (std::size_t i = 0; i < 2; ++i)
        r.kernel[i] = r.strides[i] = r.dilations[i] = 1;
    p.add<Op>(r);
    return opens(p);
}

TEST_CASE("check_ops: means of codes are of scales whose sums are numbers") {
    for (const std::uint8_t int8 : {std::uint8_t{0}, std::uint8_t{1}}) {
        CHECK(pools<op::average_pool_u8>(0.5f, int8));
        CHECK(!pools<op::average_pool_u8>(0.f, int8));
        CHECK(!pools<op::average_pool_u8>(-1.f, int8));
        CHECK(!pools<op::average_pool_u8>(1e30f, int8));
        CHECK(!pools<op::average_pool_u8>(__builtin_nanf(""), int8));
    }
    CHECK(pools<op::max_pool_u8>(__builtin_nanf(""), 0));
}

TEST_CASE("check_ops: means of codes over more pixels than their sum can hold") {
    for (const std::uint32_t rows : {2901u, 2902u}) { // times 2902: 2^31 / 255 lies between
        program p;
        const auto in = p.tensor(dtype::u8, {1, rows, 2902, 1});
        const auto out = p.tensor(dtype::u8, {1, 1, 1, 1});
        op::global_average_u8::record r{};
        r.op = operands(out, in);
        p.add<op::global_average_u8>(r);
        CHECK(opens(p) == (std::uint64_t{rows} * 2902 <= 0x7FFFFFFF / 255));
    }
}

/// One operation on tensors that are moved in the arena: 64 codes each, the output at 0.
template <class Op>
bool accepted_at(typename Op::record r, dtype type, std::uint32_t in_at, std::uint32_t second_at,
                 const std::vector<std::int32_t>& tail = {}, bool has_second = true) {
    program p;
    const auto out = p.tensor(type, {1, 1, 4, 16});
    const auto in = p.tensor(type, {1, 1, 4, 16});
    const auto second = p.tensor(type, {1, 1, 4, 16});
    p.tensor(type, {1, 1, 4, 16});
    p.tensors[in].offset = in_at;
    p.tensors[second].offset = second_at;
    const auto head = operands(out, in, has_second ? second : no_tensor);
    std::memcpy(&r, &head, sizeof head);
    p.add<Op>(r, tail);
    return opens(p);
}

TEST_CASE("check_ops: an output lies apart from its operands, or is one of them where kernels allow it") {
    op::binary_u8_record add{};
    add.highest = 255;
    const auto adds = [&](std::uint32_t a, std::uint32_t b) {
        return accepted_at<op::add_u8>(add, dtype::u8, a, b);
    };
    CHECK(adds(64, 128));
    CHECK(adds(0, 64));
    CHECK(adds(64, 0));
    CHECK(adds(0, 0));
    CHECK(!adds(1, 64));
    CHECK(!adds(64, 63));
    CHECK(!adds(16, 16));

    op::binary_f32::record real{};
    real.rank = 2;
    const auto reals = [&](std::uint32_t a, std::uint32_t b, const std::vector<std::int32_t>& tail) {
        return accepted_at<op::binary_f32>(real, dtype::f32, a, b, tail);
    };
    const std::vector<std::int32_t> straight{4, 16, 16, 1, 16, 1, 16, 1};
    CHECK(reals(256, 512, straight));
    CHECK(reals(0, 256, straight));
    CHECK(!reals(4, 256, straight));
    CHECK(reals(256, 256, {4, 16, 1, 4, 16, 1, 16, 1}));
    CHECK(!reals(0, 256, {4, 16, 1, 4, 16, 1, 16, 1})); // in place, but in another order
    CHECK(!reals(256, 0, {4, 16, 16, 1, 0, 1, 16, 1}));

    op::softmax_f32::record soft{};
    soft.outer = 4;
    soft.size = 16;
    soft.inner = 1;
    const auto softens = [&](std::uint32_t in) {
        return accepted_at<op::softmax_f32>(soft, dtype::f32, in, 512, {}, false);
    };
    CHECK(softens(256));
    CHECK(softens(0));
    CHECK(!softens(4));
    CHECK(!softens(64));

    op::copy::record copy{};
    copy.rank = 1;
    CHECK(accepted_at<op::copy>(copy, dtype::u8, 64, 128, {64, 1, 1}, false));
    CHECK(!accepted_at<op::copy>(copy, dtype::u8, 0, 128, {64, 1, 1}, false));
    CHECK(!accepted_at<op::copy>(copy, dtype::u8, 32, 128, {64, 1, 1}, false));
}

TEST_CASE("check_ops: copies and float binaries write every element once") {
    op::copy::record copy{};
    const auto copies = [&](std::uint8_t rank, const std::vector<std::int32_t>& tail) {
        copy.rank = rank;
        return accepted_at<op::copy>(copy, dtype::u8, 64, 128, tail, false);
    };
    CHECK(copies(2, {4, 16, 0, 1, 16, 1}));
    CHECK(copies(2, {16, 4, 1, 16, 1, 16}));
    CHECK(!copies(2, {4, 16, 16, 1, 0, 1}));
    CHECK(!copies(2, {4, 16, 16, 1, 15, 1}));
    CHECK(!copies(3, {1 << 28, 1 << 28, 1, 0, 0, 0, 0, 0, 0})); // would never end
    CHECK(copies(3, {1, 1, 64, 0, 0, 1, 0, 0, 1}));

    op::binary_f32::record real{};
    const auto binaries = [&](std::uint8_t rank, const std::vector<std::int32_t>& tail) {
        real.rank = rank;
        return accepted_at<op::binary_f32>(real, dtype::f32, 256, 512, tail);
    };
    CHECK(binaries(2, {4, 16, 0, 1, 0, 0, 16, 1}));
    CHECK(!binaries(2, {4, 16, 0, 1, 0, 0, 0, 1}));
    CHECK(!binaries(2, {1 << 28, 1 << 28, 0, 0, 0, 0, 0, 0}));
}

TEST_CASE("check_ops: products end") {
    const auto accepted = [](std::uint32_t m, std::uint32_t k) {
        program p;
        const auto a = p.tensor(dtype::f32, {1, 1, m, k});
        const auto b = p.tensor(dtype::f32, {1, 1, k, m});
        const auto out = p.tensor(dtype::f32, {1, 1, m, m});
        op::matmul_f32::record r{};
        r.op = operands(out, a, b);
        r.m = r.n = m;
        r.k = k;
        p.add<op::matmul_f32>(r);
        return opens(p);
    };
    CHECK(accepted(8, 16));
    CHECK(accepted(8192, 8192));
    CHECK(accepted(16384, 16384)); // 2^42
    CHECK(!accepted(16384, 16385));
}

struct padded_weights {
    program p;
    op::quantized_convolution_record r{};
    std::vector<std::int8_t> weights; ///< of two runs of 6 inputs, cut into tiles of 16 outputs by 4 inputs

    padded_weights() : weights(std::size_t{2} * 2 * 64) {
        for (std::size_t i = 0; i < weights.size(); ++i)
            weights[i] = i % 128 >= 64 && i % 4 >= 2 ? 0 : 1;
        const auto out = p.tensor(dtype::u8, {1, 1, 1, 16});
        r.op = operands(out, p.tensor(dtype::u8, {1, 2, 1, 6}));
        r.window.kernel[0] = 2;
        r.window.kernel[1] = 1;
        for (std::size_t i = 0; i < 2; ++i)
            r.window.strides[i] = r.window.dilations[i] = 1;
        r.window.tile_outputs = 16;
        r.window.tile_depth = 4;
        r.groups = 1;
        r.weight_bits = 8;
        r.highest = 255;
        r.bias = r.factor = p.constant(std::vector<float>(16));
    }
    [[nodiscard]] bool accepted() {
        r.weights = p.constant(weights);
        p.add<op::convolution_u8>(r);
        return opens(p);
    }
};

TEST_CASE("check_ops: weights that fill up the depth of a tile are zero") {
    CHECK(padded_weights().accepted());
    for (const std::size_t at : {66u, 127u, 194u, 255u}) {
        padded_weights c;
        c.weights[at] = 1;
        CHECK(!c.accepted());
    }
    for (const std::size_t at : {2u, 65u, 192u, 253u}) {
        padded_weights c;
        c.weights[at] = 5;
        CHECK(c.accepted());
    }
}

} // namespace
