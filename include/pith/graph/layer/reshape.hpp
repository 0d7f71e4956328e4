// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_LAYER_RESHAPE_HPP
#define PITH_GRAPH_LAYER_RESHAPE_HPP
/// Another shape for the same elements (reshape, flatten, squeeze, unsqueeze).

#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <string_view>
#include <vector>

#include "../layer_traits.hpp"
#include "../value_info.hpp"

namespace pith {

/// inputs: x; output [dims...]. A dimension 0 copies the same axis of x (so a batch stays free), -1 is what
/// is left.
struct reshape {
    std::vector<std::int64_t> dims;
    bool empty = false; ///< a dimension 0 is a size: of values without elements
};

template <>
struct layer_traits<reshape> : moving_layer<reshape> {
    [[nodiscard]] static std::string_view kind(const reshape&) noexcept;
    [[nodiscard]] static result<value_infos> infer(const reshape&, std::span<const value_info> in);
    template <class E>
    [[nodiscard]] static std::vector<tensor<E>> move(const reshape&, std::span<const tensor<E>* const> in);
    [[nodiscard]] static channel_sources channels(const reshape&, std::span<const shape> in,
                                                  std::size_t output, std::int64_t channel);
    [[nodiscard]] static bool is_identity(const reshape&) { return true; }
    static void free_batch(reshape& layer, const shape&, std::int64_t batch) {
        if (!layer.empty && !layer.dims.empty() && layer.dims[0] == batch)
            layer.dims[0] = 0;
    }
};

inline std::string_view layer_traits<reshape>::kind(const reshape&) noexcept {
    return "reshape";
}

namespace detail {

[[nodiscard]] inline result<shape> reshaped(const reshape& layer, const shape& from) {
    if (layer.dims.size() > max_rank)
        return fault{errc::unsupported, "tensors of more than eight axes are not supported"};
    shape dims;
    std::size_t free = max_rank;
    std::int64_t known = 1;
    for (std::size_t i = 0; i < layer.dims.size(); ++i) {
        std::int64_t d = layer.dims[i];
        const bool copies = d == 0 && !layer.empty;
        if (copies && i >= from.rank())
            return fault{errc::bad_shape, "a reshape copies an axis that its input does not have"};
        if (d < -1 || d > most_elements || (d == -1 && free != max_rank))
            return fault{errc::bad_shape, "a reshape has an impossible size"};
        if (copies)
            d = from[i];
        if (d == -1) {
            free = i;
            d = 1;
        }
        dims.push_back(d);
        if (d > 0 && known > most_elements / d)
            return fault{errc::bad_shape, "a tensor would be too large"};
        known *= d;
    }
    if (free != max_rank && known > 0)
        dims[free] = from.elements() / known;
    if (dims.elements() != from.elements())
        return fault{errc::bad_shape, "a reshape changes the number of elements"};
    return dims;
}

} // namespace detail

inline result<value_infos> layer_traits<reshape>::infer(const reshape& layer,
                                                        std::span<const value_info> in) {
    PITH_TRY(detail::expect_inputs(in, 1, 1));
    const auto dims = detail::reshaped(layer, in[0].dims);
    if (!dims)
        return dims.error();
    return detail::one(*dims, in[0].type);
}

template <class E>
std::vector<tensor<E>> layer_traits<reshape>::move(const reshape& layer,
                                                   std::span<const tensor<E>* const> in) {
    std::vector<tensor<E>> out(1, *in[0]);
    out[0].reshape(*detail::reshaped(layer, in[0]->dims()));
    return out;
}

/// Elements keep their order, so a channel is one modulo the common divisor of the old and the new count.
inline channel_sources layer_traits<reshape>::channels(const reshape& layer, std::span<const shape> in,
                                                       std::size_t, std::int64_t channel) {
    const std::int64_t from = channels_of(in[0]);
    const auto to = detail::reshaped(layer, in[0]);
    const std::int64_t step = to ? std::gcd(from, channels_of(*to)) : 1;
    channel_sources out;
    for (std::int64_t c = step == 0 ? from : channel % step; c < from; c += step)
        out.push_back({0, c, 1});
    return out;
}

} // namespace pith

#endif
