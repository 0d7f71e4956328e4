// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_VALUE_HPP
#define PITH_GRAPH_VALUE_HPP
/// The edges of a network: its inputs, its constants and what its nodes compute.

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "../base/shape.hpp"
#include "../format/dtype.hpp"
#include "../format/sparsity.hpp"
#include "encoding.hpp"
#include "learned.hpp"
#include "tensor.hpp"

namespace pith {

using value_id = std::uint32_t;
/// An optional input that a node does not have (a layer without bias).
inline constexpr value_id no_value = std::numeric_limits<value_id>::max();

/// How a value with a name of the model's file lay there. Axis i here was axis order[i] there; -1: an axis of
/// size 1 that the file did not have. (An NCHW image is [0, 2, 3, 1].)
struct file_layout {
    std::vector<std::int8_t> order;
    /// Of a flattened image whose elements are not in the file's order: the sizes that the file's last axis
    /// was made of. `order` is then of axis 0 and these.
    std::vector<std::int64_t> inner{};

    friend bool operator==(const file_layout&, const file_layout&) = default;
};

/// One edge of the network: a graph input, a constant (weights, indices) or a node's output.
template <class T>
struct value {
    std::string name;
    shape dims{};
    format::dtype type = format::dtype::f32;
    std::variant<std::monostate, tensor<T>, tensor<std::int64_t>> constant{}; ///< monostate: computed
    encoding encoded{};
    learned_codes<T> learned{};          ///< while it is trained in codes
    format::sparsity sparsity{};         ///< of a constant's elements
    std::optional<file_layout> layout{}; ///< none: the name is not one of the file's values

    [[nodiscard]] bool is_constant() const noexcept { return constant.index() != 0; }
    /// Constant real elements, or null.
    [[nodiscard]] tensor<T>* reals() noexcept { return std::get_if<1>(&constant); }
    [[nodiscard]] const tensor<T>* reals() const noexcept { return std::get_if<1>(&constant); }
    /// Constant whole elements, or null.
    [[nodiscard]] const tensor<std::int64_t>* wholes() const noexcept { return std::get_if<2>(&constant); }
    /// Whether it is to be held as codes.
    [[nodiscard]] bool is_coded() const noexcept { return encoded.is_coded(); }
};

} // namespace pith

#endif
