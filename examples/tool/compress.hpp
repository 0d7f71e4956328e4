// SPDX-License-Identifier: MIT
#ifndef PITH_EXAMPLES_TOOL_COMPRESS_HPP
#define PITH_EXAMPLES_TOOL_COMPRESS_HPP
/// `pith compress`: a float ONNX model becomes a .pith program.

#include <cstddef>
#include <cstdio>
#include <optional>
#include <string>
#include <utility>

#include "data.hpp"
#include "model.hpp"
#include "report.hpp"

namespace tool {

struct compress_options {
    std::string model;
    std::string out;
    std::string data;
    std::string normalize = "none";
    std::string quantize = "int8"; ///< or "none"
    std::string observer = "minmax";
    std::string json;
    std::size_t samples = 256;
};

/// Annotates `g` with int8 codes, calibrated on the first `samples` images of `data`.
[[nodiscard]] inline pith::result<pith::graph<float>> quantized(pith::graph<float> g,
                                                                const pith::io::dataset& data,
                                                                std::size_t samples,
                                                                pith::quantize::observer observer) {
    if (g.inputs.size() != 1)
        return pith::fault{pith::errc::unsupported,
                           "calibration from a data set needs a model with one input"};
    const auto images = pith::io::samples_of(data, g[g.inputs[0]].dims);
    const std::size_t total = samples < data.size() ? samples : data.size();
    progress line("calibrate", total);
    return pith::quantize::post_training{
        .calibration =
            [&](std::size_t i) {
                line.reached(i);
                return images(i);
            },
        .samples = total,
        .activations = {.kind = observer},
    }(std::move(g));
}

[[nodiscard]] inline pith::result<pith::graph<float>> quantize_for(pith::graph<float> g,
                                                                   const compress_options& o) {
    const auto observer = pith::quantize::observer_named(o.observer);
    if (!observer)
        return pith::fault{pith::errc::bad_option, "--observer is minmax, percentile, mse or entropy",
                           o.observer};
    if (o.data.empty())
        return pith::fault{pith::errc::bad_option,
                           "int8 needs calibration images: add --data SET (see `pith compress --help`)"};
    if (g.inputs.size() != 1)
        return pith::fault{pith::errc::unsupported,
                           "calibration from a data set needs a model with one input"};
    pith::shape image;
    const pith::shape& dims = g[g.inputs[0]].dims;
    for (std::size_t i = 1; i < dims.rank(); ++i)
        image.push_back(dims[i]);
    const auto data = open_data(o.data, o.normalize, image, g.input_layouts[0].permutation);
    if (!data)
        return data.error();
    return quantized(std::move(g), *data, o.samples, *observer);
}

inline exit_code run_compress(const compress_options& o) {
    if (!o.out.ends_with(".pith"))
        return refuse({pith::errc::bad_option, "--out must end in .pith", o.out});
    if (o.quantize != "int8" && o.quantize != "none")
        return refuse({pith::errc::bad_option, "--quantize is int8 or none", o.quantize});
    if (!is_onnx(o.model))
        return refuse({pith::errc::bad_option, "compress reads .onnx models", o.model});
    auto onnx = pith::io::read_file(o.model);
    if (!onnx)
        return refuse(onnx.error());
    const std::size_t onnx_bytes = onnx->size();
    auto g = pith::io::parse_onnx(*onnx).and_then(pith::passes::simplify{});
    if (g && o.quantize == "int8")
        g = quantize_for(std::move(*g), o);
    if (!g)
        return refuse(g.error());
    const auto bytes = pith::plan::pack(std::move(*g));
    if (!bytes)
        return refuse(bytes.error());
    if (const auto written = pith::io::write_file(o.out, *bytes); !written)
        return refuse(written.error());
    const double ratio = static_cast<double>(bytes->size()) / static_cast<double>(onnx_bytes);
    std::printf("%s: %s bytes, %.3f of %s's %s\n", o.out.c_str(), grouped(bytes->size()).c_str(), ratio,
                o.model.c_str(), grouped(onnx_bytes).c_str());
    auto report = json::writer::object();
    report.add("file_bytes", bytes->size()).add("onnx_bytes", onnx_bytes).add("ratio", ratio);
    if (const auto written = write_report(o.json, report); !written)
        return refuse(written.error());
    return done;
}

} // namespace tool

#endif
