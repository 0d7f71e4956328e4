// SPDX-License-Identifier: MIT
// Training steps (forward, loss, backward, update) of whole networks at batch 128, with the kernels of every
// level this processor has. Of each, the gradients of a small batch are first compared with the portable
// kernels'.
#include <benchmark/benchmark.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <pith/graph/measure.hpp>
#include <pith/train/fit.hpp>
#include <pith/train/models.hpp>

#include "peak_f32.hpp"

using namespace pith;

namespace {

/// Pictures of noise with random classes, drawn once so that drawing is not timed.
struct noise {
    shape image;
    std::size_t classes;
    std::size_t count;
    std::vector<float> pixels;

    noise(shape dims, std::size_t of, std::size_t images) : image(dims), classes(of), count(images) {
        random_bits bits(1);
        pixels.resize(images * static_cast<std::size_t>(dims.elements()));
        for (auto& p : pixels)
            p = bits.unit() * 2 - 1;
    }
    [[nodiscard]] std::size_t size() const { return count; }
    [[nodiscard]] std::int32_t label(std::size_t i) const {
        return static_cast<std::int32_t>(i * 7 % classes);
    }
    [[nodiscard]] const shape& dims() const { return image; }
    void image_at(std::size_t i, std::span<float> out) const {
        std::copy_n(pixels.begin() + static_cast<std::ptrdiff_t>(i * out.size()), out.size(), out.begin());
    }
};

struct source {
    const noise& of;
    [[nodiscard]] std::size_t size() const { return of.size(); }
    [[nodiscard]] std::int32_t label(std::size_t i) const { return of.label(i); }
    [[nodiscard]] const shape& dims() const { return of.dims(); }
    void image(std::size_t i, std::span<float> out) const { of.image_at(i, out); }
};

std::vector<float> gradients(const graph<float>& g, arch::isa_set isa) {
    auto tape = train::tape<float>::make(g, {.batch = 4, .isa = isa});
    if (!tape)
        return {};
    random_bits bits(2);
    for (auto& e : tape->input())
        e = bits.unit() * 2 - 1;
    if (!tape->forward())
        return {};
    for (auto& e : tape->output_gradient())
        e = bits.unit() * 2 - 1;
    tape->backward();
    return {tape->parameter_gradients().begin(), tape->parameter_gradients().end()};
}

/// Distance of two vectors, relative to their length.
double distance(const std::vector<float>& a, const std::vector<float>& b) {
    double apart = a.empty() || a.size() != b.size() ? 1e9 : 0;
    double length = 1e-30;
    for (std::size_t i = 0; apart < 1e9 && i < a.size(); ++i) {
        apart += std::pow(static_cast<double>(a[i]) - static_cast<double>(b[i]), 2);
        length += std::pow(static_cast<double>(b[i]), 2);
    }
    return std::sqrt(apart / length);
}

void run(benchmark::State& state, const std::string& name, arch::isa_set isa) {
    constexpr std::int64_t batch = 128;
    const auto g = train::build_model<float>(name);
    if (!g || distance(gradients(*g, isa), gradients(*g, arch::isa::none)) > 1e-3) {
        state.SkipWithError("gradients differ from the portable kernels'");
        return;
    }
    auto made = train::trainer<float>::make(*g, {.tape = {.batch = batch, .isa = isa},
                                                 .schedule = train::constant_rate{},
                                                 .rate = 1e-3,
                                                 .epochs = 1u << 30});
    if (!made) {
        state.SkipWithError(made.error().what);
        return;
    }
    auto& t = *made;
    shape image = t.network_tape().input_dims();
    shape one;
    for (std::size_t i = 1; i < image.rank(); ++i)
        one.push_back(image[i]);
    const noise data(one, static_cast<std::size_t>(t.network_tape().output_dims()[1]), batch);
    const train::on_labels<train::cross_entropy> loss;
    for (auto _ : state)
        if (!t.step(source{data}, loss)) {
            state.SkipWithError("a step was refused");
            return;
        }
    const double images = static_cast<double>(batch) * static_cast<double>(state.iterations());
    // Forward, and backward to the inputs and to the weights: three products of the same size.
    const double operations = 3 * 2 * static_cast<double>(measure(*g).macs) * images;
    using benchmark::Counter;
    state.counters["img/s"] = Counter(images, Counter::kIsRate);
    state.counters["GFLOP/s"] = Counter(operations * 1e-9, Counter::kIsRate);
    state.counters["of_peak"] = Counter(operations * 1e-9 / benchmarks::f32_peak_gflops(), Counter::kIsRate);
}

} // namespace

int main(int argc, char** argv) {
    for (const char* name : {"resnet20", "resnet8", "lenet5", "mlp", "ds-cnn", "mobilenet-v1", "vgg-small"})
        for (const auto& level : arch::levels) {
            const auto isa = arch::allowed(level, arch::detect());
            const std::string kernels = train::kernel::best<float>(isa).name;
            if (kernels != level.name) // another level has the same kernels
                continue;
            benchmark::RegisterBenchmark(("train/" + std::string(name) + "/" + kernels).c_str(),
                                         [name, isa](benchmark::State& s) { run(s, name, isa); })
                ->Unit(benchmark::kMillisecond);
        }
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv))
        return 1;
    benchmark::AddCustomContext("float32 peak, GFLOP/s", std::to_string(benchmarks::f32_peak_gflops()));
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
}
