// SPDX-License-Identifier: MIT
// Trained networks, from ONNX to a packed program: the bits of their simulation, the answers of their float
// form, and files as small as promised.
#include "networks.hpp"

#include <algorithm>
#include <filesystem>
#include <string>

#include "pith/data/samples.hpp"
#include "pith/data/spec.hpp"
#include "pith/graph/evaluate.hpp"
#include "pith/graph/passes/simplify.hpp"
#include "pith/io/onnx.hpp"
#include "pith/quantize/post_training.hpp"
#include "support/compiled.hpp"
#include "support/data_folder.hpp"
#include "support/skip.hpp"

namespace {

struct task {
    const char* model;
    const char* images; ///< kind:path below PITH_DATA
    const char* normalize;
    double most; ///< file bytes, relative to the ONNX file
};

constexpr task tasks[] = {
    {"mlperf-tiny/resnet8_cifar10.onnx", "cifar10:/cifar10/data_batch_1.bin", "none", 0.27},
    {"cifar-resnet/resnet20.onnx", "cifar10:/cifar10/data_batch_1.bin", "imagenet", 0.27},
    {"mnist-cntk/model.onnx", "mnist:/mnist", "none", 0.35},
    {"mnist-burn/mnist.onnx", "mnist:/mnist", "0.1307/0.3081", 0.27},
    {"mlperf-tiny/mobilenetv1_025_vww96.onnx", "random", "none", 0.35},
    {"mlperf-tiny/autoencoder_ad01.onnx", "random", "none", 0.30},
    {"mlperf-tiny/streaming_wakeword_dscnn.onnx", "random", "none", 0.60},
    {"kws-int8/micro_kws_m_static_fp32.onnx", "random", "none", 0.45},
    {"ultraface/version-slim-320_simplified.onnx", "random", "none", 0.35},
};

/// Images of the task, or noise in the input's shape.
flow::inputs sample(const task& t, const std::string& data, const flow::network& g, std::size_t i) {
    if (std::string(t.images) == "random")
        return flow::random_inputs(g, 100 + i);
    std::string spec = t.images;
    spec.insert(spec.find(':') + 1, data);
    const auto images =
        pith::data::open_dataset(spec, {.normalize = *pith::data::parse_normalization(t.normalize)});
    REQUIRE(images);
    flow::inputs in;
    in.emplace_back(pith::data::sample(*images, i, g[g.inputs[0]].dims));
    return in;
}

TEST_CASE("real networks") {
    const std::string data = pith::tests::data_folder().string();
    if (data.empty())
        return pith::tests::skip("no real models (set PITH_DATA to the data folder)");
    for (const auto& t : tasks) {
        CAPTURE(t.model);
        const std::string path = std::string(data) + "/models/" + t.model;
        const auto g = pith::io::load_onnx(path).and_then(pith::passes::simplify{});
        if (!g)
            FAIL(g.error().what, " ", g.error().where);
        const auto source = [&](std::size_t i) -> std::optional<pith::any_tensors<float>> {
            return i < 8 ? std::optional(sample(t, data, *g, i)) : std::nullopt;
        };
        const auto q = pith::quantize::post_training{.calibration = source}(*g);
        REQUIRE(q);
        const auto codes = flow::pack(*q);
        const double ratio =
            static_cast<double>(codes.bytes.size()) / static_cast<double>(std::filesystem::file_size(path));
        CHECK(ratio <= t.most);
        const auto real = flow::pack(*g);
        std::size_t compared = 0;
        for (const auto isa : flow::levels()) {
            CAPTURE(isa);
            const auto c = flow::compare(*q, codes, sample(t, data, *g, 8), isa);
            CHECK(c.codes > 0);
            CHECK(flow::compare(*g, real, sample(t, data, *g, 9), isa).worst < 1e-4);
            compared = c.codes;
        }
        MESSAGE(t.model << ": " << codes.bytes.size() << " bytes, " << ratio << " of the model; arena "
                        << codes.draft.arena_bytes << "; " << codes.draft.ops.size() << " operations, "
                        << compared << " comparisons per level; float arena " << real.draft.arena_bytes);
    }
}

} // namespace
