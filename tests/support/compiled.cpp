// SPDX-License-Identifier: MIT
#include "support/compiled.hpp"
#include "support/compiled_pack.hpp"

namespace pith {

template result<any_tensors<float>> evaluate(const graph<float>&, view<const any_tensor<float>>,
                                             ignore_values&&);
template result<any_tensors<float>> simulate(const graph<float>&, view<const any_tensor<float>>,
                                             ignore_values&&);
template result<graph<float>> io::parse_onnx<float>(bytes_view, const io::onnx_options&);
template result<std::vector<std::byte>> io::onnx_bytes(const graph<float>&, const io::onnx_write_options&);
template result<std::vector<std::byte>> plan::pack(graph<float>, const plan::pack_options&);

} // namespace pith
