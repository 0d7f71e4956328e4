// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <pith/arch/detect.hpp>
#include <pith/kernel/igemm/portable.hpp>
#include <pith/kernel/sparse_igemm.hpp>

#include "support/kernels.hpp"

using namespace pith;
using tests::guarded;
using tests::noise;
using tests::operand;

namespace {

constexpr std::uint32_t panel = kernel::igemm_vector_tile.outputs;
constexpr std::size_t column_weights = std::size_t{panel} * kernel::igemm_vector_tile.depth;

enum class target { codes, residual, in_place, first, reals };

struct problem {
    std::uint32_t rows = 1, columns = 1;
    std::uint32_t channels = 1;
    std::uint32_t depth = 4;      ///< inputs of a window
    std::uint32_t step = 4;       ///< inputs from pixel to pixel
    std::uint32_t zeros = 50;     ///< percent of the columns of a panel
    std::uint32_t output_gap = 0; ///< elements kept free behind each output pixel and row
    target to = target::codes;

    [[nodiscard]] std::string text() const {
        const auto n = [](std::uint32_t v) { return std::to_string(v) + " "; };
        return "rows " + n(rows) + "columns " + n(columns) + "channels " + n(channels) + "depth " + n(depth) +
               "step " + n(step) + "zeros " + n(zeros) + "gap " + n(output_gap) + "to " +
               n(static_cast<std::uint32_t>(to));
    }
};

/// A layer twice: dense with zeros, and without them.
struct setting {
    noise random;
    std::uint32_t row, groups, panels;
    std::size_t outputs;
    operand<std::uint8_t> input, residual;
    operand<std::int8_t> dense;
    operand<std::int32_t> bias;
    std::vector<float> factor;
    std::vector<std::int8_t> kept;
    std::vector<std::uint32_t> starts{0}, columns;
    kernel::sparse_igemm_args args;

    explicit setting(const problem& p)
        : random{p.rows * 7919 + p.columns * 104729 + p.channels * 31 + p.depth * 17 + p.zeros},
          row((p.columns - 1) * p.step + p.depth), groups((p.depth + 3) / 4),
          panels((p.channels + panel - 1) / panel), outputs(output_elements(p)),
          input(std::size_t{p.rows} * row, random), residual(outputs, random),
          dense(panels * groups * column_weights, random), bias(std::size_t{panels} * panel, random),
          factor(bias_lanes(), 0.001f) {
        for (std::size_t i = 0; i < bias_lanes(); ++i)
            bias.data()[i] %= 10000;
        leave_out(p);
        auto& a = args;
        a.input = input.data();
        a.over.rows = p.rows;
        a.over.columns = p.columns;
        a.over.row_stride = static_cast<std::ptrdiff_t>(row);
        a.over.column_stride = static_cast<std::ptrdiff_t>(p.step);
        a.over.run_length = p.depth;
        a.packed = kernel::igemm_vector_tile;
        a.channels = p.channels;
        a.starts = starts.data();
        a.columns = columns.data();
        const std::size_t column = p.channels + p.output_gap;
        a.output_strides = {static_cast<std::ptrdiff_t>(column * p.columns + p.output_gap),
                            static_cast<std::ptrdiff_t>(column)};
        auto& e = a.epilogue;
        e.bias = bias.data();
        e.factor = factor.data();
        e.zero = 7;
        e.lowest = 3;
        e.highest = 250;
        e.residual_strides = a.output_strides;
        e.residual_is_first = p.to == target::first;
        e.add = {0.7f, 0.4f, 3.f};
    }
    [[nodiscard]] std::size_t bias_lanes() const { return std::size_t{panels} * panel; }
    static std::size_t output_elements(const problem& p) {
        const std::size_t column = p.channels + p.output_gap;
        return (p.rows - 1) * (column * p.columns + p.output_gap) + (p.columns - 1) * column + p.channels;
    }
    void leave_out(const problem& p) {
        for (std::uint32_t i = 0; i < panels * groups; ++i) {
            std::int8_t* w = dense.data() + i * column_weights;
            const std::uint32_t first = i % groups * 4;
            const bool zero = random.below(100) < p.zeros;
            for (std::size_t k = 0; k < column_weights; ++k)
                if (zero || first + k % 4 >= p.depth)
                    w[k] = 0;
            if (!zero) {
                kept.insert(kept.end(), w, w + column_weights);
                columns.push_back(first);
            }
            if (i % groups == groups - 1)
                starts.push_back(static_cast<std::uint32_t>(columns.size()));
        }
        kept.resize(kept.size() + over_read_bytes);
    }
    template <class Args, class Kernel>
    [[nodiscard]] std::vector<std::uint8_t> run(const problem& p, Args a, const std::int8_t* weights,
                                                const Kernel& k) const {
        a.weights = weights;
        if (p.to == target::reals) {
            guarded<float> out(outputs);
            a.real_output = out.data();
            k(a);
            return out.bytes;
        }
        guarded<std::uint8_t> out(outputs);
        a.output = out.data();
        if (p.to == target::residual || p.to == target::first)
            a.epilogue.residual = residual.data();
        if (p.to == target::in_place) {
            for (std::size_t i = 0; i < outputs; ++i)
                out.set(i, residual.data()[i]);
            a.epilogue.residual = out.data();
        }
        k(a);
        return out.bytes;
    }
};

void check(const problem& p) {
    const setting s(p);
    const auto want = s.run<kernel::igemm_args>(p, s.args, s.dense.data(), kernel::portable::igemm);
    kernel::for_each_supported(kernel::sparse_igemm_list<>, arch::detect(), [&](const auto& k) {
        const bool same = s.run<kernel::sparse_igemm_args>(p, s.args, s.kept.data(), k.run) == want;
        CHECK_MESSAGE(same, k.name << ": " << p.text());
    });
}

} // namespace

TEST_CASE("sparse igemm: the dense kernel's outputs, bit for bit, around the tiles") {
    for (std::uint32_t pixels = 1; pixels <= 37; ++pixels)
        for (const std::uint32_t channels : {1u, 15u, 16u, 17u, 33u})
            for (const target to : {target::codes, target::residual, target::in_place, target::reals})
                check({.columns = pixels, .channels = channels, .depth = 40, .to = to});
}

TEST_CASE("sparse igemm: from all columns to none, depths that are no multiple of four") {
    for (const std::uint32_t zeros : {0u, 10u, 50u, 90u, 99u, 100u})
        for (const std::uint32_t depth : {1u, 4u, 6u, 27u, 300u})
            for (const std::uint32_t pixels : {1u, 3u, 8u, 30u})
                check({.columns = pixels, .channels = 40, .depth = depth, .step = depth, .zeros = zeros});
}

TEST_CASE("sparse igemm: rows, strides, gaps, the residual first") {
    for (const auto& [rows, columns] : {std::pair{7u, 5u}, {8u, 8u}, {3u, 16u}, {16u, 2u}, {9u, 1u}})
        for (const std::uint32_t channels : {3u, 16u, 50u})
            for (const std::uint32_t gap : {0u, 5u})
                for (const target to : {target::codes, target::first, target::in_place, target::reals})
                    check({.rows = rows,
                           .columns = columns,
                           .channels = channels,
                           .depth = 36,
                           .step = 12,
                           .output_gap = gap,
                           .to = to});
}
