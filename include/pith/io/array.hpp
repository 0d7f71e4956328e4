// SPDX-License-Identifier: MIT
#ifndef PITH_IO_ARRAY_HPP
#define PITH_IO_ARRAY_HPP
/// array: a named tensor with its element type, as tensor files hold it.

#include <cstdint>
#include <string>
#include <variant>

#include "../format/dtype.hpp"
#include "../graph/graph.hpp"

namespace pith::io {

/// Real types are held as float (float64 is rounded to it), whole types and booleans as 64-bit integers
/// (uint64 by its bits); `type` says what they were.
struct array {
    std::string name;
    format::dtype type = format::dtype::f32;
    any_tensor<float> data;

    [[nodiscard]] const shape& dims() const noexcept {
        return std::visit([](const auto& t) -> const shape& { return t.dims(); }, data);
    }
    [[nodiscard]] const tensor<float>* reals() const noexcept { return std::get_if<0>(&data); }
    [[nodiscard]] const tensor<std::int64_t>* wholes() const noexcept { return std::get_if<1>(&data); }
};

} // namespace pith::io

#endif
