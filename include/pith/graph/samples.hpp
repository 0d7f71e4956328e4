// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_SAMPLES_HPP
#define PITH_GRAPH_SAMPLES_HPP
/// Where methods that look at a network at work get its inputs from.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "tensor.hpp"
#include "value_info.hpp"

namespace pith {

/// The network's inputs for sample `index`, or nothing when there are no more.
using sample_source = std::function<std::optional<any_tensors<float>>(std::size_t index)>;

/// Samples that are all there already.
[[nodiscard]] inline sample_source samples_from(std::vector<any_tensors<float>> list) {
    return [list = std::move(list)](std::size_t index) -> std::optional<any_tensors<float>> {
        if (index < list.size())
            return list[index];
        return std::nullopt;
    };
}

namespace detail {

template <class T>
[[nodiscard]] any_tensors<T> to_scalar(any_tensors<float> in) {
    if constexpr (std::is_same_v<T, float>) {
        return in;
    } else {
        any_tensors<T> out;
        for (auto& any : in) {
            if (const auto* reals = std::get_if<tensor<float>>(&any))
                out.emplace_back(tensor<T>(reals->dims(), {reals->data().begin(), reals->data().end()}));
            else
                out.emplace_back(std::get<tensor<std::int64_t>>(std::move(any)));
        }
        return out;
    }
}

} // namespace detail
} // namespace pith

#endif
