// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_LAYER_LIST_HPP
#define PITH_GRAPH_LAYER_LIST_HPP
/// The layer kinds of the library, as one closed list; a user's own list is extended_layer_list<my_layer>.

#include <variant>

#include "layer/batch_norm.hpp"
#include "layer/binary.hpp"
#include "layer/cast.hpp"
#include "layer/concat.hpp"
#include "layer/conv2d.hpp"
#include "layer/dense.hpp"
#include "layer/expand.hpp"
#include "layer/gather.hpp"
#include "layer/matmul.hpp"
#include "layer/opaque.hpp"
#include "layer/pad.hpp"
#include "layer/pool2d.hpp"
#include "layer/reduce.hpp"
#include "layer/reshape.hpp"
#include "layer/resize2d.hpp"
#include "layer/slice.hpp"
#include "layer/softmax.hpp"
#include "layer/split.hpp"
#include "layer/transpose.hpp"
#include "layer/unary.hpp"

namespace pith {

using layer_list =
    std::variant<conv2d, dense, matmul, batch_norm, unary, binary, pool2d, reduce, softmax, concat, split,
                 slice, pad, reshape, transpose, resize2d, gather, expand, cast, opaque>;

namespace detail {

template <class List, class... More>
struct extended;
template <class... Kinds, class... More>
struct extended<std::variant<Kinds...>, More...> {
    using type = std::variant<Kinds..., More...>;
};

} // namespace detail

/// The library's kinds and a user's own: each needs infer, forward and kind_of beside it (value_info.hpp).
template <class... More>
using extended_layer_list = typename detail::extended<layer_list, More...>::type;

} // namespace pith

#endif
