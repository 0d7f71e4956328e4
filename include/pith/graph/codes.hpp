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

#include "../format/affine.hpp"
#include "../format/requantize.hpp"
#include "value.hpp"
#include "value_info.hpp"

namespace pith {

/// The code of a real value held as uint8, one scale for the whole tensor; none if it has no such encoding.
template <class T>
[[nodiscard]] std::optional<format::affine> codes_of(const value<T>& v) {
    if (!v.is_coded() || !is_real(v.type) || v.wholes() != nullptr || !fits_uint8(v.encoded))
        return std::nullopt;
    return v.encoded.at(0);
}

/// Whether a value uses only some of its codes.
template <class T>
[[nodiscard]] bool has_levels(const value<T>& v) {
    return v.encoded.listed() != 0;
}

/// Whether two values' codes mean the same numbers.
[[nodiscard]] inline bool same_codes(const format::affine& a, const format::affine& b) noexcept {
    return a.scale == b.scale && a.zero == b.zero && a.lowest == b.lowest && a.highest == b.highest;
}

/// Whether a value is a constant with signed codes, zero at 0, one scale or one per slice of axis 0.
template <class T>
[[nodiscard]] bool has_weight_codes(const value<T>& v) {
    return v.is_coded() && v.reals() != nullptr && v.dims.rank() >= 1 &&
           fits_int8(v.encoded, static_cast<std::size_t>(v.dims[0]));
}

/// Codes of a tensor, in the order of its elements; `slices` of axis 0 where the scales are theirs.
/// @tparam Code what holds every code of the encoding
template <class Code, class T>
[[nodiscard]] std::vector<Code> codes_of_elements(const encoding& e, const tensor<T>& x, std::size_t slices) {
    const std::size_t slice = x.size() / (slices == 0 ? 1 : slices);
    std::vector<Code> codes(x.size());
    e.with_codes([&](const auto& f) {
        for (std::size_t i = 0; i < x.size(); ++i)
            codes[i] = static_cast<Code>(f.encode(static_cast<float>(x[i]) / e.scale(i / slice)));
    });
    return codes;
}

/// Codes of constant weights, in the order of their elements. @pre has_weight_codes(v)
template <class T>
[[nodiscard]] std::vector<std::int8_t> weight_codes(const value<T>& v) {
    return codes_of_elements<std::int8_t>(v.encoded, *v.reals(), static_cast<std::size_t>(v.dims[0]));
}

/// One scale per slice of axis 0. @pre has_weight_codes(v)
template <class T>
[[nodiscard]] std::vector<float> weight_scales(const value<T>& v) {
    std::vector<float> scales(static_cast<std::size_t>(v.dims[0]));
    for (std::size_t i = 0; i < scales.size(); ++i)
        scales[i] = v.encoded.scale(i);
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
[[nodiscard]] inline bool add_operands_exchanged(const shape& a, const shape& b) {
    return a.elements() < b.elements();
}

/// format::make_add_factors; all three on codes moved as those of the sum are.
[[nodiscard]] inline format::add_factors add_factors_of(const format::affine& a, const format::affine& b,
                                                        const format::affine& to) {
    return format::make_add_factors(a.scale, a.zero - to.moved, b.scale, b.zero - to.moved, to.scale,
                                    to.zero - to.moved);
}

/// The code of every element. @pre fits_uint8(e)
template <class T>
[[nodiscard]] tensor<std::uint8_t> encode_tensor(const encoding& e, const tensor<T>& x) {
    return {x.dims(), codes_of_elements<std::uint8_t>(e, x, 1)};
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
        return decode_tensor<T>(*codes, encode_tensor(v.encoded, x));
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
