// SPDX-License-Identifier: MIT
#ifndef PITH_DATA_NORMALIZE_HPP
#define PITH_DATA_NORMALIZE_HPP
/// What a network was trained to be fed: raw 0..255, x / 255, or (x / 255 - mean) / deviation per channel.

#include <charconv>
#include <cmath>
#include <cstddef>
#include <string_view>
#include <vector>

#include "../base/result.hpp"

namespace pith::data {

/// Empty `mean` with `unit` false leaves values as they are.
struct normalization {
    bool unit = false;            ///< divide by 255 first
    std::vector<float> mean;      ///< per channel, or one for all; empty means 0
    std::vector<float> deviation; ///< as many as mean

    [[nodiscard]] float operator()(float raw, std::size_t channel) const noexcept {
        float x = unit ? raw / 255.f : raw;
        if (!mean.empty()) {
            const std::size_t i = mean.size() == 1 ? 0 : channel;
            x = (x - mean[i]) / deviation[i];
        }
        return x;
    }
    /// Whether images of this many channels can be normalised.
    [[nodiscard]] bool fits(std::size_t channels) const noexcept {
        return mean.size() <= 1 || mean.size() == channels;
    }
    friend bool operator==(const normalization&, const normalization&) = default;
};

namespace detail {

/// Comma-separated finite numbers; false on anything else.
inline bool parse_numbers(std::string_view text, std::vector<float>& out) {
    while (true) {
        float v = 0.f;
        const char* const end = text.data() + text.size();
        const auto [rest, error] = std::from_chars(text.data(), end, v);
        if (error != std::errc{} || !std::isfinite(v))
            return false;
        out.push_back(v);
        if (rest == end)
            return true;
        if (*rest != ',')
            return false;
        text.remove_prefix(static_cast<std::size_t>(rest - text.data()) + 1);
    }
}

} // namespace detail

/// `none`, `unit`, `imagenet`, or `MEAN,.../STD,...` applied to x / 255.
[[nodiscard]] inline result<normalization> parse_normalization(std::string_view text) {
    if (text.empty() || text == "none")
        return normalization{};
    if (text == "unit")
        return normalization{true, {}, {}};
    if (text == "imagenet")
        return normalization{true, {0.485f, 0.456f, 0.406f}, {0.229f, 0.224f, 0.225f}};
    const std::size_t slash = text.find('/');
    normalization n{true, {}, {}};
    if (slash == std::string_view::npos || !detail::parse_numbers(text.substr(0, slash), n.mean) ||
        !detail::parse_numbers(text.substr(slash + 1), n.deviation))
        return fault{errc::bad_option,
                     "a normalisation is none, unit, imagenet or MEAN,.../STD,... such as 0.1307/0.3081",
                     text};
    if (n.mean.size() != n.deviation.size())
        return fault{errc::bad_option, "a normalisation needs as many deviations as means", text};
    for (const float d : n.deviation)
        if (!(d > 0.f))
            return fault{errc::bad_option, "the deviations of a normalisation must be above 0", text};
    return n;
}

} // namespace pith::data

#endif
