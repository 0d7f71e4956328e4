// SPDX-License-Identifier: MIT
#ifndef PITH_PLAN_LOWER_SPARSE_HPP
#define PITH_PLAN_LOWER_SPARSE_HPP
/// Weights of which the zeros are left out: what is stored, and whether that is expected to be faster.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "../base/bits.hpp"
#include "../format/sparsity.hpp"
#include "../run/layout.hpp"
#include "../run/op/sparse_convolution_f32.hpp"
#include "../run/op/sparse_convolution_u8.hpp"
#include "../run/op/stored_columns.hpp"
#include "draft.hpp"
#include "lowering.hpp"
#include "panels.hpp"
#include "weighted_layer.hpp"

namespace pith::plan::detail {

/// The inputs that panels of 16 outputs use, `depth` of them to a column, and their weights.
template <class E>
struct sparse_panels {
    std::vector<E> weights;             ///< [columns][16][depth]
    std::vector<std::uint32_t> starts;  ///< [panels + 1]
    std::vector<std::uint32_t> columns; ///< elements from the first input of a window
    std::size_t all = 0;                ///< columns of dense weights

    /// The words that run::op::stored_columns points to.
    [[nodiscard]] std::vector<std::uint32_t> lists() const {
        std::vector<std::uint32_t> words = starts;
        words.insert(words.end(), columns.begin(), columns.end());
        return words;
    }
    [[nodiscard]] run::op::stored_columns record() const noexcept {
        return {0, static_cast<std::uint32_t>(columns.size())};
    }
};

/// One column of a panel: weights of up to 16 outputs, `depth` inputs each.
/// @param first of the panel's first output @param stride elements from output to output
/// @return false where all are zero, and nothing was appended
template <class E>
bool append_column(std::vector<E>& to, const E* first, std::size_t stride, std::size_t outputs,
                   std::size_t inputs, std::size_t depth) {
    bool any = false;
    for (std::size_t o = 0; o < outputs; ++o)
        any = any || std::any_of(first + o * stride, first + o * stride + inputs, [](E e) { return e != 0; });
    if (!any)
        return false;
    const std::size_t at = to.size();
    to.resize(at + run::op::detail::sparse_outputs * depth, E{});
    for (std::size_t o = 0; o < outputs; ++o)
        std::copy_n(first + o * stride, inputs, to.begin() + static_cast<std::ptrdiff_t>(at + o * depth));
    return true;
}

/// @param weights [outputs][taps][inputs] @param depth consecutive inputs of a tap in one column
/// @param in the tensor that the layer reads @pre one group
template <class E>
[[nodiscard]] sparse_panels<E> leave_out_zeros(const weighted_layer& l, std::span<const E> weights,
                                               std::size_t depth, const run::tensor_record& in) {
    constexpr std::size_t lanes = run::op::detail::sparse_outputs;
    const std::size_t row = static_cast<std::size_t>(run::row_stride(in)) * l.window.dilations[0];
    const std::size_t pixel = l.inputs * l.window.dilations[1];
    sparse_panels<E> p;
    p.starts.push_back(0);
    for (std::size_t first = 0; first < l.outputs; first += lanes) {
        const std::size_t outputs = std::min(lanes, l.outputs - first);
        for (std::size_t tap = 0; tap < l.taps(); ++tap)
            for (std::size_t k = 0; k < l.inputs; k += depth, ++p.all)
                if (append_column(p.weights, weights.data() + (first * l.taps() + tap) * l.inputs + k,
                                  l.taps() * l.inputs, outputs, std::min(depth, l.inputs - k), depth))
                    p.columns.push_back(
                        static_cast<std::uint32_t>(tap / l.kernel[1] * row + tap % l.kernel[1] * pixel + k));
        p.starts.push_back(static_cast<std::uint32_t>(p.columns.size()));
    }
    return p;
}

/// Whether a layer may leave zeros out at all.
[[nodiscard]] inline bool may_be_sparse(const weighted_layer& l, const format::sparsity& s) noexcept {
    return !s.is_dense() && !l.depthwise && l.window.groups == 1;
}

/// @param cost of a multiply-add, by the dense kernel's
template <class E>
[[nodiscard]] bool expected_faster(const sparse_panels<E>& p, float cost) noexcept {
    return static_cast<float>(p.columns.size()) * cost < static_cast<float>(p.all);
}

/// How sparse weights were stored and why, as draft_op::storage has it.
template <class E>
[[nodiscard]] std::string storage_of(const sparse_panels<E>& p, std::size_t depth, float cost) {
    const std::string inputs = depth == 1 ? "" : " of " + std::to_string(depth) + " inputs";
    const std::string counts = std::to_string(p.columns.size()) + " of " + std::to_string(p.all) +
                               " columns" + inputs + " by 16 outputs hold weights";
    if (expected_faster(p, cost))
        return "zeros are left out: " + counts;
    return "zeros are stored: " + counts + ", and leaving the others out is expected to be faster below " +
           std::to_string(static_cast<int>(static_cast<float>(p.all) / cost));
}

/// Adds the operation of a float layer whose weights may be stored without zeros.
/// @param r what its record says, without window and groups @return false where dense weights are faster
template <class T, class Layers>
[[nodiscard]] bool add_sparse_reals(lowering<T, Layers>& x, const weighted_layer& l,
                                    const std::vector<float>& weights, const std::vector<float>& bias,
                                    run::op::float_convolution_record r, std::string& storage) {
    using op = run::op::sparse_convolution_f32;
    static_assert(offsetof(op::record, like) == 0);
    const float cost = x.processor.costs.sparse_f32;
    const auto sparse = leave_out_zeros<float>(l, weights, 1, x.record(r.op.input));
    storage = storage_of(sparse, 1, cost);
    if (!expected_faster(sparse, cost))
        return false;
    r.window = window_record_of(l, op::tile);
    r.groups = 1;
    draft_op& added = x.template add<op>({r, sparse.record()});
    added.blobs = {{offsetof(run::op::float_convolution_record, weights), x.d.add_blob_of(sparse.weights)},
                   {offsetof(run::op::float_convolution_record, bias),
                    x.d.add_blob_of(pack_channels<float>(bias, 1, op::tile.outputs))},
                   {offsetof(op::record, columns) + offsetof(run::op::stored_columns, at),
                    x.d.add_blob_of(sparse.lists())}};
    added.storage = storage;
    return true;
}

/// The same of a layer in codes. @param codes of the weights @param offsets and factors of its epilogue
template <class T, class Layers>
[[nodiscard]] bool
add_sparse_codes(lowering<T, Layers>& x, const weighted_layer& l, const std::vector<std::int8_t>& codes,
                 const std::vector<std::int32_t>& offsets, const std::vector<float>& factors,
                 run::op::quantized_convolution_record r, std::string& storage) {
    using op = run::op::sparse_convolution_u8;
    using like = run::op::quantized_convolution_record;
    static_assert(offsetof(op::record, like) == 0);
    const float cost = x.processor.costs.sparse_u8;
    const auto sparse = leave_out_zeros<std::int8_t>(l, codes, op::tile.depth, x.record(r.op.input));
    storage = storage_of(sparse, op::tile.depth, cost);
    if (!expected_faster(sparse, cost))
        return false;
    r.window = window_record_of(l, op::tile);
    r.groups = 1;
    r.weight_bits = 8;
    draft_op& added = x.template add<op>({r, sparse.record()});
    added.blobs = {
        {offsetof(like, weights), x.d.add_blob_of(sparse.weights)},
        {offsetof(like, bias), x.d.add_blob_of(pack_channels<std::int32_t>(offsets, 1, op::tile.outputs))},
        {offsetof(like, factor), x.d.add_blob_of(pack_channels<float>(factors, 1, op::tile.outputs))},
        {offsetof(op::record, columns) + offsetof(run::op::stored_columns, at),
         x.d.add_blob_of(sparse.lists())}};
    added.storage = storage;
    return true;
}

} // namespace pith::plan::detail

#endif
