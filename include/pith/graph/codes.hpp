// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_CODES_HPP
#define PITH_GRAPH_CODES_HPP
/// Values as codes: what simulation multiplies and what the plan packs, made in one place.

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "../base/on_use.hpp"
#include "../format/affine.hpp"
#include "../format/requantize.hpp"
#include "value.hpp"
#include "value_info.hpp"

namespace pith {

/// Levels that ascend from `lowest` to `highest` and can be told apart by an index of `bits`.
template <class = on_use>
[[nodiscard]] inline bool good_levels(const affine_encoding& e) {
    for (std::size_t i = 1; i < e.levels.size(); ++i)
        if (e.levels[i] <= e.levels[i - 1])
            return false;
    return !e.levels.empty() && e.levels.size() <= std::size_t{1} << e.bits && e.levels.front() == e.lowest &&
           e.levels.back() == e.highest;
}

/// The code of a real value held as uint8, one scale for the whole tensor; none if it has no such encoding.
template <class T>
[[nodiscard]] std::optional<format::affine> codes_of(const value<T>& v) {
    const affine_encoding* e = v.affine();
    if (e == nullptr || !is_real(v.type) || v.wholes() != nullptr)
        return std::nullopt;
    if (e->scales.size() != 1 || e->zeros.size() != 1 || !(e->scales[0] > 0.f) ||
        !std::isfinite(e->scales[0]))
        return std::nullopt;
    if (e->lowest < 0 || e->highest > 255 || e->zeros[0] < e->lowest || e->zeros[0] > e->highest)
        return std::nullopt;
    if (!e->levels.empty() && !good_levels(*e))
        return std::nullopt;
    return e->at(0);
}

/// Whether a value uses only some of its codes.
template <class T>
[[nodiscard]] bool has_levels(const value<T>& v) {
    return v.affine() != nullptr && !v.affine()->levels.empty();
}

template <class = on_use>
[[nodiscard]] inline bool same_codes(const format::affine& a, const format::affine& b) noexcept {
    return a.scale == b.scale && a.zero == b.zero && a.lowest == b.lowest && a.highest == b.highest;
}

/// Whether a value is a constant with signed codes, zero at 0, one scale or one per slice of axis 0.
template <class T>
[[nodiscard]] bool has_weight_codes(const value<T>& v) {
    const affine_encoding* e = v.affine();
    if (e == nullptr || v.reals() == nullptr || v.dims.rank() < 1 || e->zeros.size() != e->scales.size())
        return false;
    const std::size_t count = e->scales.size();
    const bool per_axis = e->axis == 0 && count == static_cast<std::size_t>(v.dims[0]);
    if (!per_axis && count != 1)
        return false;
    for (std::size_t i = 0; i < count; ++i)
        if (e->zeros[i] != 0 || !(e->scales[i] > 0.f) || !std::isfinite(e->scales[i]))
            return false;
    return e->lowest >= -128 && e->highest <= 127 && e->lowest < e->highest &&
           (e->levels.empty() || good_levels(*e));
}

/// Codes of constant weights, in the order of their elements. @pre has_weight_codes(v)
template <class T>
[[nodiscard]] std::vector<std::int8_t> weight_codes(const value<T>& v) {
    const tensor<T>& w = *v.reals();
    const std::size_t slice = w.size() / static_cast<std::size_t>(v.dims[0] == 0 ? 1 : v.dims[0]);
    std::vector<std::int8_t> codes(w.size());
    for (std::size_t i = 0; i < w.size(); ++i)
        codes[i] = static_cast<std::int8_t>(
            v.affine()->encode(slice == 0 ? 0 : i / slice, static_cast<float>(w[i])));
    return codes;
}

/// One scale per slice of axis 0. @pre has_weight_codes(v)
template <class T>
[[nodiscard]] std::vector<float> weight_scales(const value<T>& v) {
    std::vector<float> scales(static_cast<std::size_t>(v.dims[0]));
    for (std::size_t i = 0; i < scales.size(); ++i)
        scales[i] = v.affine()->at(i).scale;
    return scales;
}

/// The int32 bias of a conv2d or dense layer: zeros without `bias`.
template <class T>
[[nodiscard]] std::vector<std::int32_t> bias_codes(const tensor<T>* bias, float input_scale,
                                                   const std::vector<float>& weight_scales) {
    std::vector<std::int32_t> codes(weight_scales.size(), 0);
    for (std::size_t i = 0; bias != nullptr && i < codes.size(); ++i)
        codes[i] = format::quantize_bias(static_cast<float>((*bias)[i]), input_scale, weight_scales[i]);
    return codes;
}

/// The factors of format::requantize, one per output channel; of a real output (no `to`) its scale.
template <class = on_use>
[[nodiscard]] inline std::vector<float> output_factors(float input_scale,
                                                       const std::vector<float>& weight_scales,
                                                       const std::optional<format::affine>& to) {
    std::vector<float> factors(weight_scales.size());
    for (std::size_t i = 0; i < factors.size(); ++i)
        factors[i] = format::multiplier(input_scale, weight_scales[i], to ? to->scale : 1.f);
    return factors;
}

/// A code for every code.
using code_table = std::array<std::uint8_t, 256>;

/// Whether the operands of an addition change places in format::add_codes: ONNX Runtime lets the one that is
/// repeated play `b`.
template <class = on_use>
[[nodiscard]] inline bool add_operands_exchanged(const shape& a, const shape& b) {
    return a.elements() < b.elements();
}

/// format::make_add_factors; all three on codes moved as those of the sum are.
template <class = on_use>
[[nodiscard]] inline format::add_factors add_factors_of(const format::affine& a, const format::affine& b,
                                                        const format::affine& to) {
    return format::make_add_factors(a.scale, a.zero - to.moved, b.scale, b.zero - to.moved, to.scale,
                                    to.zero - to.moved);
}

/// The code of every element. @pre codes_of accepts a value of this encoding
template <class T>
[[nodiscard]] tensor<std::uint8_t> encode_tensor(const affine_encoding& e, const tensor<T>& x) {
    tensor<std::uint8_t> codes(x.dims());
    for (std::size_t i = 0; i < x.size(); ++i)
        codes[i] = static_cast<std::uint8_t>(e.encode(0, static_cast<float>(x[i])));
    return codes;
}

/// format::decode of every code.
template <class T>
[[nodiscard]] tensor<T> decode_tensor(const format::affine& a, const tensor<std::uint8_t>& codes) {
    tensor<T> x(codes.dims());
    for (std::size_t i = 0; i < x.size(); ++i)
        x[i] = static_cast<T>(format::decode(a, codes[i]));
    return x;
}

/// What a constant's encoding leaves of its elements; the elements themselves where there is none.
template <class T>
[[nodiscard]] tensor<T> round_to_codes(const value<T>& v) {
    tensor<T> x = *v.reals();
    if (const auto codes = codes_of(v))
        return decode_tensor<T>(*codes, encode_tensor(*v.affine(), x));
    if (!has_weight_codes(v))
        return x;
    const auto codes = weight_codes(v);
    const auto scales = weight_scales(v);
    const std::size_t slice = x.empty() ? 1 : x.size() / scales.size();
    for (std::size_t i = 0; i < x.size(); ++i)
        x[i] = static_cast<T>(static_cast<float>(codes[i]) * scales[i / slice]);
    return x;
}

} // namespace pith

#endif
