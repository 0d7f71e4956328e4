// SPDX-License-Identifier: MIT
// A residual network for drawn digits, trained with a loss of its own, made int8 and saved: residual OUT.pith

#include <cmath>
#include <cstdio>

#include <pith/compiled.hpp>

using namespace pith;

struct poly_loss { // cross entropy + 1 - p (Leng et al., "PolyLoss", 2022)
    float operator()(train::rows<const float> z, train::labels_view labels, train::rows<float> g) const {
        const float share = 1.F / static_cast<float>(z.size());
        float loss = 0;
        for (std::size_t r = 0; r < z.size(); ++r) {
            const auto label = static_cast<std::size_t>(labels[r]);
            const float norm = train::log_sum_exp<float>(z[r]);
            const float p = std::exp(z[r][label] - norm);
            loss += share * (norm - z[r][label] + 1 - p);
            for (std::size_t i = 0; i < z.columns; ++i)
                g[r][i] = share * (1 + p) * (std::exp(z[r][i] - norm) - (i == label ? 1.F : 0.F));
        }
        return loss;
    }
};

int main(int argc, char** argv) {
    const data::dataset_options unit{.normalize = *data::parse_normalization("unit")};
    const auto images = data::open_dataset("glyphs-train", unit);
    const auto held_out = data::open_dataset("glyphs", unit);
    const auto samples = data::samples_of(*images, {1, 28, 28, 1});
    graph_builder<float> b;
    const auto conv = [&b](auto x, std::int64_t out, std::uint32_t by = 1) {
        return b.normalize(b.conv(x, {.out = out, .strides = {by, by}, .pads = {1, 1, 1, 1}, .bias = false}));
    };
    auto x = b.relu(conv(b.input({1, 28, 28, 1}, "image"), 8, 2));
    for (const int width : {16, 32}) {
        x = b.relu(conv(x, width, 2));
        x = b.relu(b.add(x, conv(b.relu(conv(x, width)), width)));
    }
    auto session = std::move(b)
                       .finish({b.fully_connected(b.flatten(b.global_average(x)), 10)})
                       .transform(train::initialize{.seed = 1})
                       .and_then(train::fit(*images, *held_out, {.rate = 0.2, .epochs = 1}, poly_loss{}))
                       .and_then(passes::simplify{})
                       .and_then(quantize::post_training{.calibration = samples})
                       .and_then(plan::pack_for{})
                       .and_then([](const auto& program) { return run::session::open(program); });
    if (argc != 2 || !session || !io::save_program(session->program().bytes(), argv[1])) {
        std::fprintf(stderr, "residual: %s\n", session ? "it takes a file to write" : session.error().what);
        return 1;
    }
    int right = 0;
    for (std::size_t i = 0; i < held_out->size(); ++i) {
        held_out->image(i, session->input(0));
        session->run();
        right += static_cast<int>(train::argmax<float>(session->output(0))) == held_out->label(i) ? 1 : 0;
    }
    std::printf("%d of %zu right, %zu bytes\n", right, held_out->size(), session->program().bytes().size());
}
