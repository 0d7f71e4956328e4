// SPDX-License-Identifier: MIT
#include "compiled.hpp"

namespace pith {

template tests::tensors_result evaluate(const graph<float>&, view<const any_tensor<float>>, ignore_values&&);
template tests::tensors_result simulate(const graph<float>&, view<const any_tensor<float>>, ignore_values&&);
template result<graph<float>> io::parse_onnx<float>(bytes_view, const io::onnx_options&);
template tests::bytes_result io::onnx_bytes(const graph<float>&, const io::onnx_write_options&);
template tests::bytes_result plan::pack(graph<float>, const plan::pack_options&);

} // namespace pith
