// SPDX-License-Identifier: MIT
// From a trained float network to an int8 program and its answer: quickstart MODEL.onnx IMAGES
// IMAGES is any data set the tool understands, e.g. cifar10:data_batch_1.bin

#include <algorithm>
#include <cstdio>

#include <pith/pith.hpp>

int main(int argc, char** argv) {
    if (argc != 3) {
        std::fprintf(stderr, "usage: quickstart MODEL.onnx IMAGES\n");
        return 2;
    }
    const auto fail = [](const pith::fault& f) {
        std::fprintf(stderr, "quickstart: %s: %s\n", f.what, f.where);
        return 1;
    };

    auto network = pith::io::load_onnx(argv[1]).and_then(pith::passes::simplify{});
    if (!network)
        return fail(network.error());
    const auto images = pith::data::open_dataset(argv[2]);
    if (!images)
        return fail(images.error());

    const auto samples = pith::data::samples_of(*images, (*network)[network->inputs[0]].dims);
    auto session = std::move(network)
                       .and_then(pith::quantize::post_training{.calibration = samples})
                       .and_then(pith::plan::pack_for{})
                       .and_then([](const auto& program) { return pith::run::session::open(program); });
    if (!session)
        return fail(session.error());

    images->image(0, session->input(0));
    session->run();
    const auto scores = session->output(0);
    std::printf("class %td, in a program of %zu bytes\n",
                std::max_element(scores.begin(), scores.end()) - scores.begin(),
                session->program().bytes().size());
    return 0;
}
