// SPDX-License-Identifier: MIT
#ifndef PITH_TESTS_SUPPORT_COMPILED_HPP
#define PITH_TESTS_SUPPORT_COMPILED_HPP
/// The library's largest functions, compiled once (compiled.cpp) for every test that calls them. Test
/// programs that link pith_test_compiled have this before their first line.

#include <cstddef>
#include <vector>

#include <pith/graph/evaluate.hpp>
#include <pith/graph/simulate.hpp>
#include <pith/io/onnx.hpp>
#include <pith/io/onnx_write.hpp>
#include <pith/plan/pack.hpp>

namespace pith {

namespace tests {
using bytes_result = result<std::vector<std::byte>>;
using tensors_result = result<any_tensors<float>>;
} // namespace tests

extern template tests::tensors_result evaluate(const graph<float>&, view<const any_tensor<float>>,
                                               ignore_values&&);
extern template tests::tensors_result simulate(const graph<float>&, view<const any_tensor<float>>,
                                               ignore_values&&);
extern template result<graph<float>> io::parse_onnx<float>(bytes_view, const io::onnx_options&);
extern template tests::bytes_result io::onnx_bytes(const graph<float>&, const io::onnx_write_options&);
extern template tests::bytes_result plan::pack(graph<float>, const plan::pack_options&);

} // namespace pith

#endif
