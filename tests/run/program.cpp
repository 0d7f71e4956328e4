// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <cstring>
#include <string>
#include <utility>

#include "hand_made.hpp"
#include "pith/run/execute.hpp"
#include "pith/run/program.hpp"

using namespace hand_made;
using pith::run::program_view;

namespace {

/// A 3 x 3 convolution of a 4 x 4 image of 2 channels to 3, everything quantised; then a table.
struct convolution {
    program p;
    std::uint16_t input, codes, sums, output;
    op::quantized_convolution_record record{};

    convolution() {
        input = p.tensor(dtype::f32, {1, 4, 4, 2});
        codes = p.tensor(dtype::u8, {1, 4, 4, 2}, 0.5f, 3, 1);
        sums = p.tensor(dtype::u8, {1, 4, 4, 3}, 1, 10);
        output = p.tensor(dtype::u8, {1, 4, 4, 3}, 1, 10);
        op::quantize::record q{};
        q.op = operands(codes, input);
        q.highest = 255;
        p.add<op::quantize>(q);
        record.op = operands(sums, codes);
        for (std::size_t i = 0; i < 2; ++i) {
            record.window.kernel[i] = 3;
            record.window.strides[i] = record.window.dilations[i] = 1;
            record.window.pads[i] = 1;
        }
        record.window.tile_outputs = 2;
        record.window.tile_depth = 1;
        record.groups = 1;
        record.weight_bits = 8;
        record.highest = 255;
        record.zero = 10;
        std::vector<std::int8_t> weights(2 * 18 * 2); // two panels of two outputs; all ones, but the fourth
        for (std::size_t i = 0; i < weights.size(); ++i)
            weights[i] = i < 36 || i % 2 == 0 ? 1 : 0;
        record.weights = p.constant(weights);
        record.bias = p.constant<std::int32_t>({-54, -54, -54, 0}); // - zero point * sum of weights
        record.factor = p.constant<float>({0.25f, 0.25f, 0.25f, 0});
    }
    program& finish() {
        if (record.weight_bits < 8)
            p.add<op::convolution_low>(record);
        else
            p.add<op::convolution_u8>(record);
        std::vector<std::uint8_t> table(256);
        for (std::size_t i = 0; i < 256; ++i)
            table[i] = static_cast<std::uint8_t>(255 - i);
        op::table_u8::record t{};
        t.op = operands(output, sums);
        t.table = p.constant(table);
        p.add<op::table_u8>(t);
        p.door(input, "x", true);
        p.door(output, "y", false);
        return p;
    }
};

bool opens(const program& p) {
    auto bytes = p.bytes();
    return program_view::open(bytes.view()).has_value();
}

TEST_CASE("program: hand-made, it opens, describes itself and runs") {
    convolution c;
    auto bytes = c.finish().bytes();
    const auto opened = program_view::open(bytes.view());
    REQUIRE(opened);
    const program_view& p = *opened;
    CHECK(p.op_count() == 3);
    CHECK(p.input_count() == 1);
    CHECK(p.input(0).name == "x");
    CHECK(p.output(0).name == "y");
    CHECK(p.output(0).dims == pith::shape{1, 4, 4, 3});
    CHECK(p.op_name(1).empty());
    CHECK(can_run(p, portable_kernels));
    CHECK(!can_run(p, kernel_set{}));

    aligned_bytes arena(p.arena_bytes());
    std::memset(arena.data(), 0xAA, arena.size);
    auto* x = reinterpret_cast<float*>(arena.data() + p.tensor(c.input).offset);
    for (std::size_t i = 0; i < 32; ++i)
        x[i] = static_cast<float>(i % 2) - 0.25f * static_cast<float>(i / 8);
    std::vector<std::size_t> seen;
    execute(p, arena.view(), portable_kernels, [&](std::size_t i, op_view op) {
        CHECK(static_cast<std::size_t>(op.head().output) == i + 1);
        seen.push_back(i);
    });
    CHECK(seen == std::vector<std::size_t>{0, 1, 2});
    const auto* y = reinterpret_cast<const std::uint8_t*>(arena.data() + p.tensor(c.output).offset);
    for (int row = 0; row < 4; ++row)
        for (int column = 0; column < 4; ++column) {
            std::int32_t sum = 0;
            for (int i = row - 1; i <= row + 1; ++i)
                for (int j = column - 1; j <= column + 1; ++j)
                    for (int k = 0; k < 2; ++k)
                        if (i >= 0 && i < 4 && j >= 0 && j < 4)
                            sum += pith::format::encode({0.5f, 3, 0, 255}, x[(i * 4 + j) * 2 + k]) - 3;
            const auto code = 255 - pith::format::requantize(sum, 0.25f, 10, 0, 255);
            for (int k = 0; k < 3; ++k)
                CHECK(y[(row * 4 + column) * 3 + k] == code);
        }
}

TEST_CASE("program: records that contradict each other are refused") {
    const auto refused = [](const auto& damage) {
        convolution c;
        damage(c);
        return !opens(c.finish());
    };
    CHECK(!refused([](convolution&) {}));
    CHECK(refused([](convolution& c) { c.record.window.pads[0] = 2; }));
    CHECK(refused([](convolution& c) { c.record.window.kernel[1] = 5; }));
    CHECK(refused([](convolution& c) { c.record.window.strides[0] = 0; }));
    CHECK(refused([](convolution& c) {
        c.record.window.strides[1] = 2;
        c.record.window.kernel[1] = 9;
    }));
    CHECK(refused([](convolution& c) { c.record.window.dilations[0] = 3; }));
    CHECK(refused([](convolution& c) { c.record.window.tile_outputs = 0; }));
    CHECK(refused([](convolution& c) { c.record.window.tile_outputs = 200; }));
    CHECK(refused([](convolution& c) { c.record.groups = 2; }));
    CHECK(refused([](convolution& c) { c.record.groups = 0; }));
    CHECK(refused([](convolution& c) { c.record.weights += 4; }));
    CHECK(refused([](convolution& c) { c.record.weights = 0; }));
    CHECK(refused([](convolution& c) { c.record.weights = 1u << 20; }));
    CHECK(refused([](convolution& c) { c.record.bias = 0xFFFFFFF0u; }));
    CHECK(refused([](convolution& c) { c.record.factor = 2; }));
    CHECK(refused([](convolution& c) { c.record.op.second = c.codes; }));
    CHECK(refused([](convolution& c) { c.record.op.second = 100; }));
    CHECK(!refused([](convolution& c) { c.record.op.second = c.output; }));
    CHECK(refused([](convolution& c) { c.record.op.input = c.input; }));
    CHECK(refused([](convolution& c) { c.p.tensors[c.sums].constant = 1; }));
    CHECK(refused([](convolution& c) { c.p.tensors[c.sums].offset = 0x7FFFFFF0u; }));
    CHECK(refused([](convolution& c) { c.p.tensors[c.codes].offset = 0; }));
    CHECK(refused([](convolution& c) { c.p.tensors[c.codes].border[3] = 0; }));
    CHECK(refused([](convolution& c) { c.p.tensors[c.input].offset = 2; }));
    CHECK(refused([](convolution& c) { c.p.tensors[c.input].type = 77; }));
    CHECK(refused([](convolution& c) { c.p.tensors[c.output].dims[3] = 0; }));
    CHECK(refused([](convolution& c) { c.p.tensors[c.output].dims[0] = 0xFFFFFFFFu; }));
    CHECK(refused([](convolution& c) { c.p.header.arena_bytes -= 16; }));
    CHECK(refused([](convolution& c) { c.p.op_count += 1; }));
    CHECK(refused([](convolution& c) { c.p.ops[1] = std::byte{1}; }));
    CHECK(refused([](convolution& c) { c.p.ops[0] = std::byte{99}; }));
    CHECK(refused([](convolution& c) { c.p.header.output_count += 1; }));
    CHECK(refused([](convolution& c) { c.p.header.reserved[0] = 1; }));
}

TEST_CASE("program: codes of fewer than eight bits say what they mean") {
    const auto refused = [](const auto& damage) {
        convolution c;
        c.record.window.tile_outputs = 16;
        c.record.window.tile_depth = 4;
        c.record.weight_bits = 3;
        c.record.weight_lowest = -4;
        c.record.weights = c.p.constant(std::vector<std::uint8_t>(3 * 2 * 24)); // three runs of six inputs
        c.record.bias = c.record.factor = c.p.constant(std::vector<std::int32_t>(16));
        const auto levels = c.p.constant(std::vector<std::int8_t>(8));
        damage(c, levels);
        return !opens(c.finish());
    };
    using at = std::uint32_t;
    CHECK(!refused([](convolution&, at) {}));
    CHECK(!refused([](convolution& c, at) { c.record.weight_bits = 1; }));
    CHECK(!refused([](convolution& c, at) { c.record.weight_lowest = 120; }));
    CHECK(refused([](convolution& c, at) { c.record.weight_lowest = 121; }));
    CHECK(refused([](convolution& c, at) { c.record.weight_bits = 0; }));
    CHECK(refused([](convolution& c, at) { c.record.weight_bits = 8; })); // and has a lowest code
    CHECK(refused([](convolution& c, at) { c.record.weight_bits = 9; }));
    CHECK(refused([](convolution& c, at) { c.record.weight_bits = 255; }));
    CHECK(refused([](convolution& c, at) { c.record.sparsity = 1; }));
    CHECK(refused([](convolution& c, at) { c.record.level_count = 1; }));
    CHECK(refused([](convolution& c, at) { c.record.window.tile_depth = 2; }));
    CHECK(refused([](convolution& c, at) { c.record.weights += 8; }));
    CHECK(refused([](convolution& c, at) { c.record.weights = 0xFFFFFFF0u; }));
    const auto with_levels = [&](std::uint8_t count, std::int8_t lowest, at move) {
        return refused([=](convolution& c, at levels) {
            c.record.levels = levels + move;
            c.record.level_count = count;
            c.record.weight_lowest = lowest;
        });
    };
    CHECK(!with_levels(8, 0, 0));
    CHECK(!with_levels(1, 0, 0));
    CHECK(with_levels(9, 0, 0));
    CHECK(with_levels(0, 0, 0));
    CHECK(with_levels(8, -4, 0));
    CHECK(with_levels(8, 0, 1));
    CHECK(with_levels(8, 0, 1u << 20));
}

TEST_CASE("program: strided operations stay inside their tensors") {
    const auto accepted = [](std::int32_t size, std::int32_t from, std::int32_t step, std::int32_t to) {
        program p;
        const auto a = p.tensor(dtype::u8, {1, 1, 1, 16});
        const auto b = p.tensor(dtype::u8, {1, 1, 1, 16});
        op::copy::record r{};
        r.op = operands(b, a);
        r.rank = 1;
        r.input_first = from;
        r.output_first = to;
        p.add<op::copy>(r, {size, step, 1});
        p.door(a, "a", true);
        p.door(b, "b", false);
        return opens(p);
    };
    CHECK(accepted(16, 0, 1, 0));
    CHECK(accepted(16, 15, -1, 0));
    CHECK(accepted(8, 0, 2, 8));
    CHECK(accepted(16, 7, 0, 0));
    CHECK(!accepted(16, 0, 1, 1));
    CHECK(!accepted(16, 1, 1, 0));
    CHECK(!accepted(16, 14, -1, 0));
    CHECK(!accepted(9, 0, 2, 0));
    CHECK(!accepted(0, 0, 1, 0));
    CHECK(!accepted(16, 16, 0, 0));
    CHECK(!accepted(-1, 0, 1, 0));
    CHECK(!accepted(2, 0, 0x7FFFFFFF, 0));
}

TEST_CASE("program: unknown optional sections are skipped, unknown required ones refused") {
    const auto opens_with = [](std::uint16_t kind, std::uint16_t required) {
        convolution c;
        c.p.more.push_back({kind, required, 0, 0, 0});
        return opens(c.finish());
    };
    CHECK(opens_with(900, 0));
    CHECK(!opens_with(900, 1));
    CHECK(!opens_with(900, 2));
    CHECK(!opens_with(static_cast<std::uint16_t>(section_kind::tensors), 1)); // there is one already
    CHECK(!opens_with(0, 1));
}

TEST_CASE("program: a file of another version is refused by its number") {
    auto bytes = convolution().finish().bytes();
    pith::store_le(bytes.data() + 4, std::uint32_t{2});
    const auto refused = program_view::open(bytes.view());
    REQUIRE(!refused);
    CHECK(std::string(refused.error().where) == "the file has version 2");
}

TEST_CASE("program: tables of indices stay inside the image") {
    for (const std::uint32_t index : {0u, 1u, 2u, 0xFFFFFFFFu}) {
        program p;
        const auto a = p.tensor(dtype::u8, {1, 2, 2, 4});
        const auto b = p.tensor(dtype::u8, {1, 3, 2, 4});
        op::resize_record r{};
        r.op = operands(b, a);
        r.taps = 1;
        r.row_indices = r.row_weights = p.constant<std::uint32_t>({0, index, 1});
        r.column_indices = r.column_weights = p.constant<std::uint32_t>({1, 0});
        p.add<op::resize_u8>(r);
        p.door(a, "a", true);
        p.door(b, "b", false);
        CHECK(opens(p) == (index < 2));
    }
}

} // namespace
