// SPDX-License-Identifier: MIT
#include <cstddef>
#include <variant>
#include <vector>

#include <doctest/doctest.h>
#include <pith/data/samples.hpp>
#include <pith/data/spec.hpp>

using namespace pith;

TEST_CASE("samples: images one by one in the shape of the input, until they end") {
    const auto images = data::open_dataset("glyphs");
    REQUIRE(images);
    const auto next = data::samples_of(*images, {8, 28, 28, 1}); // whatever the input's batch
    const auto first = next(0);
    REQUIRE(first);
    REQUIRE(first->size() == 1);
    CHECK(dims_of((*first)[0]) == shape{1, 28, 28, 1});
    std::vector<float> image(28 * 28);
    images->image(0, image);
    for (std::size_t i = 0; i < image.size(); ++i)
        CHECK(std::get<0>((*first)[0])[i] == image[i]);
    CHECK(next(images->size() - 1));
    CHECK(!next(images->size()));
    CHECK(!data::samples_of(*images, {1, 28, 27, 1})(0)); // another size
}
