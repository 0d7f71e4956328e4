// SPDX-License-Identifier: MIT
#ifndef PITH_TESTS_FUZZ_BOMBS_HPP
#define PITH_TESTS_FUZZ_BOMBS_HPP
/// Small ONNX files that ask for much: sizes, repeats, strides and nesting written by someone hostile.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <pith/base/random.hpp>

#include "support/onnx_writer.hpp"

namespace fuzz::bombs {

using attr = pith::tests::onnx_attribute;
using pith::tests::onnx_node;
using pith::tests::onnx_tensor;
using pith::tests::onnx_writer;
using pith::tests::sizes;

/// Numbers for one file.
class hostile_numbers {
public:
    explicit hostile_numbers(pith::random_bits& bits) : bits_(bits) {}

    [[nodiscard]] std::int64_t size() {
        const std::int64_t choices[] = {0,
                                        1,
                                        2,
                                        3,
                                        7,
                                        64,
                                        1024,
                                        65536,
                                        (1 << 24) - 1,
                                        1 << 24,
                                        1 << 30,
                                        -1,
                                        -2,
                                        INT32_MIN,
                                        INT32_MAX,
                                        INT64_MIN,
                                        INT64_MAX,
                                        INT64_MAX / 2,
                                        std::int64_t{1} << 32,
                                        std::int64_t{1} << 40};
        return choices[bits_.below(std::size(choices))];
    }
    /// Mostly what fits, so that one hostile number is met behind the others' checks.
    [[nodiscard]] std::int64_t rarely(std::int64_t good) { return bits_.below(3) == 0 ? size() : good; }
    [[nodiscard]] sizes list(std::size_t count, std::int64_t good = 1) {
        sizes out;
        for (std::size_t i = 0; i < count; ++i)
            out.push_back(rarely(good));
        if (bits_.below(12) == 0)
            out.resize(bits_.below(70));
        return out;
    }
    [[nodiscard]] float real() {
        const float choices[] = {0.F, -0.F, 1.F,       1e-30F,  1e30F,        -1.F,
                                 2.F, 1e9F, 0x1p-149F, 3.4e38F, 1.F / 0x1p30F};
        const auto at = bits_.below(std::size(choices) + 2);
        if (at >= std::size(choices))
            return at == std::size(choices) ? static_cast<float>(1e300 * 1e10)
                                            : -static_cast<float>(1e300 * 1e10);
        return choices[at];
    }
    [[nodiscard]] std::uint32_t below(std::uint32_t n) { return bits_.below(n); }
    template <class T>
    [[nodiscard]] const T& pick(const std::vector<T>& of) {
        return of[bits_.below(of.size())];
    }

private:
    pith::random_bits& bits_;
};

/// A convolution, its transpose or a pool with attributes nobody means.
[[nodiscard]] inline std::string window_bomb(hostile_numbers& n) {
    onnx_writer w;
    w.input("x", {1, n.rarely(2), n.rarely(8), n.rarely(8)}).output("y");
    std::vector<attr> a;
    for (const char* const name : {"kernel_shape", "strides", "dilations"})
        if (n.below(2) == 0)
            a.push_back(attr::wholes(name, n.list(2, 2)));
    for (const char* const name : {"pads", "output_padding", "output_shape"})
        if (n.below(3) == 0)
            a.push_back(attr::wholes(name, n.list(name[0] == 'p' ? 4 : 2)));
    if (n.below(3) == 0)
        a.push_back(attr::whole("group", n.rarely(1)));
    if (n.below(4) == 0)
        a.push_back(attr::whole("ceil_mode", 1));
    if (n.below(4) == 0)
        a.push_back(
            attr::text("auto_pad", n.pick<std::string>({"SAME_UPPER", "SAME_LOWER", "VALID", "NOTSET"})));
    const auto op =
        n.pick<std::string>({"Conv", "ConvTranspose", "MaxPool", "AveragePool", "LpPool", "ConvInteger"});
    if (op.starts_with("Conv")) {
        w.constant("w", {2, 2, 2, 2}, std::vector<float>(16, 1.F));
        w.node(op, {"x", "w"}, {"y"}, a);
    } else {
        w.node(op, {"x"}, {"y"}, a);
    }
    return w.text();
}

/// Tensors whose size a small constant decides.
[[nodiscard]] inline std::string size_bomb(hostile_numbers& n) {
    onnx_writer w;
    w.opset = n.pick<std::int64_t>({7, 9, 11, 13, 18, 21});
    w.input("x", {1, 2, 4, 4}).output("y").output("s");
    const auto s = n.list(4, 2);
    w.constant("s", {static_cast<std::int64_t>(s.size())}, s);
    const auto more = n.list(4, 2);
    w.constant("t", {static_cast<std::int64_t>(more.size())}, more);
    w.constant("r", {4}, std::vector<float>{n.real(), n.real(), n.real(), n.real()});
    w.constant("big", {n.rarely(3)}, std::vector<float>{1, 2, 3});
    w.constant("one", {}, sizes{n.rarely(3)});
    switch (n.below(16)) {
    case 0:
        w.node("Tile", {n.pick<std::string>({"x", "r"}), "s"}, {"y"});
        break;
    case 1:
        w.node("Expand", {n.pick<std::string>({"x", "one"}), "s"}, {"y"});
        break;
    case 2:
        w.node("ConstantOfShape", {"s"}, {"y"});
        break;
    case 3:
        w.node("Range", {"one", "one", "one"}, {"y"});
        break;
    case 4:
        w.constant("from", {}, sizes{n.size()}).constant("to", {}, sizes{n.size()});
        w.constant("by", {}, sizes{n.rarely(1)});
        w.node("Range", {"from", "to", "by"}, {"y"});
        break;
    case 5:
        w.node("Resize", {"x", "", "r"}, {"y"},
               {attr::text("mode", n.pick<std::string>({"nearest", "linear", "cubic"}))});
        break;
    case 6:
        w.node("Resize", {"x", "", "", "s"}, {"y"},
               {attr::text("mode", n.pick<std::string>({"nearest", "linear", "cubic"}))});
        break;
    case 7:
        w.node("Reshape", {"x", "s"}, {"y"});
        break;
    case 8: {
        const auto pads = n.list(8, 0);
        w.constant("pads", {static_cast<std::int64_t>(pads.size())}, pads);
        w.node("Pad", {"x", "pads"}, {"y"},
               {attr::text("mode", n.pick<std::string>({"constant", "reflect", "edge", "wrap"}))});
        break;
    }
    case 9:
        w.node("Slice", {"x", "s", "t", "one", "one"}, {"y"});
        break;
    case 10:
        w.node("Split", {"x", "s"}, {"y", "z"}, {attr::whole("axis", n.rarely(1))});
        break;
    case 11:
        w.node("Gather", {"x", "s"}, {"y"}, {attr::whole("axis", n.rarely(1))});
        break;
    case 12:
        w.node(n.pick<std::string>({"Unsqueeze", "Squeeze", "ReduceSum", "ReduceMean"}), {"x", "s"}, {"y"});
        break;
    case 13:
        w.node("Transpose", {"x"}, {"y"}, {attr::wholes("perm", n.list(4, 1))});
        break;
    case 14:
        w.node("Upsample", {"x", "r"}, {"y"});
        break;
    default:
        w.node(
            n.pick<std::string>({"DepthToSpace", "SpaceToDepth", "LRN", "LpPool"}), {"x"}, {"y"},
            {attr::whole("blocksize", n.size()), attr::whole("size", n.size()), attr::whole("p", n.size())});
    }
    return w.text();
}

/// Constants that grow as they are folded, layer upon layer.
[[nodiscard]] inline std::string growing_bomb(hostile_numbers& n) {
    onnx_writer w;
    const std::string op = n.pick<std::string>({"Concat", "Add", "Mul", "Tile", "Expand", "Pow"});
    const std::size_t depth = 1 + n.below(60);
    const bool constant = n.below(2) == 0;
    if (constant)
        w.constant("v0", {4, 1}, std::vector<float>(4, 1.F));
    else
        w.input("v0", {4, 1});
    w.constant("two", {2}, sizes{2, 2}).constant("row", {1, 8}, std::vector<float>(8, 1.F));
    w.constant("wide", {2}, sizes{4, 1 << 20});
    for (std::size_t i = 0; i < depth; ++i) {
        const std::string x = "v" + std::to_string(i);
        const std::string second = op == "Tile"      ? "two"
                                   : op == "Expand"  ? "wide"
                                   : n.below(4) == 0 ? "row"
                                                     : x;
        const bool joins = op == "Concat";
        w.node(op, {x, joins ? x : second}, {"v" + std::to_string(i + 1)},
               joins ? std::vector<attr>{attr::whole("axis", 1)} : std::vector<attr>{});
    }
    w.output("v" + std::to_string(depth));
    return w.text();
}

[[nodiscard]] inline std::string function(const std::string& name, const std::vector<std::string>& calls) {
    std::string out;
    protozero::pbf_writer f{out};
    f.add_string(1, name);
    f.add_string(4, "a");
    f.add_string(5, "b" + std::to_string(calls.size()));
    std::string last = "a";
    for (std::size_t i = 0; i < calls.size(); ++i) {
        const std::string next = "b" + std::to_string(i + 1);
        f.add_message(7, onnx_node(calls[i], {last}, {next}, {}, calls[i][0] == 'f' ? "own" : ""));
        last = next;
    }
    f.add_string(10, "own");
    return out;
}

/// Functions that call each other, twice each: a billion laughs.
[[nodiscard]] inline std::string function_bomb(hostile_numbers& n) {
    onnx_writer w;
    const std::size_t levels = 1 + n.below(40);
    const bool ring = n.below(4) == 0;
    for (std::size_t i = 0; i < levels; ++i) {
        const std::string below =
            i == 0 ? (ring ? "f" + std::to_string(levels - 1) : "Relu") : "f" + std::to_string(i - 1);
        w.model_field(25, function("f" + std::to_string(i), std::vector<std::string>(1 + n.below(8), below)));
    }
    w.input("x", {1, 4}).output("y");
    return w.node("f" + std::to_string(levels - 1), {"x"}, {"y"}, {}, "own").text();
}

/// Graphs within graphs, and other messages as deep.
[[nodiscard]] inline std::string nesting_bomb(hostile_numbers& n) {
    onnx_writer w;
    w.input("x", {1, 4}).output("y");
    const std::size_t depth = 1 + n.below(n.below(4) == 0 ? 3000 : 60);
    const auto tag = static_cast<protozero::pbf_tag_type>(n.pick<int>({1, 5, 6, 7, 11, 14}));
    std::string inner = onnx_node("Relu", {"x"}, {"z"});
    for (std::size_t i = 0; i < depth; ++i) {
        std::string outer;
        protozero::pbf_writer o{outer};
        if (tag == 6) {
            std::string graph;
            protozero::pbf_writer g{graph};
            g.add_message(1, inner);
            o.add_message(5, attr::graph("then_branch", graph).bytes);
            o.add_string(4, "If");
            o.add_string(1, "x");
            o.add_string(2, i + 1 == depth ? "y" : "z");
        } else {
            o.add_message(tag, inner);
        }
        inner = std::move(outer);
    }
    if (n.below(4) == 0)
        return w.model_field(25, inner).text();
    w.graph_field(tag == 6 || n.below(2) == 0 ? 1 : tag, inner);
    return w.text();
}

/// Nodes in a ring, twice computed values, names that are inputs, weights and outputs at once.
[[nodiscard]] inline std::string name_bomb(hostile_numbers& n) {
    onnx_writer w;
    const std::vector<std::string> names{"x", "y", "a", "b", "c", "w", ""};
    w.input("x", {1, 4}).output("y");
    if (n.below(3) == 0)
        w.input(n.pick(names), {1, 4});
    if (n.below(3) == 0)
        w.output(n.pick(names));
    w.constant("w", {4, 4}, std::vector<float>(16, 1.F));
    if (n.below(4) == 0)
        w.constant(n.pick(names), {4}, std::vector<float>(4, 1.F));
    const std::uint32_t count = 1 + n.below(12);
    for (std::uint32_t i = 0; i < count; ++i) {
        const auto op =
            n.pick<std::string>({"Relu", "Add", "MatMul", "Identity", "Concat", "Split", "Gemm", "Sum"});
        std::vector<std::string> in;
        for (std::uint32_t k = n.below(4); k > 0 || in.empty(); k -= k > 0 ? 1 : 0)
            in.push_back(n.pick(names));
        std::vector<std::string> out{n.pick(names)};
        if (n.below(4) == 0)
            out.push_back(n.pick(names));
        w.node(op, in, out, op == "Concat" ? std::vector<attr>{attr::whole("axis", 1)} : std::vector<attr>{});
    }
    return w.text();
}

/// Weights that are not there: lengths that lie, other files, odd types.
[[nodiscard]] inline std::string tensor_bomb(hostile_numbers& n) {
    std::string t;
    protozero::pbf_writer w{t};
    const auto dims = n.list(1 + n.below(4), 2);
    w.add_packed_int64(1, dims.begin(), dims.end());
    w.add_int32(2, static_cast<std::int32_t>(n.below(30)));
    w.add_string(8, "w");
    switch (n.below(4)) {
    case 0:
        w.add_bytes(9, std::string(n.below(70), 'w'));
        break;
    case 1: {
        const std::vector<float> values(n.below(70), n.real());
        w.add_packed_float(4, values.begin(), values.end());
        break;
    }
    case 2: {
        const sizes values(n.below(70), n.size());
        w.add_packed_int64(7, values.begin(), values.end());
        break;
    }
    default:
        w.add_int32(14, 1);
        for (const auto& [key, text] : std::vector<std::pair<std::string, std::string>>{
                 {"location", n.pick<std::string>({"/etc/passwd", "../../../../dev/zero", "w.bin", ""})},
                 {"offset", std::to_string(n.size())},
                 {"length", std::to_string(n.size())}}) {
            protozero::pbf_writer entry{w, 13};
            entry.add_string(1, key);
            entry.add_string(2, text);
        }
    }
    onnx_writer model;
    model.input("x", {2, 2}).output("y").graph_field(5, t);
    return model
        .node(
            n.pick<std::string>({"Add", "MatMul", "Gather", "Reshape", "Expand", "Conv", "DequantizeLinear"}),
            {"x", "w"}, {"y"})
        .text();
}

[[nodiscard]] inline std::string any(pith::random_bits& bits) {
    hostile_numbers n(bits);
    switch (bits.below(8)) {
    case 0:
    case 1:
        return window_bomb(n);
    case 2:
    case 3:
        return size_bomb(n);
    case 4:
        return growing_bomb(n);
    case 5:
        return bits.below(2) == 0 ? function_bomb(n) : nesting_bomb(n);
    case 6:
        return name_bomb(n);
    default:
        return tensor_bomb(n);
    }
}

} // namespace fuzz::bombs

#endif
