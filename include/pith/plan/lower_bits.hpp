// SPDX-License-Identifier: MIT
#ifndef PITH_PLAN_LOWER_BITS_HPP
#define PITH_PLAN_LOWER_BITS_HPP
/// Layers that multiply -1 and +1 by -1 and +1: their inputs are held as bits.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "../base/result.hpp"
#include "../format/binary.hpp"
#include "../format/codebook.hpp"
#include "../graph/graph.hpp"
#include "../kernel/bgemm/args.hpp"
#include "../run/op/convolution_b1.hpp"
#include "../run/op/pack_bits.hpp"
#include "lowering.hpp"

namespace pith::plan::detail {

/// Whether a value is to be held as codes of which only two are in use, for -scale and +scale.
template <class T>
[[nodiscard]] bool has_signs(const value<T>& v) {
    const auto* levels = v.encoded.template as<format::codebook>();
    return levels != nullptr && levels->count == 2 && levels->levels[0] == -1 && levels->levels[1] == 1;
}

/// Whether weights are to be held as bits, for -scale and +scale.
template <class T>
[[nodiscard]] bool has_weight_signs(const value<T>& v) {
    const auto* w = v.encoded.template as<format::binary>();
    return w != nullptr && w->lowest == -1;
}

/// Codes of -1 and +1 as kernels read them: words [outputs / 16][tap][word][16], bit 1 for -1.
/// @param codes [outputs][taps][inputs]
[[nodiscard]] inline std::vector<std::uint64_t> pack_signs(std::span<const std::int8_t> codes,
                                                           std::size_t outputs, std::size_t taps) {
    constexpr std::size_t lanes = kernel::bgemm_outputs;
    const std::size_t inputs = codes.size() / (outputs * taps);
    const std::size_t words = kernel::words_of(static_cast<std::uint32_t>(inputs));
    std::vector<std::uint64_t> out((outputs + lanes - 1) / lanes * taps * words * lanes, 0);
    for (std::size_t i = 0; i < codes.size(); ++i) {
        if (codes[i] > 0)
            continue;
        const std::size_t output = i / (taps * inputs);
        const std::size_t tap = i / inputs % taps;
        const std::size_t bit = i % inputs;
        const std::size_t word =
            ((output / lanes * taps + tap) * words + bit / kernel::bits_in_word) * lanes + output % lanes;
        out[word] |= std::uint64_t{1} << bit % kernel::bits_in_word;
    }
    return out;
}

/// The bits of a value's signs; packed once for all that read them.
template <class T, class Layers>
[[nodiscard]] result<tensor_id> read_bits(lowering<T, Layers>& x, value_id v) {
    if (x.bits.empty())
        x.bits.resize(x.g.values.size(), no_tensor);
    if (x.bits[v] != no_tensor)
        return x.bits[v];
    auto codes = x.read(v, form::codes);
    if (!codes)
        return codes;
    draft_tensor t;
    const run::tensor_record& from = x.record(*codes);
    std::copy_n(from.dims, 4, t.record.dims);
    t.record.dims[3] = kernel::words_of(from.dims[3]) * 8;
    t.record.type = static_cast<std::uint8_t>(format::dtype::u8);
    t.record.scale = 1.f;
    t.origin = no_value;
    const tensor_id to = x.d.add_tensor(t);
    x.template add<run::op::pack_bits>(
        {.op = operands(to, *codes), .threshold = static_cast<std::uint32_t>(codes_of(x.g[v])->zero)});
    return x.bits[v] = to;
}

} // namespace pith::plan::detail

#endif
