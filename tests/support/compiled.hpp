// SPDX-License-Identifier: MIT
#ifndef PITH_TESTS_SUPPORT_COMPILED_HPP
#define PITH_TESTS_SUPPORT_COMPILED_HPP
/// The library, its largest functions compiled once for all tests (compiled.cpp), in double precision too.

#include <span>
#include <vector>

#include <pith/compiled.hpp>

namespace pith {

namespace tests {
using double_tensors = result<any_tensors<double>>;
} // namespace tests

PITH_COMPILED result<graph<double>> io::parse_onnx<double>(bytes_view, const io::onnx_options&);
PITH_COMPILED tests::double_tensors detail::compute(const graph<double>&, const node<layer_list>&,
                                                    tensor_inputs<double>);
PITH_COMPILED tests::double_tensors evaluate(const graph<double>&, std::span<const any_tensor<double>>,
                                             ignore_values&&);
PITH_COMPILED result<train::tape<double>>
train::tape<double>::make(graph<double>, const train::tape_options&,
                          const std::vector<train::learned_constant>&);
PITH_COMPILED result<void> train::tape<double>::forward();
PITH_COMPILED void train::tape<double>::backward();

} // namespace pith

#endif
