// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_CARRY_HPP
#define PITH_GRAPH_CARRY_HPP
/// Constants rewritten together with their encoding and sparsity: multiplied row by row, or moved.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "../format/stored_elements.hpp"
#include "codes.hpp"
#include "layer/reshape.hpp"
#include "layer/transpose.hpp"
#include "layers.hpp"
#include "value.hpp"

namespace pith {

namespace detail {

/// Scales below it would not be finite when something is divided by them.
inline constexpr double least_scale = 1e-30;

/// A scale times the magnitude of a factor.
[[nodiscard]] inline float scaled_by(float scale, double factor) noexcept {
    return static_cast<float>(std::max(static_cast<double>(scale) * std::fabs(factor), least_scale));
}

/// The code of the number with the other sign, which may not be one of the format.
[[nodiscard]] inline std::int32_t opposite(const format::affine_codes& codes, std::int32_t code) noexcept {
    return 2 * codes.zero - code;
}

} // namespace detail

/// Whether constant reals can be multiplied by one factor per slice of axis 0 such that codes stay what they
/// are, turned over where the factor is negative: for that the format needs the opposite of each of them.
template <class T>
[[nodiscard]] bool can_scale_rows(const value<T>& v, std::span<const double> factors) {
    const encoding& e = v.encoded;
    if (!e.is_coded())
        return true;
    const bool per_row = e.axis == 0 && e.scales.size() == factors.size();
    if (!per_row && e.scales.size() != 1)
        return false;
    for (std::size_t row = 0; row < factors.size(); ++row)
        if (!(e.scale(row) > 0.f) || !std::isfinite(detail::scaled_by(e.scale(row), factors[row])))
            return false;
    if (std::none_of(factors.begin(), factors.end(), [](double f) { return f < 0; }))
        return true;
    const auto codes = codes_of_elements<std::int32_t>(e, *v.reals(), factors.size());
    const std::size_t slice = codes.size() / factors.size();
    return e.with_codes([&](const auto& f) {
        const auto all = f.codes();
        for (std::size_t i = 0; i < codes.size(); ++i) {
            const std::int32_t turned = detail::opposite(all, codes[i]);
            if (factors[i / slice] < 0 && f.encode(static_cast<float>(turned - all.zero)) != turned)
                return false;
        }
        return true;
    });
}

/// Does that: scales are multiplied, codes and zeros stay, masters stay what they were times the factor
/// unless rounding would give them another code. @pre can_scale_rows
template <class T>
void scale_rows(value<T>& v, std::span<const double> factors) {
    tensor<T>& x = *v.reals();
    encoding& e = v.encoded;
    const std::size_t slice = x.size() / factors.size();
    const auto multiply = [&] {
        for (std::size_t i = 0; i < x.size(); ++i)
            x[i] = static_cast<T>(static_cast<double>(x[i]) * factors[i / slice]);
    };
    if (!e.is_coded())
        return multiply();
    const auto codes = codes_of_elements<std::int32_t>(e, x, factors.size());
    multiply();
    std::vector<float> scales(factors.size());
    for (std::size_t row = 0; row < factors.size(); ++row)
        scales[row] = detail::scaled_by(e.scale(row), factors[row]);
    e.scales = std::move(scales);
    e.axis = 0;
    e.with_codes([&](const auto& f) {
        const auto all = f.codes();
        for (std::size_t i = 0; i < x.size(); ++i) {
            const std::size_t row = i / slice;
            const std::int32_t code = factors[row] < 0 ? detail::opposite(all, codes[i]) : codes[i];
            if (f.encode(static_cast<float>(x[i]) / e.scales[row]) != code)
                x[i] = static_cast<T>(static_cast<float>(code - all.zero) * e.scales[row]);
        }
    });
}

/// The encoding of a constant whose elements a layer moved; none where they are not moved or the encoding
/// cannot follow them.
template <class Any>
[[nodiscard]] std::optional<encoding> moved_encoding(const Any& layer, const encoding& from,
                                                     const shape& before, const shape& after) {
    const auto* permuted = layer_as<transpose>(layer);
    if (permuted == nullptr && layer_as<reshape>(layer) == nullptr)
        return std::nullopt;
    encoding to = from;
    if (from.axis < 0)
        return to;
    const auto axis = static_cast<std::size_t>(from.axis);
    if (axis >= before.rank())
        return std::nullopt;
    for (std::size_t i = 0; i < after.rank(); ++i) {
        const bool same = permuted != nullptr
                              ? permuted->permutation[i] == axis
                              : after[i] == before[axis] && after.product(0, i) == before.product(0, axis);
        if (!same)
            continue;
        to.axis = static_cast<int>(i);
        return to;
    }
    return std::nullopt;
}

/// The sparsity of `x`, the elements of a constant that a layer moved: a pattern stays where x has it, blocks
/// turn with a matrix; what is left of others are zeros anywhere.
template <class Any, class T>
[[nodiscard]] format::sparsity moved_sparsity(const Any& layer, const format::sparsity& from,
                                              const shape& before, const tensor<T>& x) {
    using format::sparsity_pattern;
    if (from.is_dense() || from.pattern == sparsity_pattern::free)
        return from;
    const shape& after = x.dims();
    const bool rows_stay = layer_as<reshape>(layer) != nullptr && before.rank() > 0 && after.rank() > 0 &&
                           before.back() == after.back();
    if (rows_stay)
        return from;
    const auto* permuted = layer_as<transpose>(layer);
    if (from.pattern == sparsity_pattern::block)
        return permuted != nullptr && permuted->permutation == std::vector<std::uint8_t>{1, 0}
                   ? format::sparsity::block(from.b, from.a)
                   : format::sparsity::free();
    const bool kept = after.rank() > 0 && after.back() > 0 &&
                      format::obeys(from, x.data(), static_cast<std::size_t>(after.back()));
    return kept ? from : format::sparsity::free();
}

} // namespace pith

#endif
