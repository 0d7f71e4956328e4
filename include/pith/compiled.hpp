// SPDX-License-Identifier: MIT
#ifndef PITH_COMPILED_HPP
#define PITH_COMPILED_HPP
/// pith.hpp with its largest functions compiled once for a whole program: include this in place of it, and
/// link the CMake target pith::compiled, or define PITH_COMPILE before it in exactly one source file. All
/// files need the same compiler options, as with any template. The other files do not see how ONNX is read
/// and written: PITH_COMPILED in place of `template` before an explicit instantiation compiles these, and
/// templates of one's own, for other scalars and layers in that one file too.

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#ifdef PITH_COMPILE
#define PITH_COMPILED template
#else
#define PITH_COMPILED extern template
#define PITH_COMPILED_ELSEWHERE // some headers leave out definitions
#endif

#include "pith.hpp"

namespace pith {

namespace detail {
using compiled_bytes = result<std::vector<std::byte>>;
using compiled_tensors = result<any_tensors<float>>;
using compiled_values = result<simulated_values<float>>;
using compiled_session = result<run::session>;
} // namespace detail

PITH_COMPILED result<graph<float>> io::parse_onnx<float>(bytes_view, const io::onnx_options&);
PITH_COMPILED detail::compiled_bytes io::onnx_bytes(const graph<float>&, const io::onnx_write_options&);
PITH_COMPILED result<value_infos> infer_layer(const layer_list::any&, std::span<const value_info>);
PITH_COMPILED detail::compiled_tensors detail::compute(const graph<float>&, const node<layer_list>&,
                                                       tensor_inputs<float>);
PITH_COMPILED detail::compiled_tensors evaluate(const graph<float>&, std::span<const any_tensor<float>>,
                                                ignore_values&&);
PITH_COMPILED detail::compiled_values detail::simulate_codes(detail::simulation<float, layer_list>&,
                                                             const node<layer_list>&, const node_execution&);
PITH_COMPILED detail::compiled_values detail::simulate_real(detail::simulation<float, layer_list>&,
                                                            const node<layer_list>&, const node_execution&);
PITH_COMPILED detail::compiled_tensors simulate(const graph<float>&, std::span<const any_tensor<float>>,
                                                ignore_values&&);
PITH_COMPILED result<graph<float>> passes::simplify::operator()(graph<float>) const;
PITH_COMPILED result<graph<float>>
    quantize::post_training_of<quantize::uniform>::operator()(graph<float>) const;
PITH_COMPILED result<graph<float>> quantize::commit_with<passes::simplify>::operator()(graph<float>) const;
PITH_COMPILED result<train::tape<float>>
train::tape<float>::make(graph<float>, const train::tape_options&,
                         const std::vector<train::learned_constant>&);
PITH_COMPILED result<void> train::tape<float>::forward();
PITH_COMPILED void train::tape<float>::backward();
PITH_COMPILED detail::compiled_bytes plan::pack(graph<float>, const plan::pack_options&);
PITH_COMPILED run::kernel_set run::kernels_for<run::op_list, on_use>(arch::isa_set) noexcept;
PITH_COMPILED result<run::program_view> run::basic_program_view<run::op_list>::open(bytes_view) noexcept;
PITH_COMPILED detail::compiled_session
run::basic_session<run::op_list>::open<on_use>(bytes_view, const run::session_options&);
PITH_COMPILED detail::compiled_session
run::basic_session<run::op_list>::open<on_use>(buffer, const run::session_options&);
PITH_COMPILED void run::execute(const run::program_view&, std::span<std::byte>,
                                const run::kernel_set&) noexcept;
PITH_COMPILED result<data::dataset> data::open_dataset(std::string_view, const data::dataset_options&);

} // namespace pith

#endif
