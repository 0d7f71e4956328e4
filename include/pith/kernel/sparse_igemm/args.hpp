// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_SPARSE_IGEMM_ARGS_HPP
#define PITH_KERNEL_SPARSE_IGEMM_ARGS_HPP
/// Integer convolution and dense layers of which most weights are zero: a panel of 16 outputs stores only the
/// columns of four inputs of which at least one of the 64 weights is not zero.

#include <cstdint>

#include "../igemm/args.hpp"

namespace pith::kernel {

/// As igemm_args, with lists of inputs instead of runs: panel p multiplies the four inputs from
/// columns[starts[p]] on, and so up to columns[starts[p + 1]]. `weights` is [starts[panels]][16][4], where
/// panels is ceil(channels / 16); the runs of `over` are not read. The sums are those of dense weights.
struct sparse_igemm_args : igemm_args {
    const std::uint32_t* starts = nullptr;  ///< [panels + 1], ascending from 0
    const std::uint32_t* columns = nullptr; ///< elements from the first input of a pixel
};

} // namespace pith::kernel

#endif
