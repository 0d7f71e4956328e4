// SPDX-License-Identifier: MIT
#ifndef PITH_TRAIN_BACKWARD_HPP
#define PITH_TRAIN_BACKWARD_HPP
/// Every layer kind of the library in training.

#include "backward/batch_norm.hpp"
#include "backward/binary.hpp"
#include "backward/cast.hpp"
#include "backward/conv2d.hpp"
#include "backward/dense.hpp"
#include "backward/matmul.hpp"
#include "backward/movement.hpp"
#include "backward/pool2d.hpp"
#include "backward/reduce.hpp"
#include "backward/resize2d.hpp"
#include "backward/softmax.hpp"
#include "backward/unary.hpp"

#endif
