// SPDX-License-Identifier: MIT
#ifndef PITH_RUN_EXECUTE_MOVEMENT_HPP
#define PITH_RUN_EXECUTE_MOVEMENT_HPP
/// Runs operations that move elements.

#include <cstddef>
#include <cstdint>

#include "execution.hpp"

namespace pith::run::detail {

inline void run_copy(const execution& x, op_view op) noexcept {
    using record = copy_record;
    const auto r = op.as<record>();
    const tensor_record in = x.program.tensor(r.op.input);
    const tensor_record out = x.program.tensor(r.op.output);
    const auto bytes = static_cast<std::ptrdiff_t>(element_bytes(in));
    kernel::copy_args a;
    a.input = x.read<std::byte>(in) + r.input_first * bytes;
    a.output = x.write<std::byte>(out) + r.output_first * bytes;
    a.element_bytes = static_cast<std::uint32_t>(bytes);
    a.rank = r.rank;
    for (std::size_t i = 0; i < r.rank; ++i) {
        a.sizes[i] = op.word<record>(i);
        a.input_strides[i] = op.step<record>(r.rank + i);
        a.output_strides[i] = op.step<record>(2 * std::size_t{r.rank} + i);
    }
    x.kernels.copy->run(a);
}

inline void run_pad(const execution& x, op_view op) noexcept {
    using record = pad_record;
    const auto r = op.as<record>();
    const tensor_record in = x.program.tensor(r.op.input);
    kernel::pad_args a;
    a.input = x.read<std::byte>(in);
    a.output = x.write<std::byte>(x.program.tensor(r.op.output));
    a.element_bytes = static_cast<std::uint32_t>(element_bytes(in));
    a.rank = r.rank;
    for (std::size_t i = 0; i < r.rank; ++i) {
        a.sizes[i] = op.word<record>(i);
        a.before[i] = op.step<record>(r.rank + i);
        a.after[i] = op.step<record>(2 * std::size_t{r.rank} + i);
    }
    a.mode = static_cast<format::pad_mode>(r.mode);
    a.fill = r.fill;
    x.kernels.pad->run(a);
}

[[nodiscard]] inline kernel::resize_axis_taps taps_of(const execution& x, std::uint32_t indices,
                                                      std::uint32_t weights, std::uint32_t outputs,
                                                      std::uint32_t taps) noexcept {
    kernel::resize_axis_taps t;
    t.indices = x.constant<std::int32_t>(indices);
    t.weights = taps != 1 ? x.constant<float>(weights) : nullptr; // one tap has none
    t.outputs = outputs;
    return t;
}

inline void run_resize(const execution& x, op_view op) noexcept {
    const auto r = op.as<resize_record>();
    const tensor_record in = x.program.tensor(r.op.input);
    const tensor_record out = x.program.tensor(r.op.output);
    const auto rows = taps_of(x, r.row_indices, r.row_weights, out.dims[1], r.taps);
    const auto columns = taps_of(x, r.column_indices, r.column_weights, out.dims[2], r.taps);
    const auto fill = [&](auto& a) {
        a.channels = in.dims[3];
        a.rows = rows;
        a.columns = columns;
        a.input_strides = strides_of(in);
        a.output_strides = strides_of(out);
    };
    for (std::uint32_t image = 0; image < out.dims[0]; ++image) {
        if (type_of(in) == format::dtype::u8) {
            kernel::resize_u8_args a;
            fill(a);
            a.input = x.read<std::uint8_t>(in) + image_start(in, image);
            a.output = x.write<std::uint8_t>(out) + image_start(out, image);
            x.kernels.resize_u8->run(a);
        } else {
            kernel::resize_f32_args a;
            fill(a);
            a.taps = r.taps;
            a.input = x.read<float>(in) + image_start(in, image);
            a.output = x.write<float>(out) + image_start(out, image);
            x.kernels.resize_f32->run(a);
        }
    }
}

inline void run_gather(const execution& x, op_view op) noexcept {
    const auto r = op.as<gather_record>();
    kernel::gather_args a;
    a.input = x.read<std::byte>(x.program.tensor(r.op.input));
    a.indices = x.read<std::int32_t>(x.program.tensor(r.op.second));
    a.output = x.write<std::byte>(x.program.tensor(r.op.output));
    a.outer = r.outer;
    a.axis = r.axis;
    a.count = r.count;
    a.inner_bytes = r.inner_bytes;
    x.kernels.gather->run(a);
}

inline void run_convert(const execution& x, op_view op) noexcept {
    const op_record r = op.head();
    const tensor_record in = x.program.tensor(r.input);
    const tensor_record out = x.program.tensor(r.output);
    kernel::convert_args a;
    a.input = x.read<std::byte>(in);
    a.output = x.write<std::byte>(out);
    a.count = static_cast<std::size_t>(elements_of(in));
    a.from = type_of(in);
    a.to = type_of(out);
    x.kernels.convert->run(a);
}

} // namespace pith::run::detail

#endif
