// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_ENCODING_HPP
#define PITH_GRAPH_ENCODING_HPP
/// How a value is to be stored: the annotation that quantisers write, passes carry, evaluation simulates and
/// the plan packs.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "../base/assert.hpp"
#include "../format/affine.hpp"
#include "../format/binary.hpp"
#include "../format/codebook.hpp"
#include "../format/element.hpp"
#include "../format/real.hpp"

namespace pith {

namespace detail {

template <class... Formats>
struct sum_of_formats : format::checked_element<Formats>... {
    using type = std::variant<Formats...>;
};

} // namespace detail

/// The element formats. One more is one more line; what has to know of it then does not compile until it
/// does: plan::detail::stored_form (how programs store it), io::onnx_write::element_of (its ONNX type).
using element_format = detail::sum_of_formats< //
    format::real,                              //
    format::affine_codes,                      //
    format::codebook,                          //
    format::binary>::type;

/// A format, and the scales of its codes: one per tensor (axis < 0) or per slice along `axis`.
/// Activations: uint8 codes, per tensor. Weights: int8 codes, zero 0, per tensor or axis 0 (the output
/// channel).
struct encoding {
    element_format element{};
    std::vector<float> scales{}; ///< none of real elements
    int axis = -1;
    /// Tells encodings apart while a network is rewritten; 0: unmarked. Passes carry it.
    std::uint32_t mark = 0;

    [[nodiscard]] bool is_coded() const noexcept { return element.index() != 0; }
    /// The format if it is F, or null.
    template <class F>
    [[nodiscard]] const F* as() const noexcept {
        return std::get_if<F>(&element);
    }
    /// body(format). @pre is_coded()
    template <class Body>
    decltype(auto) with_codes(const Body& body) const {
        using made = decltype(body(format::affine_codes{}));
        return std::visit(
            [&](const auto& f) -> made {
                if constexpr (std::remove_cvref_t<decltype(f)>::coded) {
                    return body(f);
                } else {
                    PITH_ASSERT(false);
                    return made();
                }
            },
            element);
    }
    /// What kernels multiply. @pre is_coded()
    [[nodiscard]] format::affine_codes codes() const {
        return with_codes([](const auto& f) { return f.codes(); });
    }
    /// Of a stored element.
    [[nodiscard]] unsigned bits() const {
        return std::visit([](const auto& f) { return f.bits(); }, element);
    }
    /// Codes in use, where these are not all from the least to the greatest; else 0.
    [[nodiscard]] std::size_t listed() const {
        return is_coded() ? with_codes([](const auto& f) { return f.listed(); }) : 0;
    }
    [[nodiscard]] float scale(std::size_t slice) const { return scales[scales.size() == 1 ? 0 : slice]; }
    /// The affine codes of a slice, with their scale. @pre is_coded()
    [[nodiscard]] format::affine at(std::size_t slice) const {
        const format::affine_codes c = codes();
        return {scale(slice), c.zero, c.lowest, c.highest, c.moved};
    }
    /// The nearest code in use. @pre is_coded()
    [[nodiscard]] std::int32_t encode(std::size_t slice, float real) const {
        return with_codes([&](const auto& f) { return f.encode(real / scale(slice)); });
    }
    /// @pre is_coded()
    [[nodiscard]] float decode(std::size_t slice, std::int32_t code) const {
        return format::decode(at(slice), code);
    }
    [[nodiscard]] static encoding per_tensor(const format::affine& a) {
        return {format::affine_codes{a.zero, a.lowest, a.highest, a.moved}, {a.scale}};
    }
    friend bool operator==(const encoding&, const encoding&) = default;
};

namespace detail {

[[nodiscard]] inline bool has_good_scales(const encoding& e, std::size_t count) {
    if (!e.is_coded() || e.scales.size() != count)
        return false;
    for (const float s : e.scales)
        if (!(s > 0.f) || !std::isfinite(s))
            return false;
    return e.with_codes([](const auto& f) { return f.is_valid(); });
}

} // namespace detail

/// Whether elements can be held as uint8 activations: one scale, real zero among the codes.
[[nodiscard]] inline bool fits_uint8(const encoding& e) {
    if (!detail::has_good_scales(e, 1))
        return false;
    const auto c = e.codes();
    return c.lowest >= 0 && c.highest <= 255 && c.zero >= c.lowest && c.zero <= c.highest;
}

/// Whether elements can be multiplied as int8 weights: zero at 0, one scale or one per output channel.
[[nodiscard]] inline bool fits_int8(const encoding& e, std::size_t outputs) {
    const bool per_output = e.axis == 0 && e.scales.size() == outputs;
    if (!detail::has_good_scales(e, per_output ? outputs : 1))
        return false;
    const auto c = e.codes();
    return c.zero == 0 && c.lowest >= -128 && c.highest <= 127 && c.lowest < c.highest;
}

/// The format of the codes in use: binary, affine or a codebook.
/// @return none unless they ascend, are at least one, and where gaps make them a codebook fit into one
template <class Codes>
[[nodiscard]] std::optional<element_format> element_of(const Codes& codes) {
    if (codes.empty())
        return std::nullopt;
    for (std::size_t i = 1; i < codes.size(); ++i)
        if (codes[i] <= codes[i - 1])
            return std::nullopt;
    const std::int32_t lowest = codes.front();
    const std::int32_t highest = codes.back();
    if (codes.size() == 2 && highest == 1 && (lowest == -1 || lowest == 0))
        return format::binary{static_cast<std::int8_t>(lowest)};
    if (highest - lowest + 1 == static_cast<std::int32_t>(codes.size()))
        return format::affine_codes{0, lowest, highest, 0};
    if (auto listed = format::codebook_of(codes))
        return *listed;
    return std::nullopt;
}

} // namespace pith

#endif
