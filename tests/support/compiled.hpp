// SPDX-License-Identifier: MIT
#ifndef PITH_TESTS_SUPPORT_COMPILED_HPP
#define PITH_TESTS_SUPPORT_COMPILED_HPP
/// The library's largest templates, compiled once for all tests that use them; plan::pack is in
/// compiled_pack.hpp.

#include <cstddef>
#include <vector>

#include <pith/graph/evaluate.hpp>
#include <pith/graph/simulate.hpp>
#include <pith/io/onnx.hpp>
#include <pith/io/onnx_write.hpp>

namespace pith {

extern template result<any_tensors<float>> evaluate(const graph<float>&, view<const any_tensor<float>>,
                                                    ignore_values&&);
extern template result<any_tensors<float>> simulate(const graph<float>&, view<const any_tensor<float>>,
                                                    ignore_values&&);
extern template result<graph<float>> io::parse_onnx<float>(bytes_view, const io::onnx_options&);
extern template result<std::vector<std::byte>> io::onnx_bytes(const graph<float>&,
                                                              const io::onnx_write_options&);

} // namespace pith

#endif
