// SPDX-License-Identifier: MIT
#ifndef PITH_QUANTIZE_COMMIT_HPP
#define PITH_QUANTIZE_COMMIT_HPP
/// Quantisation-aware training, last part: what quantisers learned becomes encodings that simulation and plan
/// obey.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "../base/result.hpp"
#include "../format/codebook.hpp"
#include "../graph/codes.hpp"
#include "../graph/graph.hpp"
#include "../graph/passes/simplify.hpp"
#include "post_training.hpp"
#include "quantize_remaining.hpp"

namespace pith::quantize {

namespace detail {

/// Levels of an activation as codes of uint8: those below 0 are moved by a zero point.
template <class Levels>
[[nodiscard]] std::optional<element_format> activation_format(const Levels& levels) {
    auto element = element_of(levels);
    if (!element || levels.front() >= 0)
        return element;
    auto moved = format::codebook_of(levels);
    if (!moved)
        return std::nullopt;
    moved->zero = -levels.front();
    return *moved;
}

/// What a quantiser has learned, as an encoding, and the codes of x. @param constant it quantises weights
template <class T>
[[nodiscard]] result<encoding> learned_encoding(const learned_codes<T>& learned, std::span<const T> x,
                                                std::span<T> codes, bool constant, const std::string& name) {
    std::vector<T> p = learned.parameters;
    if (p.size() != learned.by->parameters() || (!p.empty() && p[0] == T{0}))
        return fault{errc::bad_option, "a quantizer was put on a network that was not trained since", name};
    std::vector<T> scales(learned.by->scales());
    learned.by->forward(x, p, codes, scales);
    const auto levels = learned.by->levels(p);
    const auto element = constant ? element_of(levels) : activation_format(levels);
    if (!element)
        return fault{errc::unsupported,
                     "the levels of a quantizer must ascend, and be consecutive or at most 128 of int8",
                     name + " (" + std::to_string(levels.size()) + " levels)"};
    encoding e{*element, {}, scales.size() == 1 ? -1 : 0};
    for (const T s : scales)
        e.scales.push_back(static_cast<float>(s));
    return e;
}

/// Puts a learned encoding on the value that was trained in it; weights become what their codes stand for.
template <class T>
[[nodiscard]] result<void> attach_learned(value<T>& v, std::uint32_t mark) {
    const T zero{0};
    const std::span<const T> x =
        v.reals() != nullptr ? std::span<const T>(v.reals()->data()) : std::span<const T>(&zero, 1);
    std::vector<T> codes(x.size());
    auto e = learned_encoding<T>(v.learned, x, codes, v.reals() != nullptr, v.name);
    if (!e)
        return e.error();
    v.learned = {};
    v.encoded = *std::move(e);
    v.encoded.mark = mark;
    if (v.reals() == nullptr ? !codes_of(v) : !has_weight_codes(v))
        return fault{
            errc::unsupported,
            "a learned encoding fits neither int8 weights nor uint8 activations with a scale above 0",
            v.name};
    if (v.reals() == nullptr)
        return {};
    const std::size_t slice = codes.size() / v.encoded.scales.size();
    for (std::size_t i = 0; i < codes.size(); ++i)
        (*v.reals())[i] = static_cast<T>(static_cast<float>(codes[i]) * v.encoded.scale(i / slice));
    const auto held = weight_codes(v);
    if (!std::equal(held.begin(), held.end(), codes.begin(),
                    [](std::int8_t a, T b) { return static_cast<T>(a) == b; }))
        return fault{errc::unsupported, "a quantizer gave weights a code that is not among its levels",
                     v.name};
    return {};
}

/// Whether every output's codes are those learned, or all of them with the other sign.
template <class T>
[[nodiscard]] bool has_learned_codes(const value<T>& learned, const value<T>& v) {
    if (v.reals() == nullptr || v.dims != learned.dims || !has_weight_codes(v))
        return false;
    const auto a = weight_codes(learned);
    const auto b = weight_codes(v);
    const std::size_t slice = a.size() / std::max<std::size_t>(static_cast<std::size_t>(v.dims[0]), 1);
    for (std::size_t first = 0; first < a.size(); first += slice) {
        bool same = true;
        bool turned = true;
        for (std::size_t i = first; i < first + slice; ++i) {
            same = same && a[i] == b[i];
            turned = turned && a[i] == -b[i];
        }
        if (!same && !turned)
            return false;
    }
    return true;
}

/// Every learned encoding must be on a value of the network. @param codes weights still have their codes
template <class T, class Layers>
[[nodiscard]] result<void> expect_learned(const std::vector<value<T>>& learned, const graph<T, Layers>& g,
                                          bool codes) {
    std::vector<bool> arrived(learned.size(), false);
    for (const auto& v : g.values) {
        if (v.encoded.mark == 0)
            continue;
        const value<T>& was = learned[v.encoded.mark - 1];
        const bool constant = was.reals() != nullptr;
        const bool same =
            constant ? !codes || has_learned_codes(was, v) : v.encoded.scales == was.encoded.scales;
        if (same && v.encoded.element == was.encoded.element)
            arrived[v.encoded.mark - 1] = true;
    }
    const auto lost = std::find(arrived.begin(), arrived.end(), false);
    if (lost == arrived.end())
        return {};
    const auto count = std::count(arrived.begin(), arrived.end(), false);
    return fault{
        errc::unsupported,
        "a learned encoding was lost or changed while the network was folded: a pass did not carry it",
        learned[static_cast<std::size_t>(lost - arrived.begin())].name + " (" + std::to_string(count) +
            " of " + std::to_string(arrived.size()) + " missing)"};
}

} // namespace detail

/// A pass: the network folded by `fold`, with the learned encodings on its weights and on the values that
/// were trained in codes, and 8 bits everywhere else: ranges are observed on the calibration samples while it
/// runs in the learned codes. Refuses when a learned encoding does not arrive.
/// @tparam Fold a pass that carries encodings
template <class Fold = passes::simplify>
struct commit_with {
    post_training rest{}; ///< `.calibration` and how everything else gets its 8 bits
    Fold fold{};

    template <class T, class Layers>
    [[nodiscard]] result<graph<T, Layers>> operator()(graph<T, Layers> g) const;
};

/// `commit{{.calibration = samples}}`.
using commit = commit_with<>;

template <class Fold>
template <class T, class Layers>
result<graph<T, Layers>> commit_with<Fold>::operator()(graph<T, Layers> g) const {
    std::vector<value<T>> learned;
    for (auto& v : g.values)
        if (v.learned) {
            PITH_TRY(detail::attach_learned(v, static_cast<std::uint32_t>(learned.size() + 1)));
            learned.push_back(v);
        }
    auto folded = fold(std::move(g));
    if (!folded)
        return folded;
    PITH_TRY(detail::expect_learned(learned, *folded, true));
    auto all = quantize_remaining(*std::move(folded), rest);
    if (!all)
        return all;
    PITH_TRY(detail::expect_learned(learned, *all, false));
    for (auto& v : all->values)
        v.encoded.mark = 0;
    return all;
}

} // namespace pith::quantize

#endif
