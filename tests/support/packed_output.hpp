// SPDX-License-Identifier: MIT
#ifndef PITH_TESTS_SUPPORT_PACKED_OUTPUT_HPP
#define PITH_TESTS_SUPPORT_PACKED_OUTPUT_HPP
/// A network of one input and one output, packed and run once.

#include <algorithm>
#include <variant>

#include <doctest/doctest.h>

#include <pith/pith.hpp>

namespace pith::tests {

template <class Operations = run::op_list, class Layers>
tensor<float> packed_output(const graph<float, Layers>& g, const any_tensors<float>& x) {
    const auto bytes = plan::pack<Operations>(g);
    REQUIRE(bytes.has_value());
    auto program = run::basic_session<Operations>::open(*bytes);
    REQUIRE(program.has_value());
    const auto& elements = std::get<0>(x[0]).data();
    std::copy(elements.begin(), elements.end(), program->input(0).begin());
    program->run();
    const auto y = program->output(0);
    return {program->program().output(0).dims, {y.begin(), y.end()}};
}

} // namespace pith::tests

#endif
