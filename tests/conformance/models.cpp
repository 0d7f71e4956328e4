// SPDX-License-Identifier: MIT
/// Real models load, stay channels last and compute; quantised ones in codes.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <pith/base/random.hpp>
#include <pith/graph/quantized.hpp>
#include <pith/graph/simulate.hpp>
#include <pith/io/onnx.hpp>
#include <pith/io/tensor_proto.hpp>

#include "support/compiled.hpp"
#include "support/data_folder.hpp"
#include "support/door.hpp"
#include "support/skip.hpp"

namespace {

using namespace pith;
namespace fs = std::filesystem;

fs::path models_folder() {
    const fs::path folder = tests::data_folder() / "models";
    if (tests::data_folder().empty() || !fs::exists(folder)) {
        tests::skip("no real models (set PITH_DATA to the data folder)");
        return {};
    }
    return folder;
}

bool is_quantised(const fs::path& file) {
    const std::string stem = file.stem().string();
    for (const char* const mark : {"_int8", "_qdq", "_qoperator"})
        if (stem.find(mark) != std::string::npos)
            return true;
    return false;
}

/// Networks of all kinds as they were published: some have open dimensions or operators that are refused.
bool is_wild(const fs::path& path) {
    return path.string().find("/wild/") != std::string::npos;
}

/// Whether every layer runs in codes, but for those that only move the real input.
bool runs_in_codes(const graph<float>& g) {
    const auto how = executions_of(g);
    for (node_index k = 0; k < g.nodes.size(); ++k) {
        const auto& n = g.nodes[k];
        const bool reads_input = std::find(g.inputs.begin(), g.inputs.end(), n.inputs[0]) != g.inputs.end();
        const bool moves_input = reads_input && std::holds_alternative<reshape>(n.layer);
        if (how[k].how == execution::real && !moves_input)
            return false;
    }
    return true;
}

TEST_CASE("real models load and compute, without a transpose; quantised ones all in codes") {
    const fs::path folder = models_folder();
    if (folder.empty())
        return;
    std::size_t loaded = 0;
    std::size_t quantised = 0;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        if (entry.path().extension() != ".onnx" || is_wild(entry.path()))
            continue;
        const std::string name = entry.path().filename().string();
        const auto g = io::load_onnx(entry.path().string());
        REQUIRE_MESSAGE(g, name, ": ", g.error().what, " ", g.error().where);
        if (is_quantised(entry.path())) {
            CHECK_MESSAGE(runs_in_codes(*g), name);
            ++quantised;
        }
        CHECK_MESSAGE(std::none_of(g->nodes.begin(), g->nodes.end(),
                                   [](const auto& n) { return std::holds_alternative<transpose>(n.layer); }),
                      name);
        random_bits bits{7};
        std::vector<any_tensor<float>> inputs;
        for (const auto id : g->inputs) {
            tensor<float> x((*g)[id].dims);
            for (auto& v : x.data())
                v = bits.unit();
            inputs.emplace_back(std::move(x));
        }
        const auto y = simulate(*g, inputs);
        REQUIRE_MESSAGE(y, name, ": ", y.error().what, " ", y.error().where);
        for (const auto& out : *y)
            for (const float v : std::get<0>(out).data())
                REQUIRE_MESSAGE(std::isfinite(v), name);
        ++loaded;
    }
    std::cout << loaded << " real models loaded, " << quantised << " of them quantised\n";
    CHECK(loaded > quantised);
    CHECK(quantised > 0);
}

TEST_CASE("the digits network gives the outputs that came with it") {
    const fs::path folder = models_folder() / "mnist-cntk";
    if (!fs::exists(folder))
        return;
    const auto g = io::load_onnx((folder / "model.onnx").string());
    REQUIRE(g);
    for (int set = 0; set < 3; ++set) {
        const fs::path data = folder / ("test_data_set_" + std::to_string(set));
        const auto x = io::load_tensor_proto((data / "input_0.pb").string());
        const auto y = io::load_tensor_proto((data / "output_0.pb").string());
        REQUIRE(x);
        REQUIRE(y);
        const auto have = tests::evaluate_as_file(*g, {x->data});
        REQUIRE(have);
        CHECK(tests::difference((*have)[0], y->data, 1e-4F, 1e-3F) == "");
    }
}

} // namespace
