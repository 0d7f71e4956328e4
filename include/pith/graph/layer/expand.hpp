// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_LAYER_EXPAND_HPP
#define PITH_GRAPH_LAYER_EXPAND_HPP
/// A value repeated to a larger shape, NumPy broadcasting.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "../layer_traits.hpp"
#include "../strides.hpp"
#include "../value_info.hpp"

namespace pith {

/// inputs: x; output [dims...].
struct expand {
    std::vector<std::int64_t> dims;
};

template <>
struct layer_traits<expand> : moving_layer<expand> {
    [[nodiscard]] static std::string_view kind(const expand&) noexcept;
    [[nodiscard]] static result<value_infos> infer(const expand&, std::span<const value_info> in);
    template <class E>
    [[nodiscard]] static std::vector<tensor<E>> move(const expand&, std::span<const tensor<E>* const> in);
    [[nodiscard]] static channel_sources channels(const expand&, std::span<const shape> in, std::size_t,
                                                  std::int64_t channel) {
        return same_channel(in, channel);
    }
    [[nodiscard]] static bool is_identity(const expand&) { return true; }
    static void free_batch(expand& layer, const shape& out, std::int64_t batch) {
        if (layer.dims.size() == out.rank() && layer.dims[0] == batch)
            layer.dims[0] = 1;
    }
};

inline std::string_view layer_traits<expand>::kind(const expand&) noexcept {
    return "expand";
}

inline result<value_infos> layer_traits<expand>::infer(const expand& layer, std::span<const value_info> in) {
    PITH_TRY(detail::expect_inputs(in, 1, 1));
    if (layer.dims.size() > max_rank)
        return fault{errc::unsupported, "tensors of more than eight axes are not supported"};
    shape to;
    for (const auto d : layer.dims)
        to.push_back(d);
    const auto dims = broadcast(in[0].dims, to);
    if (!dims)
        return dims.error();
    return detail::one(*dims, in[0].type);
}

template <class E>
std::vector<tensor<E>> layer_traits<expand>::move(const expand& layer, std::span<const tensor<E>* const> in) {
    shape to;
    for (const auto d : layer.dims)
        to.push_back(d);
    std::vector<tensor<E>> out;
    out.emplace_back(*broadcast(in[0]->dims(), to));
    const shape& dims = out[0].dims();
    copy_strided(in[0]->data().data(), broadcast_strides(in[0]->dims(), dims), dims, out[0].data().data());
    return out;
}

} // namespace pith

#endif
