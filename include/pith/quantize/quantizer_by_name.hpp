// SPDX-License-Identifier: MIT
#ifndef PITH_QUANTIZE_QUANTIZER_BY_NAME_HPP
#define PITH_QUANTIZE_QUANTIZER_BY_NAME_HPP
/// The quantisers for training, by name: "lsq4", "apot3", "ternary". The names are those of two lists;
/// std::tuple_cat of one of them and further entries is a list with quantisers of one's own.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <variant>
#include <vector>

#include "../base/on_use.hpp"
#include "../base/result.hpp"
#include "apot.hpp"
#include "binary.hpp"
#include "dorefa.hpp"
#include "ewgs.hpp"
#include "kmeans.hpp"
#include "lsq.hpp"
#include "pact.hpp"
#include "ternary.hpp"
#include "uniform_ste.hpp"

namespace pith::quantize {

/// One entry of a list: `word`, followed by the number of bits where there is one.
template <class Q>
struct named_quantizer {
    std::string_view word;
    std::uint8_t least;           ///< fewest bits; 0 for names without a number
    std::uint8_t most;            ///< most bits, at most 9; 0 for names without a number
    const char* widths;           ///< the sentence of the fault for other numbers of bits
    Q (*make)(std::uint8_t bits); ///< std::monostate: not quantised
};

namespace detail {

/// Depends on Use, so that a compiler makes the tuple only where a list is read.
template <class Use, class... Q>
[[nodiscard]] constexpr std::tuple<named_quantizer<Q>...> listed(const named_quantizer<Q>&... entries) {
    return {entries...};
}

} // namespace detail

/// uniform2-8, lsq2-8, apot2-6, ewgs1-5, dorefa1-7 and pact1-7 (the same), kmeans2-5, ternary, binary.
template <class Use = on_use>
[[nodiscard]] constexpr auto weight_quantizers() {
    return detail::listed<Use>(
        named_quantizer<uniform_ste>{"uniform", 2, 8,
                                     "uniform weights have 2 to 8 bits: uniform2 ... uniform8",
                                     [](std::uint8_t b) { return uniform_ste{.bits = b}; }},
        named_quantizer<lsq>{"lsq", 2, 8, "LSQ weights have 2 to 8 bits: lsq2 ... lsq8",
                             [](std::uint8_t b) { return lsq{.bits = b}; }},
        named_quantizer<apot_weights>{"apot", 2, 6, "APoT weights have 2 to 6 bits: apot2 ... apot6",
                                      [](std::uint8_t b) { return apot_weights{.bits = b}; }},
        named_quantizer<ewgs_weights>{"ewgs", 1, 5, "EWGS weights have 1 to 5 bits: ewgs1 ... ewgs5",
                                      [](std::uint8_t b) { return ewgs_weights{.bits = b}; }},
        named_quantizer<binary_weights>{
            "dorefa", 1, 1, "DoReFa weights have 1 to 7 bits: dorefa1 ... dorefa7",
            [](std::uint8_t) { return binary_weights{.gradient = binary_gradient::straight}; }},
        named_quantizer<dorefa_weights>{"dorefa", 2, 7,
                                        "DoReFa weights have 1 to 7 bits: dorefa1 ... dorefa7",
                                        [](std::uint8_t b) { return dorefa_weights{.bits = b}; }},
        named_quantizer<binary_weights>{
            "pact", 1, 1, "PACT weights (those of DoReFa) have 1 to 7 bits: pact1 ... pact7",
            [](std::uint8_t) { return binary_weights{.gradient = binary_gradient::straight}; }},
        named_quantizer<dorefa_weights>{"pact", 2, 7,
                                        "PACT weights (those of DoReFa) have 1 to 7 bits: pact1 ... pact7",
                                        [](std::uint8_t b) { return dorefa_weights{.bits = b}; }},
        named_quantizer<kmeans>{"kmeans", 2, 5, "k-means weights have 2 to 5 bits: kmeans2 ... kmeans5",
                                [](std::uint8_t b) { return kmeans{.bits = b}; }},
        named_quantizer<ternary>{"ternary", 0, 0, "ternary weights have no width to choose: write ternary",
                                 [](std::uint8_t) { return ternary{}; }},
        named_quantizer<binary_weights>{"binary", 0, 0,
                                        "binary weights have no width to choose: write binary",
                                        [](std::uint8_t) { return binary_weights{}; }});
}

/// float, uniform2-8, lsq2-8, apot2-5, ewgs1-8, pact2-8, dorefa2-8, binary.
template <class Use = on_use>
[[nodiscard]] constexpr auto activation_quantizers() {
    return detail::listed<Use>(
        named_quantizer<std::monostate>{"float", 0, 0,
                                        "float activations have no width to choose: write float",
                                        [](std::uint8_t) { return std::monostate{}; }},
        named_quantizer<uniform_ste>{
            "uniform", 2, 8, "uniform activations have 2 to 8 bits: uniform2 ... uniform8",
            [](std::uint8_t b) { return uniform_ste{.bits = b, .is_signed = false}; }},
        named_quantizer<lsq>{"lsq", 2, 8, "LSQ activations have 2 to 8 bits: lsq2 ... lsq8",
                             [](std::uint8_t b) { return lsq{.bits = b, .is_signed = false}; }},
        named_quantizer<apot_activations>{"apot", 2, 5, "APoT activations have 2 to 5 bits: apot2 ... apot5",
                                          [](std::uint8_t b) { return apot_activations{.bits = b}; }},
        named_quantizer<ewgs_activations>{"ewgs", 1, 8, "EWGS activations have 1 to 8 bits: ewgs1 ... ewgs8",
                                          [](std::uint8_t b) { return ewgs_activations{.bits = b}; }},
        named_quantizer<pact>{"pact", 2, 8, "PACT activations have 2 to 8 bits: pact2 ... pact8",
                              [](std::uint8_t b) { return pact{.bits = b}; }},
        named_quantizer<dorefa_activations>{"dorefa", 2, 8,
                                            "DoReFa activations have 2 to 8 bits: dorefa2 ... dorefa8",
                                            [](std::uint8_t b) { return dorefa_activations{.bits = b}; }},
        named_quantizer<binary_activations>{"binary", 0, 0,
                                            "binary activations have no width to choose: write binary",
                                            [](std::uint8_t) { return binary_activations{}; }});
}

namespace detail {

/// std::variant<Kept..., and those of Rest that are not among them>, each once.
template <class Kept, class... Rest>
struct distinct {
    using type = Kept;
};
template <class... Kept, class Q, class... Rest>
struct distinct<std::variant<Kept...>, Q, Rest...>
    : std::conditional_t<(std::is_same_v<Q, Kept> || ...), distinct<std::variant<Kept...>, Rest...>,
                         distinct<std::variant<Kept..., Q>, Rest...>> {};

template <class List>
struct quantizers_of;
template <class... Q>
struct quantizers_of<std::tuple<named_quantizer<Q>...>> : distinct<std::variant<>, Q...> {};

} // namespace detail

/// A std::variant of the quantisers of a list.
template <class List>
using any_quantizer_of = typename detail::quantizers_of<List>::type;
/// Those of weight_quantizers() and activation_quantizers(), spelled out: who does not parse names need not
/// compile lists.
using any_weight_quantizer = std::variant<uniform_ste, lsq, apot_weights, ewgs_weights, binary_weights,
                                          dorefa_weights, kmeans, ternary>;
using any_activation_quantizer = std::variant<std::monostate, uniform_ste, lsq, apot_activations,
                                              ewgs_activations, pact, dorefa_activations, binary_activations>;

/// Every name of a list.
template <class... Q>
[[nodiscard]] std::vector<std::string> names_of(const std::tuple<named_quantizer<Q>...>& known) {
    std::vector<std::string> names;
    const auto add = [&](const auto& entry) {
        if (entry.most == 0)
            names.emplace_back(entry.word);
        else
            for (int bits = entry.least; bits <= entry.most; ++bits)
                names.push_back(std::string(entry.word) + static_cast<char>('0' + bits));
    };
    std::apply([&](const auto&... entry) { (add(entry), ...); }, known);
    return names;
}

/// The quantiser of this name in a list.
/// @param unknown the static sentence of the fault where no entry has that word
template <class... Q>
[[nodiscard]] auto parse_quantizer(std::string_view name, const std::tuple<named_quantizer<Q>...>& known,
                                   const char* unknown = "the list has no quantizer of this name") {
    using any = any_quantizer_of<std::tuple<named_quantizer<Q>...>>;
    const std::size_t letters = std::min(name.find_first_of("0123456789"), name.size());
    const std::string_view digits = name.substr(letters);
    const int bits = digits.size() == 1 ? digits[0] - '0' : digits.empty() ? 0 : 10;
    result<any> found = fault{errc::bad_option, unknown, name};
    const auto try_entry = [&](const auto& entry) {
        if (entry.word != name.substr(0, letters))
            return false;
        const bool has_number = !digits.empty();
        if (has_number != (entry.most > 0) || bits < entry.least || bits > entry.most) {
            found = fault{errc::bad_option, entry.widths, name};
            return false;
        }
        found = any(entry.make(static_cast<std::uint8_t>(bits)));
        return true;
    };
    std::apply([&](const auto&... entry) { static_cast<void>((try_entry(entry) || ...)); }, known);
    return found;
}

/// The quantiser of this name in weight_quantizers().
template <class Use = on_use>
[[nodiscard]] result<any_weight_quantizer> parse_weight_quantizer(std::string_view name) {
    return parse_quantizer(
        name, weight_quantizers<Use>(),
        "unknown quantizer of weights: use uniform, lsq, apot, ewgs, dorefa, pact or kmeans with a number of "
        "bits (lsq4), ternary or binary");
}

/// The quantiser of this name in activation_quantizers().
template <class Use = on_use>
[[nodiscard]] result<any_activation_quantizer> parse_activation_quantizer(std::string_view name) {
    return parse_quantizer(name, activation_quantizers<Use>(),
                           "unknown quantizer of activations: use uniform, lsq, apot, ewgs, pact or dorefa "
                           "with a number of bits (lsq4), binary or float");
}

} // namespace pith::quantize

#endif
