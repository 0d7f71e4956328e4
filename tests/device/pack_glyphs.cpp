// SPDX-License-Identifier: MIT
// pack_glyphs OUT.pith: the network trained on drawn glyphs in int8, for firmware where there is no trained
// network at hand.
#include <cstdio>
#include <utility>

#include <pith/pith.hpp>

#include "examples/glyphs_net.hpp"
#include "support/compiled.hpp"

int main(int count, char** arguments) {
    if (count != 2)
        return 2;
    const auto images =
        pith::data::open_dataset("glyphs", {.normalize = *pith::data::parse_normalization("unit")});
    auto net =
        pith::examples::glyphs_net{.images = 500, .epochs = 2}.fit().and_then(pith::passes::simplify{});
    if (!images || !net)
        return 1;
    const auto input = (*net)[net->inputs[0]].dims;
    auto packed = std::move(net)
                      .and_then(pith::quantize::post_training{
                          .calibration = pith::data::samples_of(*images, input), .samples = 32})
                      .and_then([](pith::graph<float> g) { return pith::plan::pack(std::move(g)); });
    if (!packed || !pith::io::write_file(arguments[1], *packed))
        return 1;
    std::printf("%zu bytes\n", packed->size());
    return 0;
}
