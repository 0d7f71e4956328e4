// SPDX-License-Identifier: MIT
#ifndef PITH_QUANTIZE_ANY_QUANTIZER_HPP
#define PITH_QUANTIZE_ANY_QUANTIZER_HPP
/// The quantisers for training, by name: "lsq4", "apot3", "ternary".

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

#include "../base/result.hpp"
#include "apot.hpp"
#include "binary.hpp"
#include "dorefa.hpp"
#include "ewgs.hpp"
#include "kmeans.hpp"
#include "lsq.hpp"
#include "pact.hpp"
#include "straight_through.hpp"
#include "ternary.hpp"

namespace pith::quantize {

using any_weight_quantizer = std::variant<straight_through, lsq, apot_weights, ewgs_weights, dorefa_weights,
                                          kmeans, ternary, binary_weights>;

/// std::monostate: not quantised ("float").
using any_activation_quantizer = std::variant<std::monostate, straight_through, lsq, apot_activations,
                                              ewgs_activations, pact, dorefa_activations, binary_activations>;

namespace detail {

/// A name without its width; widths 0 to 0 if it has none.
struct quantizer_name {
    std::string_view word;
    std::uint8_t least;
    std::uint8_t most;
    const char* widths; ///< said where the width is another
};

inline constexpr quantizer_name weight_names[] = {
    {"uniform", 2, 8, "uniform weights have 2 to 8 bits: uniform2 ... uniform8"},
    {"lsq", 2, 8, "LSQ weights have 2 to 8 bits: lsq2 ... lsq8"},
    {"apot", 2, 6, "APoT weights have 2 to 6 bits: apot2 ... apot6"},
    {"ewgs", 1, 5, "EWGS weights have 1 to 5 bits: ewgs1 ... ewgs5"},
    {"dorefa", 1, 7, "DoReFa weights have 1 to 7 bits: dorefa1 ... dorefa7"},
    {"pact", 1, 7, "PACT weights (those of DoReFa) have 1 to 7 bits: pact1 ... pact7"},
    {"kmeans", 2, 5, "k-means weights have 2 to 5 bits: kmeans2 ... kmeans5"},
    {"ternary", 0, 0, "ternary weights have no width to choose: write ternary"},
    {"binary", 0, 0, "binary weights have no width to choose: write binary"},
};

inline constexpr quantizer_name activation_names[] = {
    {"float", 0, 0, "float activations have no width to choose: write float"},
    {"uniform", 2, 8, "uniform activations have 2 to 8 bits: uniform2 ... uniform8"},
    {"lsq", 2, 8, "LSQ activations have 2 to 8 bits: lsq2 ... lsq8"},
    {"apot", 2, 5, "APoT activations have 2 to 5 bits: apot2 ... apot5"},
    {"ewgs", 1, 8, "EWGS activations have 1 to 8 bits: ewgs1 ... ewgs8"},
    {"pact", 2, 8, "PACT activations have 2 to 8 bits: pact2 ... pact8"},
    {"dorefa", 2, 8, "DoReFa activations have 2 to 8 bits: dorefa2 ... dorefa8"},
    {"binary", 0, 0, "binary activations have no width to choose: write binary"},
};

struct parsed_name {
    std::string_view word;
    std::uint8_t bits = 0;
};

template <std::size_t N>
[[nodiscard]] result<parsed_name> parse_name(std::string_view name, const quantizer_name (&known)[N],
                                             const char* unknown) {
    const std::size_t letters = std::min(name.find_first_of("0123456789"), name.size());
    const std::string_view digits = name.substr(letters);
    for (const quantizer_name& k : known) {
        if (k.word != name.substr(0, letters))
            continue;
        const int bits = digits.empty() ? 0 : digits[0] - '0';
        const bool fits = digits.size() == (k.most > 0 ? 1u : 0u) && bits >= k.least && bits <= k.most;
        if (!fits)
            return fault{errc::bad_option, k.widths, name};
        return parsed_name{k.word, static_cast<std::uint8_t>(bits)};
    }
    return fault{errc::bad_option, unknown, name};
}

[[nodiscard]] inline std::string with_bits(const char* word, std::uint8_t bits) {
    return std::string(word) + static_cast<char>('0' + bits);
}

} // namespace detail

/// uniform2-8, lsq2-8, apot2-6, ewgs1-5, dorefa1-7 and pact1-7 (the same), kmeans2-5, ternary, binary.
template <class Any = any_weight_quantizer>
[[nodiscard]] result<Any> parse_weight_quantizer(std::string_view name) {
    const auto parsed = detail::parse_name(
        name, detail::weight_names,
        "unknown quantizer of weights: use uniform, lsq, apot, ewgs, dorefa, pact or kmeans with a number of "
        "bits (lsq4), ternary or binary");
    if (!parsed)
        return parsed.error();
    const std::string_view word = parsed->word;
    const std::uint8_t bits = parsed->bits;
    Any q = binary_weights{};
    if (word == "uniform")
        q = straight_through{.bits = bits};
    else if (word == "lsq")
        q = lsq{.bits = bits};
    else if (word == "apot")
        q = apot_weights{.bits = bits};
    else if (word == "ewgs")
        q = ewgs_weights{.bits = bits};
    else if (word == "kmeans")
        q = kmeans{.bits = bits};
    else if (word == "ternary")
        q = ternary{};
    else if (bits == 1)
        q = binary_weights{.gradient = binary_gradient::straight};
    else if (word == "dorefa" || word == "pact")
        q = dorefa_weights{.bits = bits};
    return q;
}

/// float, uniform2-8, lsq2-8, apot2-5, ewgs1-8, pact2-8, dorefa2-8.
/// @param features elements of the activation of one sample, which LSQ's gradient depends on
template <class Any = any_activation_quantizer>
[[nodiscard]] result<Any> parse_activation_quantizer(std::string_view name, std::size_t features = 0) {
    const auto parsed = detail::parse_name(name, detail::activation_names,
                                           "unknown quantizer of activations: use uniform, lsq, apot, ewgs, "
                                           "pact or dorefa with a number of bits "
                                           "(lsq4), binary or float");
    if (!parsed)
        return parsed.error();
    const std::string_view word = parsed->word;
    const std::uint8_t bits = parsed->bits;
    Any q = std::monostate{};
    if (word == "uniform")
        q = straight_through{.bits = bits, .is_signed = false};
    else if (word == "lsq")
        q = lsq{.bits = bits, .is_signed = false, .features = features};
    else if (word == "apot")
        q = apot_activations{.bits = bits};
    else if (word == "ewgs")
        q = ewgs_activations{.bits = bits};
    else if (word == "pact")
        q = pact{.bits = bits};
    else if (word == "dorefa")
        q = dorefa_activations{.bits = bits};
    else if (word == "binary")
        q = binary_activations{};
    return q;
}

/// The names of single quantisers, as the parsers take them.
[[nodiscard]] inline std::string name_of(std::monostate) {
    return "float";
}
[[nodiscard]] inline std::string name_of(const straight_through& q) {
    return detail::with_bits("uniform", q.bits);
}
[[nodiscard]] inline std::string name_of(const lsq& q) {
    return detail::with_bits("lsq", q.bits);
}
[[nodiscard]] inline std::string name_of(const apot_weights& q) {
    return detail::with_bits("apot", q.bits);
}
[[nodiscard]] inline std::string name_of(const apot_activations& q) {
    return detail::with_bits("apot", q.bits);
}
[[nodiscard]] inline std::string name_of(const ewgs_weights& q) {
    return detail::with_bits("ewgs", q.bits);
}
[[nodiscard]] inline std::string name_of(const ewgs_activations& q) {
    return detail::with_bits("ewgs", q.bits);
}
[[nodiscard]] inline std::string name_of(const pact& q) {
    return detail::with_bits("pact", q.bits);
}
[[nodiscard]] inline std::string name_of(const dorefa_weights& q) {
    return detail::with_bits("dorefa", q.bits);
}
[[nodiscard]] inline std::string name_of(const dorefa_activations& q) {
    return detail::with_bits("dorefa", q.bits);
}
[[nodiscard]] inline std::string name_of(const kmeans& q) {
    return detail::with_bits("kmeans", q.bits);
}
[[nodiscard]] inline std::string name_of(const ternary&) {
    return "ternary";
}
[[nodiscard]] inline std::string name_of(const binary_activations&) {
    return "binary";
}
[[nodiscard]] inline std::string name_of(const binary_weights& q) {
    return q.gradient == binary_gradient::straight ? "dorefa1" : "binary";
}
template <class... Q>
[[nodiscard]] std::string name_of(const std::variant<Q...>& any) {
    return std::visit([](const auto& q) { return name_of(q); }, any);
}

} // namespace pith::quantize

#endif
