// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_LAYER_LIST_HPP
#define PITH_GRAPH_LAYER_LIST_HPP
/// The layer kinds of the library; a user's own list is struct my_layers : layer_list::with<my_layer> {}.

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
#include "layers.hpp"

namespace pith {

/// The layers of the library. `layer_list::with<mine>` adds a layer of one's own.
struct layer_list : layers<conv2d, dense, matmul, batch_norm, unary, binary, pool2d, reduce, softmax, concat,
                           split, slice, pad, reshape, transpose, resize2d, gather, expand, cast, opaque> {};

} // namespace pith

#endif
