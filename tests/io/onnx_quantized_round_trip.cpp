// SPDX-License-Identifier: MIT
/// Quantised networks written in every dialect and read again: the same program, and from then on the same
/// file.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <pith/base/random.hpp>
#include <pith/graph/passes/simplify.hpp>
#include <pith/graph/simulate.hpp>
#include <pith/io/onnx.hpp>
#include <pith/io/onnx_write.hpp>
#include <pith/plan/pack.hpp>
#include <pith/quantize/post_training.hpp>
#include <pith/run/session.hpp>

#include "support/compiled.hpp"
#include "support/data_folder.hpp"
#include "support/skip.hpp"

namespace {

using namespace pith;
namespace fs = std::filesystem;

template <class R>
auto checked(R made, const std::string& name) {
    REQUIRE_MESSAGE(made, name, ": ", made.error().what, " ", made.error().where);
    return *std::move(made);
}

tensor<float> noise(const shape& dims, std::uint64_t seed) {
    random_bits bits(seed);
    tensor<float> t(dims);
    for (auto& v : t.data())
        v = 2.F * bits.unit() - 1.F;
    return t;
}

std::vector<float> outputs_of(const graph<float>& g, const std::string& name) {
    auto program = checked(run::session::open(checked(plan::pack(g), name)), name);
    std::vector<float> out;
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
        const auto x = noise(g[g.inputs[0]].dims, seed);
        std::copy(x.data().begin(), x.data().end(), program.input(0).begin());
        program.run();
        for (std::size_t k = 0; k < g.outputs.size(); ++k) {
            const auto y = program.output(k);
            out.insert(out.end(), y.begin(), y.end());
        }
    }
    return out;
}

/// The simulation's outputs on the first of those images.
std::vector<float> simulated(const graph<float>& g, const std::string& name) {
    const auto outputs = checked(simulate(g, any_tensors<float>{noise(g[g.inputs[0]].dims, 1)}), name);
    std::vector<float> out;
    for (const auto& y : outputs)
        out.insert(out.end(), std::get<0>(y).data().begin(), std::get<0>(y).data().end());
    return out;
}

/// Empty if both graphs have the same nodes, names, encodings and constants, else where they differ.
std::string difference(const graph<float>& a, const graph<float>& b) {
    if (a.nodes.size() != b.nodes.size() || a.values.size() != b.values.size())
        return "sizes";
    for (node_index k = 0; k < a.nodes.size(); ++k) {
        const auto& m = a.nodes[k];
        const auto& n = b.nodes[k];
        if (m.name != n.name || m.layer.index() != n.layer.index() || m.inputs.size() != n.inputs.size() ||
            m.outputs.size() != n.outputs.size())
            return "node " + m.name + " and " + n.name;
        for (const auto list : {&node<layer_list>::inputs, &node<layer_list>::outputs})
            for (std::size_t i = 0; i < (m.*list).size(); ++i) {
                const value_id x = (m.*list)[i];
                const value_id y = (n.*list)[i];
                if ((x == no_value) != (y == no_value))
                    return "inputs of node " + m.name;
                if (x == no_value)
                    continue;
                if (a[x].name != b[y].name || a[x].dims != b[y].dims || a[x].encoded != b[y].encoded ||
                    a[x].constant != b[y].constant)
                    return "value " + a[x].name + " and " + b[y].name;
            }
    }
    return {};
}

struct dialect {
    const char* name;
    io::onnx_write_options options;
};
const dialect dialects[] = {{"pairs", {}},
                            {"operators", {.codes = io::onnx_codes::operators}},
                            {"int4", {.opset = 21, .int4 = true}}};

/// Writes and reads `g` in every dialect. @param same whether the graph itself comes back, not only its
/// program
void round_trip(const graph<float>& g, const std::string& name, bool same) {
    const auto expected = outputs_of(g, name);
    for (const auto& d : dialects) {
        const std::string what = name + " as " + d.name;
        const auto first = checked(io::onnx_bytes(g, d.options), what);
        const auto h = checked(io::parse_onnx(first), what);
        CHECK_MESSAGE(outputs_of(h, what) == expected, what);
        if (same)
            CHECK_MESSAGE(difference(g, h) == "", what);
        const auto second = checked(io::onnx_bytes(h, d.options), what);
        const auto again = checked(io::parse_onnx(second), what);
        CHECK_MESSAGE(difference(h, again) == "", what);
        CHECK_MESSAGE(checked(io::onnx_bytes(again, d.options), what) == second, what);
    }
}

TEST_CASE("quantised models as they are shipped: read, written, read") {
    const fs::path folder = tests::data_folder() / "models";
    std::size_t count = 0;
    for (const char* const part : {"bench", "kws-int8"}) {
        if (tests::data_folder().empty() || !fs::exists(folder / part))
            continue;
        for (const auto& entry : fs::directory_iterator(folder / part)) {
            const std::string name = entry.path().filename().string();
            if (entry.path().extension() != ".onnx" || name.find("fp32") != std::string::npos)
                continue;
            const auto g = checked(io::load_onnx(entry.path().string()), name);
            const auto executed = outputs_of(g, name);
            const auto expected = simulated(g, name);
            CHECK_MESSAGE(std::equal(expected.begin(), expected.end(), executed.begin()), name);
            round_trip(g, name, true);
            ++count;
        }
    }
    if (count == 0)
        tests::skip("no real models (set PITH_DATA to the data folder)");
}

TEST_CASE("real networks quantised here: written, read") {
    const fs::path folder = tests::data_folder() / "models";
    for (const char* const name : {"mlperf-tiny/resnet8_cifar10.onnx", "cifar-resnet/resnet20.onnx",
                                   "mnist-cntk/model.onnx", "mlperf-tiny/mobilenetv1_025_vww96.onnx"}) {
        if (tests::data_folder().empty() || !fs::exists(folder / name)) {
            tests::skip(name);
            continue;
        }
        const auto g =
            checked(passes::simplify{}(checked(io::load_onnx((folder / name).string()), name)), name);
        for (const std::uint8_t bits : {std::uint8_t{8}, std::uint8_t{4}, std::uint8_t{3}}) {
            const quantize::post_training quantise{
                .calibration = [&](std::size_t i) -> std::optional<any_tensors<float>> {
                    return any_tensors<float>{noise(g[g.inputs[0]].dims, i)};
                },
                .samples = 3,
                .weights = {.bits = bits}};
            round_trip(checked(quantise(g), name), name, false);
        }
    }
}

} // namespace
