// SPDX-License-Identifier: MIT
#ifndef PITH_IO_ONNX_MERGE_CODES_HPP
#define PITH_IO_ONNX_MERGE_CODES_HPP
/// The imported graph's encodings put in order: quantisers drawn into the nodes before them, constants' codes
/// brought into the two forms that kernels know.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "../../graph/codes.hpp"
#include "../../graph/graph.hpp"
#include "tidy.hpp"

namespace pith::io::onnx {

/// An identity that only rounds to codes becomes the encoding of the value that it reads, where nobody else
/// reads it; else it is named like its output.
template <class T, class Layers>
void merge_codes(graph<T, Layers>& g) {
    value_links<T, Layers> links{g};
    std::vector<bool> is_input(g.values.size(), false);
    std::vector<bool> is_output(g.values.size(), false);
    std::vector<value_id> now(g.values.size(), no_value); ///< inputs in place of what was made of them
    for (const auto id : g.inputs)
        is_input[id] = true;
    for (const auto id : g.outputs)
        is_output[id] = true;
    for (auto& n : g.nodes) {
        const auto* u = layer_of<unary>(n);
        if (u == nullptr || u->op != unary_op::identity || n.inputs.size() != 1 || n.outputs.size() != 1)
            continue;
        const value_id x = n.inputs[0];
        const value_id y = n.outputs[0];
        if (!g[y].is_coded())
            continue;
        const bool drawn_in = !g[x].is_coded() && links.reads[x] == 1;
        if (drawn_in && links.producers[x] != nullptr) {
            auto& outputs = links.producers[x]->outputs;
            std::replace(outputs.begin(), outputs.end(), x, y);
            links.producers[y] = links.producers[x];
        } else if (drawn_in && is_input[x] && !is_output[y]) {
            g[x].encoded = std::move(g[y].encoded);
            now[y] = x;
        } else {
            n.name = g[y].name;
            continue;
        }
        n.inputs.clear();
        n.outputs.clear();
    }
    for (auto& n : g.nodes)
        for (auto& id : n.inputs)
            if (id != no_value && now[id] != no_value)
                id = now[id];
}

namespace detail {

/// (code - zero) of every element of a constant whose master is that times its scale; empty where it is not.
template <class T>
[[nodiscard]] std::vector<std::int32_t> steps_of(const value<T>& v) {
    const encoding& e = v.encoded;
    const tensor<T>& x = *v.reals();
    const std::size_t count = e.scales.size();
    const std::size_t inner =
        e.axis < 0
            ? 1
            : static_cast<std::size_t>(v.dims.product(static_cast<std::size_t>(e.axis) + 1, v.dims.rank()));
    std::vector<std::int32_t> out(x.size());
    for (std::size_t i = 0; i < x.size(); ++i) {
        const float scale = e.scales[count == 1 ? 0 : i / inner % count];
        const float step = std::nearbyint(static_cast<float>(x[i]) / scale);
        if (!(scale > 0.F) || !std::isfinite(scale) || !(std::abs(step) <= 65536.F) ||
            step * scale != static_cast<float>(x[i]))
            return {};
        out[i] = static_cast<std::int32_t>(step);
    }
    return out;
}

/// The bits that signed codes need, at least 2.
[[nodiscard]] inline std::uint8_t bits_for(std::int32_t lowest, std::int32_t highest) noexcept {
    std::uint8_t bits = 2;
    while (bits < 16 && (lowest < -(1 << (bits - 1)) || highest >= 1 << (bits - 1)))
        ++bits;
    return bits;
}

/// Fewer codes than a byte has, spread over more than their count needs, are a codebook, or binary.
inline void find_levels(element_format& e, unsigned bits, const std::vector<std::int32_t>& steps) {
    constexpr std::size_t most_levels = 16;
    constexpr std::size_t least_elements = 256;
    std::vector<std::int16_t> levels;
    for (const auto s : steps) {
        const auto at = std::lower_bound(levels.begin(), levels.end(), static_cast<std::int16_t>(s));
        if (at != levels.end() && *at == s)
            continue;
        levels.insert(at, static_cast<std::int16_t>(s));
        if (levels.size() > most_levels)
            return;
    }
    const auto found = levels.size() < 2 ? std::nullopt : element_of(levels);
    if (found && steps.size() >= least_elements && encoding{*found}.bits() < bits)
        e = *found;
}

/// Codes as weights have them: signed, zero at 0, along axis 0; none if they do not fit into a byte.
template <class T>
[[nodiscard]] encoding weight_form(const value<T>& v) {
    encoding e = v.encoded;
    const std::vector<std::int32_t> steps = steps_of(v);
    if (steps.empty() || (e.scales.size() > 1 && e.axis != 0))
        return {};
    const auto [low, high] = std::minmax_element(steps.begin(), steps.end());
    if (*low < -128 || *high > 127)
        return {};
    const unsigned needed = bits_for(*low, *high);
    const unsigned bits = needed <= 4 ? needed : std::max(e.bits(), needed);
    const std::int32_t span = 1 << (bits - 1);
    e.element = format::affine_codes{0, *low == -span ? -span : 1 - span, span - 1, 0};
    if (e.scales.size() == 1)
        e.axis = -1;
    find_levels(e.element, bits, steps);
    return e;
}

/// Codes as activations have them: from 0 on, one scale.
template <class T>
[[nodiscard]] encoding activation_form(const value<T>& v) {
    const encoding& e = v.encoded;
    const format::affine_codes file = e.codes();
    const std::int32_t highest = file.highest - file.lowest;
    const std::int32_t zero = file.zero - file.lowest;
    if (e.scales.size() != 1 || highest > 255 || zero < 0 || zero > highest || steps_of(v).empty())
        return {};
    const std::int32_t moved = file.lowest == -128 && highest == 255 ? 128 : 0;
    return encoding::per_tensor({e.scales[0], zero, 0, highest, moved});
}

} // namespace detail

/// Constants' codes, which are as the file has them, as their readers want them; what no reader wants is
/// dropped, the real numbers stay.
template <class T, class Layers>
void settle_codes(graph<T, Layers>& g) {
    std::vector<bool> weighs(g.values.size(), false);
    std::vector<bool> acts(g.values.size(), false);
    for (const auto& n : g.nodes) {
        const bool weighted = has_weights(n.layer);
        for (std::size_t i = 0; i < n.inputs.size(); ++i)
            if (n.inputs[i] != no_value && !(weighted && i == 2))
                (weighted && i == 1 ? weighs : acts)[n.inputs[i]] = true;
    }
    for (std::size_t id = 0; id < g.values.size(); ++id) {
        value<T>& v = g.values[id];
        if (v.reals() == nullptr || !v.is_coded())
            continue;
        v.encoded = weighs[id] ? detail::weight_form(v) : acts[id] ? detail::activation_form(v) : encoding{};
    }
}

} // namespace pith::io::onnx

#endif
