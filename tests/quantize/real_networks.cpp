// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <string>

#include <pith/data/samples.hpp>
#include <pith/data/spec.hpp>
#include <pith/graph/passes/simplify.hpp>
#include <pith/graph/simulate.hpp>
#include <pith/io/onnx.hpp>
#include <pith/quantize/post_training.hpp>

#include "support/compiled.hpp"
#include "support/data_folder.hpp"
#include "support/skip.hpp"

using namespace pith;

namespace {

struct task {
    const char* model;
    const char* images; ///< kind:path below PITH_DATA
    const char* calibration;
    const char* normalize;
    std::size_t real_nodes; ///< that have no integer form
};

constexpr task tasks[] = {
    {"mlperf-tiny/resnet8_cifar10.onnx", "cifar10:/cifar10/data_batch_5.bin",
     "cifar10:/cifar10/data_batch_1.bin", "none", 0},
    {"cifar-resnet/resnet20.onnx", "cifar10:/cifar10/data_batch_5.bin", "cifar10:/cifar10/data_batch_1.bin",
     "imagenet", 0},
    {"mnist-cntk/model.onnx", "mnist:/mnist", "mnist-train:/mnist", "none", 0},
    {"mnist-burn/mnist.onnx", "mnist:/mnist", "mnist-train:/mnist", "0.1307/0.3081", 1},
};

data::dataset opened(const std::string& data, std::string spec, const char* normalize) {
    spec.insert(spec.find(':') + 1, data);
    auto images = data::open_dataset(spec, {.normalize = *data::parse_normalization(normalize)});
    REQUIRE_MESSAGE(images, spec);
    return *std::move(images);
}

std::size_t best_of(const any_tensors<float>& out) {
    const auto y = std::get<0>(out[0]).data();
    return static_cast<std::size_t>(std::max_element(y.begin(), y.end()) - y.begin());
}

} // namespace

TEST_CASE("post training: real networks keep their accuracy") {
    const std::string data = tests::data_folder().string();
    if (data.empty())
        return tests::skip("no real models (set PITH_DATA to the data folder)");
    constexpr std::size_t count = 200;
    for (const auto& t : tasks) {
        CAPTURE(t.model);
        const auto g = io::load_onnx(std::string(data) + "/models/" + t.model).and_then(passes::simplify{});
        REQUIRE(g);
        const shape input = (*g)[g->inputs[0]].dims;
        const auto images = opened(data, t.images, t.normalize);
        const auto calibration = opened(data, t.calibration, t.normalize);
        const auto q =
            quantize::post_training{.calibration = data::samples_of(calibration, input), .samples = 64}(*g);
        REQUIRE(q);
        const auto all = executions_of(*q);
        CHECK(std::count_if(all.begin(), all.end(), [](const auto& e) { return e.how == execution::real; }) ==
              static_cast<std::ptrdiff_t>(t.real_nodes));
        std::size_t right_real = 0;
        std::size_t right_codes = 0;
        std::size_t agree = 0;
        for (std::size_t i = 0; i < count; ++i) {
            any_tensors<float> x;
            x.emplace_back(data::sample(images, i, input));
            const auto real = evaluate(*g, x);
            const auto codes = simulate(*q, x);
            REQUIRE(real);
            REQUIRE(codes);
            const auto label = static_cast<std::size_t>(images.label(i));
            right_real += best_of(*real) == label;
            right_codes += best_of(*codes) == label;
            agree += best_of(*real) == best_of(*codes);
        }
        CHECK(right_real >= count * 90 / 100);
        CHECK(right_codes + count * 2 / 100 >= right_real);
        CHECK(agree >= count * 97 / 100);
    }
}
