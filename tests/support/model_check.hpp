// SPDX-License-Identifier: MIT
#ifndef PITH_TESTS_SUPPORT_MODEL_CHECK_HPP
#define PITH_TESTS_SUPPORT_MODEL_CHECK_HPP
/// What every model to train must do.

#include <cstddef>
#include <cstdint>

#include <doctest/doctest.h>
#include <pith/graph/infer.hpp>
#include <pith/train/learned.hpp>

namespace pith::tests {

/// As many parameters as its paper says, any batch, and grey images of another size.
template <class Model>
void check_model(Model model, std::size_t parameters) {
    auto g = model.template build<float>(1);
    REQUIRE(g);
    std::size_t n = 0;
    for (const auto& l : train::learned_constants(*g))
        n += (*g)[l.id].reals()->size();
    CHECK(n == parameters);
    REQUIRE(set_batch(*g, 3));
    CHECK((*g)[g->outputs[0]].dims == shape{3, model.classes});
    model.input = {1, 28, 28, 1};
    model.classes = 10;
    const auto grey = model.template build<float>(1);
    REQUIRE(grey);
    CHECK((*grey)[grey->inputs[0]].dims == shape{1, 28, 28, 1});
    CHECK((*grey)[grey->outputs[0]].dims == shape{1, 10});
}

} // namespace pith::tests

#endif
