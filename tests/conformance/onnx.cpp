// SPDX-License-Identifier: MIT
/// The ONNX project's own cases: each is computed right, or refused with the name of what is not supported.

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

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

enum class verdict { passed, refused, wrong };

struct outcome {
    verdict is = verdict::passed;
    std::string why;
};

outcome refusal(const fault& f) {
    // A refusal that does not say what it is about is no better than a wrong answer.
    const std::string where = f.where;
    return {where.empty() ? verdict::wrong : verdict::refused, where + ": " + f.what};
}

/// input_0.pb, input_1.pb, ... or output_0.pb, ...
result<std::vector<io::array>> load_tensors(const fs::path& folder, const std::string& kind) {
    std::vector<io::array> out;
    for (int i = 0;; ++i) {
        const fs::path file = folder / (kind + "_" + std::to_string(i) + ".pb");
        if (!fs::exists(file))
            return out;
        auto a = io::load_tensor_proto(file.string());
        if (!a)
            return fault{a.error().code, a.error().what,
                         "file '" + file.filename().string() + "' " + a.error().where};
        out.push_back(std::move(*a));
    }
}

/// Conversions are exact to the bit, the rest is computed in another order than the reference did.
outcome compute(const graph<float>& g, const std::vector<io::array>& inputs,
                const std::vector<io::array>& expected, bool exact) {
    std::vector<any_tensor<float>> given;
    for (std::size_t i = 0; i < std::min(g.inputs.size(), inputs.size()); ++i)
        given.push_back(inputs[i].data);
    const auto outputs = tests::through_doors(
        g, std::move(given), [](const auto& net, const auto& in) { return simulate(net, in); });
    if (!outputs)
        return refusal(outputs.error());
    if (outputs->size() != expected.size())
        return {verdict::wrong, "another number of outputs"};
    for (std::size_t i = 0; i < expected.size(); ++i) {
        const auto d = exact ? tests::difference((*outputs)[i], expected[i].data, 0.F, 0.F)
                             : tests::difference((*outputs)[i], expected[i].data);
        if (!d.empty())
            return {verdict::wrong, "output " + std::to_string(i) + ": " + d};
        if (g[g.outputs[i]].type != expected[i].type)
            return {verdict::wrong, "output " + std::to_string(i) + " is " +
                                        std::string(name_of(g[g.outputs[i]].type)) + " instead of " +
                                        std::string(name_of(expected[i].type))};
    }
    return {};
}

/// Loads and computes a case with inputs [free, end) made constants.
outcome check(const fs::path& folder, const std::vector<io::array>& inputs, std::size_t free,
              const std::vector<io::array>& expected) {
    io::onnx_options options;
    for (std::size_t i = free; i < inputs.size(); ++i)
        options.fixed.push_back(inputs[i]);
    const auto g = io::load_onnx((folder / "model.onnx").string(), options);
    const bool exact = folder.filename().string().find("cast") != std::string::npos;
    return g ? compute(*g, inputs, expected, exact) : refusal(g.error());
}

/// The cases have everything as an input. What decides shapes must be constant here, so what is refused is
/// tried again with all inputs but the first one fixed, then with all of them.
outcome check(const fs::path& folder) {
    const auto g = io::load_onnx((folder / "model.onnx").string());
    const fs::path data = folder / "test_data_set_0";
    const auto inputs = load_tensors(data, "input");
    const auto expected = load_tensors(data, "output");
    if (!inputs || !expected)
        return refusal(!g ? g.error() : !inputs ? inputs.error() : expected.error());
    outcome o = check(folder, *inputs, inputs->size(), *expected);
    for (std::size_t free = 2; o.is == verdict::refused && free-- > 0;)
        o = check(folder, *inputs, free, *expected);
    return o;
}

std::vector<fs::path> cases_below(const fs::path& root) {
    std::vector<fs::path> out;
    for (const auto& entry : fs::recursive_directory_iterator(root))
        if (entry.path().filename() == "model.onnx")
            out.push_back(entry.path().parent_path());
    std::sort(out.begin(), out.end());
    return out;
}

TEST_CASE("the ONNX conformance cases are computed right or refused by name") {
    const fs::path root = tests::data_folder() / "onnx-conformance";
    if (tests::data_folder().empty() || !fs::exists(root))
        return tests::skip("no conformance cases (set PITH_DATA to the data folder)");
    std::size_t counts[3] = {};
    for (const auto& folder : cases_below(root)) {
        const outcome o = check(folder);
        ++counts[static_cast<std::size_t>(o.is)];
        const std::string name = folder.filename().string();
        if (o.is == verdict::refused)
            std::cout << "refused " << name << ": " << o.why << '\n';
        CHECK_MESSAGE(o.is != verdict::wrong, name, ": ", o.why);
    }
    std::cout << "conformance: " << counts[0] << " passed, " << counts[1] << " refused, " << counts[2]
              << " wrong\n";
    CHECK(counts[0] > 0);
}

} // namespace
