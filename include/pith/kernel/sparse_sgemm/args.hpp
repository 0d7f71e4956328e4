// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_SPARSE_SGEMM_ARGS_HPP
#define PITH_KERNEL_SPARSE_SGEMM_ARGS_HPP
/// Float convolution and dense layers of which most weights are zero: a panel of 16 outputs stores only the
/// inputs of which at least one of the 16 weights is not zero.

#include <cstdint>

#include "../sgemm/args.hpp"

namespace pith::kernel {

/// As sgemm_args, with lists of inputs instead of runs: panel p multiplies columns[starts[p]] up to
/// columns[starts[p + 1]], in this order. `weights` is [starts[panels]][16], where panels is
/// ceil(channels / 16); the runs of `over` are not read. An input that is not listed adds nothing to the sum,
/// even where it is infinite or NaN.
struct sparse_sgemm_args : sgemm_args {
    const std::uint32_t* starts = nullptr;  ///< [panels + 1], ascending from 0
    const std::uint32_t* columns = nullptr; ///< elements from the first input of a pixel
};

} // namespace pith::kernel

#endif
