// SPDX-License-Identifier: MIT
// The kernels of training one by one, of every level this processor has, on an image of 32 x 32 x 64 with 3x3
// windows. Each is first compared with the portable kernel.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include <pith/arch/detect.hpp>
#include <pith/train/kernel/best.hpp>

#include "operands.hpp"
#include "timing.hpp"

using namespace pith;
using benchmarks::operand;

namespace {

constexpr std::size_t side = 32, channels = 64, kernel_side = 3;
constexpr std::size_t pixels = side * side;
constexpr std::size_t elements = pixels * channels;
constexpr std::size_t depth = kernel_side * kernel_side * channels;
constexpr std::size_t padded_row = (side + kernel_side - 1) * channels;
constexpr std::ptrdiff_t column = channels;

using table = train::kernel::table<float>;

/// What is read; noise.
struct inputs {
    operand<float> image{padded_row * (side + kernel_side - 1) + 64}; ///< with its border
    operand<float> x{elements}, y{elements}, gradient{elements};
    operand<float> weights{channels * depth};
    operand<float> scale{channels}, offset{channels}, shift{channels};
    std::vector<std::ptrdiff_t> rows, taps;

    inputs() {
        for (std::size_t r = 0; r < kernel_side; ++r) {
            rows.push_back(static_cast<std::ptrdiff_t>(r * padded_row));
            for (std::size_t c = 0; c < kernel_side; ++c)
                taps.push_back(static_cast<std::ptrdiff_t>(r * padded_row + c * channels));
        }
    }
    /// One run for each row, or for each element of a depthwise window.
    [[nodiscard]] train::kernel::run_list window(bool depthwise) const {
        if (depthwise)
            return {taps.data(), taps.size(), channels};
        return {rows.data(), rows.size(), kernel_side * channels};
    }
};

/// One kernel of a table. `out` is written, or added to.
struct operation {
    const char* name;
    benchmarks::rate unit;
    std::size_t outputs;
    std::function<void(const table&, const float* packed, float* out)> run;
};

/// The weights of a convolution as a table's kernels read them: [panel][depth][lanes].
std::vector<float> packed_for(const table& k, const float* weights) {
    std::vector<float> packed((channels + k.lanes - 1) / k.lanes * k.lanes * depth);
    for (std::size_t c = 0; c < channels; ++c)
        for (std::size_t d = 0; d < depth; ++d)
            packed[(c / k.lanes * depth + d) * k.lanes + c % k.lanes] = weights[c * depth + d];
    return packed;
}

train::kernel::conv_job<float> convolution(const inputs& in, const float* image, const float* weights,
                                           bool depthwise, float* out) {
    train::kernel::conv_job<float> j;
    j.in = image;
    j.in_row = padded_row;
    j.in_column = column;
    j.window = in.window(depthwise);
    j.weights = weights;
    j.out = out;
    j.out_row = side * channels;
    j.out_column = column;
    j.rows = j.columns = side;
    j.channels = channels;
    return j;
}

train::kernel::conv_weights_job<float> weight_gradient(const inputs& in, const float* image,
                                                       const float* gradient, bool depthwise, float* out) {
    train::kernel::conv_weights_job<float> j;
    j.in = image;
    j.in_row = padded_row;
    j.in_column = column;
    j.window = in.window(depthwise);
    j.gradient = gradient;
    j.gradient_row = side * channels;
    j.gradient_column = column;
    j.rows = j.columns = side;
    j.channels = channels;
    j.weights = out;
    j.weights_stride = depthwise ? channels : depth;
    return j;
}

/// Products, in GFLOP/s.
void add_products(std::vector<operation>& all, inputs& in) {
    const benchmarks::rate dense{"GFLOP/s", 2. * pixels * channels * depth};
    const benchmarks::rate depthwise{"GFLOP/s", 2. * pixels * depth};
    all.push_back({"conv", dense, elements, [&in](const table& k, const float* packed, float* out) {
                       k.conv(convolution(in, in.image.data(), packed, false, out));
                   }});
    all.push_back({"conv_weights", dense, channels * depth, [&in](const table& k, const float*, float* out) {
                       k.conv_weights(weight_gradient(in, in.image.data(), in.gradient.data(), false, out));
                   }});
    all.push_back({"depthwise", depthwise, elements, [&in](const table& k, const float*, float* out) {
                       k.depthwise(convolution(in, in.image.data(), in.weights.data(), true, out));
                   }});
    all.push_back({"depthwise_weights", depthwise, depth, [&in](const table& k, const float*, float* out) {
                       k.depthwise_weights(
                           weight_gradient(in, in.image.data(), in.gradient.data(), true, out));
                   }});
}

/// Normalisations, in elements.
void add_channels(std::vector<operation>& all, inputs& in) {
    const benchmarks::rate unit{"Gelements/s", elements};
    all.push_back({"moments", unit, 2 * channels, [&in](const table& k, const float*, float* out) {
                       k.moments({.pixels = pixels,
                                  .channels = channels,
                                  .x = in.x.data(),
                                  .shift = in.shift.data(),
                                  .sum = out,
                                  .squares = out + channels});
                   }});
    all.push_back({"normalize", unit, elements, [&in](const table& k, const float*, float* out) {
                       k.normalize({.pixels = pixels,
                                    .channels = channels,
                                    .x = in.x.data(),
                                    .scale = in.scale.data(),
                                    .offset = in.offset.data(),
                                    .residual = in.y.data(),
                                    .rectify = true,
                                    .y = out});
                   }});
    const auto gradient = [&in](float* out) {
        return train::kernel::channels_gradient_job<float>{.pixels = pixels,
                                                           .channels = channels,
                                                           .x = in.x.data(),
                                                           .y = in.y.data(),
                                                           .gradient = in.gradient.data(),
                                                           .scale = in.scale.data(),
                                                           .offset = in.offset.data(),
                                                           .rectify = true,
                                                           .shift = in.shift.data(),
                                                           .sum = out,
                                                           .product = out + channels,
                                                           .slope = in.scale.data(),
                                                           .constant = in.offset.data(),
                                                           .dx = out};
    };
    all.push_back({"gradient_sums", unit, 2 * channels,
                   [gradient](const table& k, const float*, float* out) { k.gradient_sums(gradient(out)); }});
    all.push_back({"gradient", unit, elements,
                   [gradient](const table& k, const float*, float* out) { k.gradient(gradient(out)); }});
}

void add_elements(std::vector<operation>& all, inputs& in) {
    const benchmarks::rate unit{"Gelements/s", elements};
    const auto job = [&in](float* out) {
        return train::kernel::elements_job<float>{.count = elements,
                                                  .x = in.x.data(),
                                                  .gradient = in.gradient.data(),
                                                  .y = out,
                                                  .accumulate = false};
    };
    all.push_back(
        {"copy", unit, elements, [job](const table& k, const float*, float* out) { k.copy(job(out)); }});
    all.push_back({"rectify", unit, elements,
                   [job](const table& k, const float*, float* out) { k.rectify(job(out)); }});
    all.push_back({"rectify_gradient", unit, elements,
                   [job](const table& k, const float*, float* out) { k.rectify_gradient(job(out)); }});
}

void time(benchmark::State& state, const operation& o, inputs& in, const table& k) {
    const auto packed = packed_for(k, in.weights.data());
    std::vector<float> out(o.outputs);
    o.run(k, packed.data(), out.data());
    const auto portable = train::kernel::best<float>(arch::isa::none);
    std::vector<float> expected(o.outputs);
    o.run(portable, packed_for(portable, in.weights.data()).data(), expected.data());
    float most = 0;
    for (const float e : expected)
        most = std::max(most, std::fabs(e));
    if (most == 0 || benchmarks::distance(out.data(), expected.data(), o.outputs) > 1e-4f * most) {
        state.SkipWithError("differs from portable");
        return;
    }
    benchmarks::time_calls(state, o.unit, [&] { o.run(k, packed.data(), out.data()); });
}

} // namespace

int main(int argc, char** argv) {
    inputs in;
    std::vector<operation> all;
    add_products(all, in);
    add_channels(all, in);
    add_elements(all, in);
    for (const auto& o : all)
        for (const auto& level : arch::levels) {
            const table k = train::kernel::best<float>(arch::allowed(level, arch::detect()));
            if (k.name != level.name) // another level has the same kernels
                continue;
            benchmark::RegisterBenchmark(("train_kernels/" + std::string(o.name) + "/" + k.name).c_str(),
                                         [&o, &in, k](benchmark::State& state) { time(state, o, in, k); });
        }
    return benchmarks::run_all(argc, argv);
}
